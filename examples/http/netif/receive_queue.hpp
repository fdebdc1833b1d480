// SPDX-License-Identifier: BSD-2-Clause
/// ReceiveQueue: the netio into which a driver pushes received packets. It keeps a reference to each in a bounded queue
/// and wakes the application, which takes them out in its own time.
#ifndef GRAFT_EXAMPLES_HTTP_NETIF_RECEIVE_QUEUE_HPP
#define GRAFT_EXAMPLES_HTTP_NETIF_RECEIVE_QUEUE_HPP

#include <array>
#include <atomic>
#include <graft/bufio.hpp>
#include <graft/netio.hpp>

#include "examples/http/host.hpp"

namespace graft::http {

class ReceiveQueue final : public Object<ReceiveQueue, graft_netio_t> {
 public:
  /// Peers that acknowledge every other segment of their windows, 16 of 256 KiB each, send this many frames at once
  /// while the polling thread has no turn.
  static constexpr uint32_t kCapacity = 2048;
  static constexpr size_t kMinFrameBytes = 14;

  struct Packet {
    graft_bufio_t* buffer;  ///< one reference
    size_t bytes;
  };

  struct Stats {
    uint64_t malformed = 0;  ///< shorter than a header or longer than the MTU allows
    uint64_t dropped = 0;    ///< the queue was full
  };

  explicit ReceiveQueue(Host& host) : host_(host) {}
  ~ReceiveQueue() { discard(); }

  /// Largest frame accepted, header and VLAN tag included. @context before the interface is opened
  void set_max_frame_bytes(size_t bytes) { max_frame_bytes_ = bytes; }

  /// netio.push, called by the driver. @errors RANGE: malformed; BUSY: the queue is full; both are counted drops
  Status push(graft_bufio_t* packet, size_t bytes);
  /// netio.alloc_bufio. Nobody needs a buffer for this direction. @errors NOTIMPL
  Status alloc_bufio(size_t bytes, graft_bufio_t** out);

  /// Takes the oldest packet; its reference becomes the caller's. @context the polling thread
  [[nodiscard]] bool pop(Packet* out);
  [[nodiscard]] bool empty() const;
  /// Releases everything that waits.
  void discard();

  [[nodiscard]] Stats stats() const;

  /// The queue is a member of its owner; the last release frees nothing.
  void destroy() {}

 private:
  Host& host_;
  size_t max_frame_bytes_ = 1518;
  // One producer (upcalls come one at a time) and one consumer (poll), each with its own index.
  std::array<Packet, kCapacity> ring_;
  std::atomic<uint32_t> head_{0};
  std::atomic<uint32_t> tail_{0};
  std::atomic<uint64_t> malformed_{0};
  std::atomic<uint64_t> dropped_{0};
};

}  // namespace graft::http

#endif
