// SPDX-License-Identifier: GPL-2.0-only
/// Bounce buffers of the copying adapter: pages that stay with the disk, so that copying takes none from the host after
/// the first requests.
#ifndef GRAFT_LINUX_EMU_KIT_BLOCK_BOUNCE_HPP
#define GRAFT_LINUX_EMU_KIT_BLOCK_BOUNCE_HPP

#include <graft/asyncblk.h>

#include "glue/world/host.hpp"

namespace graft::lx {

class BouncePool {
 public:
  /// Gives contiguous pages for `bytes` bytes; null if there are none. @context world
  void* take(Host& host, uint64_t bytes, uint32_t* out_pages);
  /// Takes them back. @context world
  void put(Host& host, void* va, uint32_t pages);
  /// Gives everything back to the host. @context world
  void drain(Host& host);

 private:
  static constexpr unsigned kSlots = 8;
  static constexpr uint32_t kKeepPages = 64;

  struct Slot {
    void* va;
    uint32_t pages;
  };
  Slot slots_[kSlots] = {};
};

/// Copies between a request's fragments and contiguous memory.
void copy_from_fragments(void* to, const graft_blk_request_t& request);
void copy_to_fragments(const graft_blk_request_t& request, const void* from);

}  // namespace graft::lx

#endif
