// SPDX-License-Identifier: BSD-2-Clause
/// TransmitQueue: lwIP packets on their way into a driver. Packets wait in a bounded queue, go out in batches, and
/// their references come back from any context: returned packets are collected and freed by the polling thread alone.
#ifndef GRAFT_EXAMPLES_HTTP_NETIF_TRANSMIT_QUEUE_HPP
#define GRAFT_EXAMPLES_HTTP_NETIF_TRANSMIT_QUEUE_HPP

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <graft/netio.hpp>
#include <graft/netio2.hpp>

#include "examples/http/netif/transmit_packet.hpp"

namespace graft::http {

class TransmitQueue {
 public:
  static constexpr uint32_t kPackets = 1024;
  static constexpr uint32_t kBatch = 32;

  struct Stats {
    uint64_t packets = 0;     ///< accepted by the driver
    uint64_t busy = 0;        ///< refusals with BUSY
    uint64_t dropped = 0;     ///< refused for another reason
    uint64_t refused = 0;     ///< lwIP was told to try later: the queue was full
    uint64_t linearised = 0;  ///< had too many pieces
    uint64_t outstanding = 0;
    graft_error_t last_error = GRAFT_OK;
  };

  explicit TransmitQueue(Host& host) : host_(host) {}
  TransmitQueue(const TransmitQueue&) = delete;
  ~TransmitQueue();

  /// Allocates the pool. @onfail false; nothing is held
  [[nodiscard]] bool create();

  /// Gives the driver's netio, or null to drop whatever is sent.
  void set_target(const Ref<graft_netio_t>& target);

  /// Queues one frame; takes a reference to `chain`. @context the polling thread
  [[nodiscard]] err_t send(pbuf* chain);
  /// Pushes what waits, until the driver is full. @context the polling thread
  void flush();
  /// Frees packets that came back. @context the polling thread
  void reclaim();
  /// Forgets what was not pushed yet. @context the polling thread
  void discard();

  /// Packets came back while some were refused for want of them. @context the polling thread
  [[nodiscard]] bool can_continue() const { return starving_.load() && released_.load() != nullptr; }

  /// Every frame with a smaller number has come back: nothing it referred to is in use any more.
  [[nodiscard]] uint64_t completed_before() const;
  /// The number that the next frame will get.
  [[nodiscard]] uint64_t next_sequence() const { return next_sequence_; }

  /// The driver has room again. @context upcall
  void on_space();
  /// The last reference to a packet is gone. @context any but irq
  void on_released(TransmitPacket* packet);

  [[nodiscard]] const Stats& stats() const { return stats_; }
  [[nodiscard]] Host& host() { return host_; }

 private:
  using List = boost::intrusive::list<TransmitPacket>;

  TransmitPacket* prepare(pbuf* chain);
  Status push_some(uint32_t* out_accepted);
  void accepted(uint32_t count);
  void drop_first();

  Host& host_;
  Ref<graft_netio_t> target_;
  Ref<graft_netio2_t> batch_target_;
  TransmitPacket* packets_ = nullptr;
  TransmitPacket* free_ = nullptr;
  // Both in order of sequence numbers; everything in flight is older than everything that waits.
  List waiting_;
  List in_flight_;
  uint64_t next_sequence_ = 1;
  bool blocked_ = false;
  uint32_t blocked_at_ = 0;
  std::atomic<uint32_t> space_events_{0};
  std::atomic<TransmitPacket*> released_{nullptr};
  std::atomic<bool> starving_{false};  ///< a release shall wake the polling thread
  Stats stats_;
};

}  // namespace graft::http

#endif
