// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/netif/transmit_packet.hpp"

#include <algorithm>
#include <cstring>

#include "examples/http/netif/transmit_queue.hpp"

namespace graft::http {

bool TransmitPacket::fill(pbuf* chain, uint64_t sequence) {
  count_ = 0;
  for (pbuf* p = chain; p; p = p->next) {
    if (p->len == 0) continue;
    if (count_ == kMaxFragments) return false;
    fragments_[count_++] = owner_.host().fragment(p->payload, p->len);
  }
  pbuf_ref(chain);
  chain_ = chain;
  bytes_ = chain->tot_len;
  sequence_ = sequence;
  revive();
  return true;
}

void TransmitPacket::drain() {
  pbuf_free(chain_);
  chain_ = nullptr;
}

Status TransmitPacket::read(void* to, size_t offset, size_t bytes) {
  if (offset > bytes_ || bytes > bytes_ - offset) return GRAFT_E_RANGE;
  auto* at = static_cast<uint8_t*>(to);
  for (uint32_t i = 0; i < count_ && bytes; ++i) {
    const graft_fragment_t& f = fragments_[i];
    if (offset >= f.bytes) {
      offset -= f.bytes;
      continue;
    }
    const size_t n = std::min(bytes, f.bytes - offset);
    std::memcpy(at, static_cast<uint8_t*>(f.address) + offset, n);
    at += n;
    bytes -= n;
    offset = 0;
  }
  return GRAFT_OK;
}

Status TransmitPacket::fragments(size_t offset, size_t bytes, graft_fragment_t* out, uint32_t capacity,
                                 uint32_t* out_count) {
  *out_count = 0;
  if (offset > bytes_ || bytes > bytes_ - offset) return GRAFT_E_RANGE;
  uint32_t used = 0;
  for (uint32_t i = 0; i < count_ && bytes; ++i) {
    const graft_fragment_t& f = fragments_[i];
    if (offset >= f.bytes) {
      offset -= f.bytes;
      continue;
    }
    if (used == capacity) return GRAFT_E_NOSPC;
    const size_t n = std::min(bytes, f.bytes - offset);
    out[used++] = {static_cast<uint8_t*>(f.address) + offset, n, f.region, 0};
    bytes -= n;
    offset = 0;
  }
  *out_count = used;
  return GRAFT_OK;
}

Status TransmitPacket::map(void** out, size_t offset, size_t bytes) {
  *out = nullptr;
  graft_fragment_t one;
  uint32_t count;
  const Status status = fragments(offset, bytes, &one, 1, &count);
  if (!status.ok()) return status == GRAFT_E_NOSPC ? Status(GRAFT_E_NOTSUP) : status;
  if (count == 0) return GRAFT_E_RANGE;
  *out = one.address;
  return GRAFT_OK;
}

Status TransmitPacket::wire(uint64_t* out_phys, size_t offset, size_t bytes) {
  void* address;
  GRAFT_TRY(map(&address, offset, bytes));
  if (!owner_.host().in_window(address, bytes)) return GRAFT_E_NOTSUP;
  *out_phys = owner_.host().physical(address);
  return GRAFT_OK;
}

Status TransmitPacket::copy(size_t, size_t, graft_bufio_t** out) {
  *out = nullptr;
  return GRAFT_E_NOTSUP;
}

void TransmitPacket::destroy() { owner_.on_released(this); }

}  // namespace graft::http
