// SPDX-License-Identifier: BSD-2-Clause
/// EtherPeer: the other end of the cable as a second etherdev of the same kit, open and promiscuous.
#ifndef GRAFT_TESTS_CONFORMANCE_ETHER_PEER_HPP
#define GRAFT_TESTS_CONFORMANCE_ETHER_PEER_HPP

#include "tests/conformance/ether_context.hpp"

namespace graft::conformance {

class EtherPeer final : public Object<EtherPeer, graft_netio_t> {
 public:
  explicit EtherPeer(graft_etherdev_t* device) : device_(device) {}
  ~EtherPeer() { close(); }

  Status open();
  void close();

  /// Sends a frame; false if the device does not take it.
  bool send(Context& context, const uint8_t* frame, size_t bytes);
  /// Takes the oldest test frame that came.
  bool receive(WireFrame* out);

  // netio, for the device.
  Status push(graft_bufio_t* packet, size_t bytes);
  Status alloc_bufio(size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOTIMPL;
  }
  void destroy() {}

 private:
  static constexpr uint32_t kCapacity = 1024;

  graft_etherdev_t* device_;
  Ref<graft_netio_t> send_;
  bool open_ = false;
  // Filled by upcalls, emptied by the test's thread.
  struct Entry {
    graft_bufio_t* packet;
    size_t bytes;
  } ring_[kCapacity];
  std::atomic<uint32_t> head_{0};
  std::atomic<uint32_t> tail_{0};
};

}  // namespace graft::conformance

#endif
