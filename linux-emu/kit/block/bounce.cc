// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/kit/block/bounce.hpp"

#include <string.h>

namespace graft::lx {

void* BouncePool::take(Host& host, uint64_t bytes, uint32_t* out_pages) {
  auto pages = static_cast<uint32_t>((bytes + GRAFT_PAGE_BYTES - 1) / GRAFT_PAGE_BYTES);
  for (Slot& slot : slots_) {
    if (slot.va && slot.pages >= pages) {
      void* va = slot.va;
      *out_pages = slot.pages;
      slot.va = nullptr;
      return va;
    }
  }
  // The smallest size that is kept serves the next requests too.
  if (pages < 16) pages = 16;
  void* va;
  if (host.page_alloc(pages, 1, UINT64_MAX, &va) != GRAFT_OK) return nullptr;
  *out_pages = pages;
  return va;
}

void BouncePool::put(Host& host, void* va, uint32_t pages) {
  if (pages <= kKeepPages) {
    for (Slot& slot : slots_) {
      if (!slot.va) {
        slot = {va, pages};
        return;
      }
    }
  }
  host.page_free(va, pages);
}

void BouncePool::drain(Host& host) {
  for (Slot& slot : slots_) {
    if (slot.va) host.page_free(slot.va, slot.pages);
    slot.va = nullptr;
  }
}

void copy_from_fragments(void* to, const graft_blk_request_t& request) {
  auto* out = static_cast<unsigned char*>(to);
  for (uint32_t i = 0; i < request.fragment_count; ++i) {
    memcpy(out, request.fragments[i].address, request.fragments[i].bytes);
    out += request.fragments[i].bytes;
  }
}

void copy_to_fragments(const graft_blk_request_t& request, const void* from) {
  auto* in = static_cast<const unsigned char*>(from);
  for (uint32_t i = 0; i < request.fragment_count; ++i) {
    memcpy(request.fragments[i].address, in, request.fragments[i].bytes);
    in += request.fragments[i].bytes;
  }
}

}  // namespace graft::lx
