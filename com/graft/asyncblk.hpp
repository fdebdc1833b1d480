// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of asyncblk.h: AsyncBlk owns a reference to an asynchronous block device and calls it; OpsTable fills the C
/// table from a class.
#ifndef GRAFT_ASYNCBLK_HPP
#define GRAFT_ASYNCBLK_HPP

#include <graft/asyncblk.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_asyncblk_t> {
  static constexpr graft_iid_t value = graft_iid_asyncblk;
};

template <>
struct OpsTable<graft_asyncblk_t> {
  template <class Impl>
  static constexpr graft_asyncblk_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_asyncblk_t), GRAFT_SLOT(graft_asyncblk_t, submit),
      GRAFT_SLOT(graft_asyncblk_t, get_size), GRAFT_SLOT(graft_asyncblk_t, get_limits),
      GRAFT_SLOT(graft_asyncblk_t, identify), GRAFT_SLOT(graft_asyncblk_t, get_stats),
  };
};

/// An owned reference to an asynchronous block device, or null. The methods' contracts stand in asyncblk.h.
class AsyncBlk : public Ref<graft_asyncblk_t> {
 public:
  using Ref::Ref;
  AsyncBlk(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  AsyncBlk(const Ref& other) : Ref(other) {}

  Status submit(graft_blk_request_t* const* requests, uint32_t count, uint32_t* out_accepted) const {
    return graft_asyncblk_submit(get(), requests, count, out_accepted);
  }
  Status get_size(uint64_t* out_bytes) const { return graft_asyncblk_get_size(get(), out_bytes); }
  void get_limits(graft_blk_limits_t* out_limits) const { graft_asyncblk_get_limits(get(), out_limits); }
  Status identify(graft_blk_identity_t* out_identity) const { return graft_asyncblk_identify(get(), out_identity); }
  void get_stats(graft_blk_stats_t* out_stats) const { graft_asyncblk_get_stats(get(), out_stats); }
};

}  // namespace graft

#endif
