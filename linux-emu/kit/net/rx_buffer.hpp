// SPDX-License-Identifier: GPL-2.0-only
/// A received packet as bufio and sgbufio. The object lives in the packet descriptor's own control block, so receiving
/// allocates nothing beyond what the donor does.
#ifndef GRAFT_LINUX_EMU_KIT_NET_RX_BUFFER_HPP
#define GRAFT_LINUX_EMU_KIT_NET_RX_BUFFER_HPP

#include <atomic>
#include <graft/bufio.hpp>
#include <graft/sgbufio.hpp>
#include <new>

#include "linux-emu/boundary/net.h"

namespace graft::lx {

class RxBuffer final : public Object<RxBuffer, graft_bufio_t, graft_sgbufio_t> {
 public:
  /// Builds the object into the packet's storage. The caller owns one reference.
  static RxBuffer* create(const lx_net_rx& packet) { return new (packet.storage) RxBuffer(packet); }

  /// Says that the caller's reference is the last, so that nobody else can come by one: in world context the descriptor
  /// may then be freed without destroy().
  bool is_ours_alone() const {
    bool alone = reference_count() == 1;
    std::atomic_thread_fence(std::memory_order_acquire);
    return alone;
  }

  size_t size() { return bytes_; }
  graft_error_t read(void* to, size_t offset, size_t bytes);
  graft_error_t write(const void* from, size_t offset, size_t bytes);
  graft_error_t map(void** out, size_t offset, size_t bytes);
  void unmap(void*, size_t, size_t) {}
  graft_error_t wire(uint64_t* out_phys, size_t offset, size_t bytes);
  void unwire(uint64_t, size_t, size_t) {}
  graft_error_t copy(size_t offset, size_t bytes, graft_bufio_t** out);
  graft_error_t fragments(size_t offset, size_t bytes, graft_fragment_t* fragments, uint32_t capacity,
                          uint32_t* out_count);

  /// Gives the descriptor back to the donor; takes the executor role if the caller does not hold it.
  void destroy();

 private:
  explicit RxBuffer(const lx_net_rx& packet)
      : bytes_(packet.bytes),
        skb_(packet.skb),
        data_(static_cast<unsigned char*>(packet.data)),
        linear_bytes_(packet.linear_bytes) {}

  bool inside(size_t offset, size_t bytes) const { return offset <= bytes_ && bytes <= bytes_ - offset; }

  // The reference count of Object is 4 bytes; what follows fills the storage exactly.
  uint32_t bytes_;
  void* skb_;
  unsigned char* data_;
  uint32_t linear_bytes_;
};

static_assert(sizeof(RxBuffer) <= LX_NET_RX_STORAGE_BYTES);

}  // namespace graft::lx

#endif
