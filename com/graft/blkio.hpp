// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of blkio.h: BlkIo owns a reference to a synchronous block device and calls it; OpsTable fills the C table
/// from a class.
#ifndef GRAFT_BLKIO_HPP
#define GRAFT_BLKIO_HPP

#include <graft/blkio.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_blkio_t> {
  static constexpr graft_iid_t value = graft_iid_blkio;
};

template <>
struct OpsTable<graft_blkio_t> {
  template <class Impl>
  static constexpr graft_blkio_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_blkio_t), GRAFT_SLOT(graft_blkio_t, get_block_size),
      GRAFT_SLOT(graft_blkio_t, get_size), GRAFT_SLOT(graft_blkio_t, read),
      GRAFT_SLOT(graft_blkio_t, write),    GRAFT_SLOT(graft_blkio_t, flush),
  };
};

/// An owned reference to a synchronous block device, or null. The methods' contracts stand in blkio.h.
class BlkIo : public Ref<graft_blkio_t> {
 public:
  using Ref::Ref;
  BlkIo(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  BlkIo(const Ref& other) : Ref(other) {}

  [[nodiscard]] uint32_t get_block_size() const { return graft_blkio_get_block_size(get()); }
  Status get_size(uint64_t* out_bytes) const { return graft_blkio_get_size(get(), out_bytes); }
  Status read(void* to, uint64_t offset, size_t bytes) const { return graft_blkio_read(get(), to, offset, bytes); }
  Status write(const void* from, uint64_t offset, size_t bytes) const {
    return graft_blkio_write(get(), from, offset, bytes);
  }
  Status flush() const { return graft_blkio_flush(get()); }
};

}  // namespace graft

#endif
