// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/kit/net/rx_buffer.hpp"

#include <string.h>

#include "glue/buffer/world_buffer.hpp"
#include "linux-emu/kit/environment.hpp"

namespace graft::lx {

graft_error_t RxBuffer::read(void* to, size_t offset, size_t bytes) {
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  if (offset + bytes <= linear_bytes_) {
    memcpy(to, data_ + offset, bytes);
    return GRAFT_OK;
  }
  return lx_net_rx_copy(skb_, static_cast<unsigned>(offset), to, static_cast<unsigned>(bytes)) ? GRAFT_E_FAIL
                                                                                               : GRAFT_OK;
}

graft_error_t RxBuffer::write(const void*, size_t offset, size_t bytes) {
  return inside(offset, bytes) ? GRAFT_E_PERM : GRAFT_E_RANGE;
}

graft_error_t RxBuffer::map(void** out, size_t offset, size_t bytes) {
  *out = nullptr;
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  if (offset + bytes <= linear_bytes_) {
    *out = data_ + offset;
    return GRAFT_OK;
  }
  void* address;
  unsigned length;
  if (lx_net_rx_fragments(skb_, static_cast<unsigned>(offset), static_cast<unsigned>(bytes), &address, &length, 1) > 1)
    return GRAFT_E_NOTSUP;
  *out = address;
  return GRAFT_OK;
}

graft_error_t RxBuffer::wire(uint64_t* out_phys, size_t offset, size_t bytes) {
  void* address;
  *out_phys = 0;
  GRAFT_TRY(map(&address, offset, bytes));
  *out_phys = world().host().phys_of(address);
  return GRAFT_OK;
}

graft_error_t RxBuffer::copy(size_t offset, size_t bytes, graft_bufio_t** out) {
  *out = nullptr;
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  return copy_to_world_buffer(this, offset, bytes, out);
}

graft_error_t RxBuffer::fragments(size_t offset, size_t bytes, graft_fragment_t* fragments, uint32_t capacity,
                                  uint32_t* out_count) {
  constexpr unsigned kMax = 20;
  void* addresses[kMax];
  unsigned lengths[kMax];
  *out_count = 0;
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  unsigned count =
      lx_net_rx_fragments(skb_, static_cast<unsigned>(offset), static_cast<unsigned>(bytes), addresses, lengths, kMax);
  if (count > capacity || count > kMax) return GRAFT_E_NOSPC;
  for (unsigned i = 0; i < count; ++i) fragments[i] = {addresses[i], lengths[i], GRAFT_REGION_WORLD, 0};
  *out_count = count;
  return GRAFT_OK;
}

void RxBuffer::destroy() {
  void* skb = skb_;
  WorldScope scope(world());
  lx_net_rx_free(skb);
}

}  // namespace graft::lx
