// SPDX-License-Identifier: BSD-2-Clause
/// Ethernet interfaces as the benchmarks use them: opened on the threaded host, sending from the thread that opened
/// them.
#ifndef GRAFT_TESTS_BENCH_ETHERNET_HPP
#define GRAFT_TESTS_BENCH_ETHERNET_HPP

#include <graft/kit.h>

#include <atomic>
#include <graft/etherdev.hpp>
#include <graft/netio.hpp>
#include <graft/netio2.hpp>

namespace graft::bench {

inline constexpr uint32_t kBatch = 32;
inline constexpr uint32_t kSmallBytes = 60;
inline constexpr uint32_t kLargeBytes = 1514;

/// Starts the kit with a thread for its world and attaches every device; null after saying why not. `parameters` are
/// those of graft_kit_options_t.
graft_kit_t* start_kit(const char* const* parameters);

/// Methods that return bool have said why on failure.
class Interface {
 public:
  /// Opens the interface number `index` and waits for its link. Received packets go to `receive`.
  bool open(graft_kit_t* kit, uint32_t index, graft_netio_t* receive);

  /// Makes a packet of kLargeBytes for a MAC address, with a protocol for experiments.
  bool make_packet(const unsigned char (&destination)[6], graft_bufio_t** out);

  /// Sends the first `bytes` of the packet `count` times, one push each or in batches of kBatch.
  bool push_all(graft_bufio_t* packet, uint32_t bytes, uint32_t count);
  bool push_batches(graft_bufio_t* packet, uint32_t bytes, uint32_t count);

  /// Waits until the buffer's only reference is the caller's and the device has counted all packets that were sent.
  bool settle(graft_bufio_t* packet);

  /// Packets that the device counted.
  uint64_t received() const;

 private:
  uint64_t counted() const;
  void wait_for_space();

  EtherDev device_;
  NetIo out_;
  NetIo2 out_batch_;
  void* thread_ = nullptr;
  uint64_t pushed_ = 0;
  std::atomic<bool> space_{false};
};

}  // namespace graft::bench

#endif
