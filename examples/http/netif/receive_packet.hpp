// SPDX-License-Identifier: BSD-2-Clause
/// ReceivePackets: turns received buffers into lwIP packets. The first bytes are copied, because lwIP rewrites headers
/// in place and the buffer may be shared; the rest is referenced where it lies.
#ifndef GRAFT_EXAMPLES_HTTP_NETIF_RECEIVE_PACKET_HPP
#define GRAFT_EXAMPLES_HTTP_NETIF_RECEIVE_PACKET_HPP

#include <graft/bufio.h>
#include <lwip/pbuf.h>

#include "examples/http/host.hpp"

namespace graft::http {

class ReceivePackets {
 public:
  static constexpr uint32_t kPackets = 320;
  static constexpr uint32_t kMaxFragments = 8;
  static constexpr uint32_t kHeadBytes = 128;

  struct Stats {
    uint64_t header_bytes = 0;
    uint64_t referenced_bytes = 0;
    uint64_t copied_bytes = 0;  ///< of packets that could not be referenced
    uint64_t dropped = 0;       ///< no packet object or memory left
    uint64_t held = 0;          ///< buffers that lwIP holds now
  };

  explicit ReceivePackets(const Host& host) : host_(host) {}
  ReceivePackets(const ReceivePackets&) = delete;
  ~ReceivePackets();

  /// Allocates the pool. @onfail false; nothing is held
  [[nodiscard]] bool create();

  /// Makes an lwIP packet of the first `bytes` bytes. Takes over the caller's reference to `buffer` in any case and
  /// releases it when lwIP has freed the packet. Null if it had to be dropped. @context the polling thread
  [[nodiscard]] pbuf* wrap(graft_bufio_t* buffer, size_t bytes);

  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  struct Packet;
  struct Part {
    pbuf_custom custom;  ///< first, so that lwIP's pbuf pointer is the part's
    Packet* packet;
  };
  struct Packet {
    ReceivePackets* owner;
    Packet* next_free;
    graft_bufio_t* source;  ///< null if everything was copied into the head
    uint32_t parts_alive;
    Part parts[1 + kMaxFragments];
    // Two bytes in, so that the IP header behind the 14 bytes of Ethernet is aligned.
    alignas(8) uint8_t head[2 + kHeadBytes];
  };

  static void free_part(pbuf* p);
  pbuf* copy(graft_bufio_t* buffer, size_t bytes);
  pbuf* add_part(Packet* packet, void* address, size_t bytes);

  const Host& host_;
  Packet* packets_ = nullptr;
  Packet* free_ = nullptr;
  Stats stats_;
};

}  // namespace graft::http

#endif
