// SPDX-License-Identifier: BSD-2-Clause
/// EtherContext: a device under test, the other end of its cable, and the means that most cases of the etherdev suite
/// share.
#ifndef GRAFT_TESTS_CONFORMANCE_ETHER_CONTEXT_HPP
#define GRAFT_TESTS_CONFORMANCE_ETHER_CONTEXT_HPP

#include <atomic>
#include <graft/etherdev.hpp>
#include <graft/netio.hpp>

#include "tests/conformance/context.hpp"
#include "tests/conformance/test_buffer.hpp"

namespace graft::conformance {

/// A frame as it was on the wire. Test frames carry EtherType 0x88b5 (IEEE 802, local experimental use 1).
struct WireFrame {
  static constexpr size_t kMaxBytes = 9216;
  size_t bytes = 0;
  uint8_t data[kMaxBytes];
};

/// Large: not for a stack.
class EtherContext : public Context {
 public:
  static constexpr size_t kHeaderBytes = 14;
  static constexpr size_t kMinFrameBytes = 60;
  static constexpr uint8_t kPeerMac[6] = {0x02, 0x47, 0x52, 0x46, 0x54, 0x01};

  EtherContext(const graft_osenv_t* osenv, graft_etherdev_t* device) : Context(osenv), device_(device) {}

  // ---- The other end of the cable; supplied by whoever runs the suite -----------------------------------------------

  /// Puts a frame of at least 60 bytes on the wire.
  virtual void peer_send(const uint8_t* frame, size_t bytes) = 0;
  /// Takes the next frame with the test EtherType that the device sent; false if there is none yet.
  virtual bool peer_receive(WireFrame* out) = 0;

  // What not every setup can do; false says so.

  /// Keeps the device from sending, so that its ring fills up; and lets it again.
  virtual bool hold(bool) { return false; }
  virtual bool set_link(bool) { return false; }
  /// Takes the device away, as if the card were pulled out.
  virtual bool remove() { return false; }
  /// The peer's own frames may be of any size.
  [[nodiscard]] virtual bool can_send_malformed() const { return false; }

  void end_case() override {
    hold(false);
    wait([&] { return all_back(); });
  }

  // ---- For cases ----------------------------------------------------------------------------------------------------

  [[nodiscard]] graft_etherdev_t* device() const { return device_; }
  [[nodiscard]] graft_mac_address_t address() const {
    graft_mac_address_t a;
    graft_etherdev_get_address(device_, &a);
    return a;
  }
  [[nodiscard]] size_t max_frame_bytes() const { return graft_etherdev_get_mtu(device_) + kHeaderBytes; }

  /// Writes a test frame: destination, source, EtherType, then a pattern.
  static void fill_frame(uint8_t* to, size_t bytes, const uint8_t* destination, const uint8_t* source, uint32_t seed);
  /// Gives a buffer in one piece inside the window with a frame from the device to the peer.
  [[nodiscard]] TestBuffer* make_frame(size_t bytes, uint32_t seed);
  /// Takes a fresh buffer with room for its pieces' content in `*out_memory`.
  [[nodiscard]] TestBuffer* make_empty(size_t bytes, uint8_t** out_memory);
  /// Waits for the next frame at the peer and compares it with what was sent.
  bool expect_at_peer(size_t bytes, uint32_t seed);
  /// The device holds no buffer of this case.
  [[nodiscard]] bool all_back() const;
  /// Waits until the device has given back every buffer of this case; notes a failure otherwise.
  bool expect_all_back();
  /// A frame is at the peer that should not be.
  [[nodiscard]] bool peer_has_frame() { return peer_receive(&wire_); }

  [[nodiscard]] WireFrame& scratch() { return wire_; }

 protected:
  ~EtherContext() = default;

 private:
  static constexpr size_t kMaxBuffers = 320;

  graft_etherdev_t* device_;
  WireFrame wire_;
  WireFrame expected_;
  TestBuffer buffers_[kMaxBuffers];
  size_t buffer_count_ = 0;
  uint8_t* memory_ = nullptr;
  size_t memory_left_ = 0;
};

/// The receiving side of an open interface: keeps what came, checks the rules of upcalls.
class TestReceiver final : public Object<TestReceiver, graft_netio_t> {
 public:
  static constexpr uint32_t kMaxKept = 256;

  explicit TestReceiver(EtherContext& context) : context_(context) {}
  ~TestReceiver() { drop_kept(); }

  Status push(graft_bufio_t* packet, size_t bytes);
  Status alloc_bufio(size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOTIMPL;
  }
  void destroy() {}

  /// Called inside the upcall for each test frame.
  void (*on_packet)(void* arg, graft_bufio_t* packet, size_t bytes) = nullptr;
  void* arg = nullptr;
  /// References are kept, up to kMaxKept, until drop_kept().
  bool keep = false;
  /// What push answers, after all checks.
  graft_error_t answer = GRAFT_OK;

  [[nodiscard]] uint32_t count() const { return count_.load(std::memory_order_acquire); }
  [[nodiscard]] size_t last_bytes() const { return last_.bytes; }
  [[nodiscard]] const WireFrame& last() const { return last_; }
  [[nodiscard]] graft_bufio_t* kept(uint32_t i) const { return kept_[i]; }
  void drop_kept();

  // Upcalls nest nowhere; every upcall of a case goes through these two.
  void enter();
  void leave() { depth_.fetch_sub(1); }

 private:
  EtherContext& context_;
  std::atomic<uint32_t> count_{0};
  std::atomic<int> depth_{0};
  WireFrame last_;
  graft_bufio_t* kept_[kMaxKept];
  uint32_t kept_count_ = 0;
};

/// The interface, open for the length of a scope.
class OpenInterface {
 public:
  explicit OpenInterface(EtherContext& context);
  ~OpenInterface() { close(); }
  OpenInterface(const OpenInterface&) = delete;

  /// Opens it and waits for the link; notes a failure if that does not work.
  bool open();
  void close();

  [[nodiscard]] graft_netio_t* send() const { return send_.get(); }
  [[nodiscard]] TestReceiver& receiver() { return receiver_; }
  [[nodiscard]] uint32_t spaces() const { return spaces_.load(); }
  [[nodiscard]] uint32_t links() const { return links_.load(); }
  [[nodiscard]] uint32_t gones() const { return gones_.load(); }
  /// Pushes, waiting for space when the ring is full.
  Status push(TestBuffer* buffer, size_t bytes);

 private:
  EtherContext& context_;
  TestReceiver receiver_;
  Ref<graft_netio_t> send_;
  bool open_ = false;
  std::atomic<uint32_t> spaces_{0};
  std::atomic<uint32_t> links_{0};
  std::atomic<uint32_t> gones_{0};
};

/// The cases, by subject. The last case of the control suite takes the device away where that is possible.
Suite<EtherContext> etherdev_transmit_suite();
Suite<EtherContext> etherdev_receive_suite();
Suite<EtherContext> etherdev_control_suite();

}  // namespace graft::conformance

#endif
