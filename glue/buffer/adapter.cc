// SPDX-License-Identifier: BSD-2-Clause
#include "glue/buffer/adapter.hpp"

#include <string.h>

#include "glue/buffer/world_buffer.hpp"

namespace graft {

void AdapterCounters::add_to(graft_ether_stats_t* stats) const {
  stats->tx_gathered += gathered;
  stats->tx_copied += copied;
  stats->tx_copied_bytes += copied_bytes;
  stats->tx_header_bytes += header_bytes;
}

bool Adapter::try_gather(graft_bufio_t* packet, size_t bytes, PreparedPacket* out) {
  uint32_t capacity =
      rules_.max_fragments < PreparedPacket::kMaxFragments ? rules_.max_fragments : PreparedPacket::kMaxFragments;
  if (bytes < rules_.min_bytes) return false;
  if (list_fragments(world_.host(), packet, 0, bytes, out->fragments, capacity, &out->count) != GRAFT_OK) return false;
  for (uint32_t i = 0; i < out->count; ++i) {
    if (out->fragments[i].region != GRAFT_REGION_WORLD) return false;
  }
  out->bytes = static_cast<uint32_t>(bytes);
  out->owner = Ref<graft_bufio_t>::share(packet);
  ++counters_.gathered;
  return true;
}

graft_error_t Adapter::linearise(graft_bufio_t* packet, size_t bytes, PreparedPacket* out) {
  size_t padded = bytes < rules_.min_bytes ? rules_.min_bytes : bytes;
  WorldBuffer* copy = WorldBuffer::create(world_, padded);
  if (copy == nullptr) return GRAFT_E_NOMEM;
  if (graft_error_t error = packet->ops->read(packet, copy->data(), 0, bytes); error != GRAFT_OK) {
    copy->release();
    return error;
  }
  memset(copy->data() + bytes, 0, padded - bytes);
  if (bytes <= rules_.header_bytes) {
    counters_.header_bytes += padded;
  } else {
    ++counters_.copied;
    counters_.copied_bytes += bytes;
  }
  out->fragments[0] = {copy->data(), padded, GRAFT_REGION_WORLD, 0};
  out->count = 1;
  out->bytes = static_cast<uint32_t>(padded);
  out->owner = Ref<graft_bufio_t>::adopt(copy);
  return GRAFT_OK;
}

graft_error_t Adapter::prepare(graft_bufio_t* packet, size_t bytes, PreparedPacket* out) {
  out->count = 0;
  out->bytes = 0;
  out->owner.reset();
  if (bytes > packet->ops->size(packet)) return GRAFT_E_RANGE;
  bool is_short = bytes <= rules_.header_bytes;
  if (rules_.mode != GRAFT_ADAPTER_COPY && !is_short && try_gather(packet, bytes, out)) return GRAFT_OK;
  out->count = 0;
  if (rules_.mode == GRAFT_ADAPTER_SG && !is_short) {
    ++counters_.refused;
    return GRAFT_E_NOTSUP;
  }
  return linearise(packet, bytes, out);
}

}  // namespace graft
