// SPDX-License-Identifier: BSD-2-Clause
/// The copying adapter: brings a packet into a form that a device can send, and counts how.
#ifndef GRAFT_GLUE_BUFFER_ADAPTER_HPP
#define GRAFT_GLUE_BUFFER_ADAPTER_HPP

#include <graft/etherdev.h>
#include <graft/kit.h>

#include "glue/buffer/gather_buffer.hpp"

namespace graft {

/// What the device and the driver set ask for.
struct AdapterRules {
  uint32_t mode = GRAFT_ADAPTER_AUTO;
  /// Fragments that one packet may have; 1: the device cannot gather.
  uint32_t max_fragments = 1;
  /// Shorter packets are padded with zeroes.
  uint32_t min_bytes = 60;
  /// Packets up to this length are copied whole; it costs less than mapping them, and counts as header.
  uint32_t header_bytes = 128;
};

struct AdapterCounters {
  uint64_t gathered = 0;      ///< packets sent straight from the caller's fragments
  uint64_t copied = 0;        ///< packets linearised
  uint64_t copied_bytes = 0;  ///< moved for them
  uint64_t header_bytes = 0;  ///< moved for short packets, and padding
  uint64_t refused = 0;       ///< mode SG, and it cannot be gathered

  void add_to(graft_ether_stats_t* stats) const;
};

/// A packet ready for the device.
struct PreparedPacket {
  static constexpr uint32_t kMaxFragments = 20;

  graft_fragment_t fragments[kMaxFragments];
  uint32_t count = 0;
  uint32_t bytes = 0;  ///< with padding
  /// What holds the bytes until the device is done: the caller's buffer or the copy.
  Ref<graft_bufio_t> owner;
};

class Adapter {
 public:
  Adapter(World& world, const AdapterRules& rules) : world_(world), rules_(rules) {}

  /// Prepares the first `bytes` bytes of a packet. @context world  @blocks never
  /// @owns packet: borrowed; out->owner holds a reference to it or to a copy
  /// @errors NOTSUP: mode SG and the device cannot gather it; NOMEM; RANGE: beyond the packet's end
  /// @onfail out holds nothing
  graft_error_t prepare(graft_bufio_t* packet, size_t bytes, PreparedPacket* out);

  const AdapterRules& rules() const { return rules_; }
  const AdapterCounters& counters() const { return counters_; }

 private:
  bool try_gather(graft_bufio_t* packet, size_t bytes, PreparedPacket* out);
  graft_error_t linearise(graft_bufio_t* packet, size_t bytes, PreparedPacket* out);

  World& world_;
  AdapterRules rules_;
  AdapterCounters counters_;
};

}  // namespace graft

#endif
