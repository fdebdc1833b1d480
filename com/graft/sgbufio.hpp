// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of sgbufio.h: SgBufio owns a reference to a buffer's fragments and calls it; OpsTable fills the C table
/// from a class.
#ifndef GRAFT_SGBUFIO_HPP
#define GRAFT_SGBUFIO_HPP

#include <graft/sgbufio.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_sgbufio_t> {
  static constexpr graft_iid_t value = graft_iid_sgbufio;
};

template <>
struct OpsTable<graft_sgbufio_t> {
  template <class Impl>
  static constexpr graft_sgbufio_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_sgbufio_t),
      GRAFT_SLOT(graft_sgbufio_t, fragments),
  };
};

/// An owned reference to a buffer's fragments, or null. The methods' contracts stand in sgbufio.h.
class SgBufio : public Ref<graft_sgbufio_t> {
 public:
  using Ref::Ref;
  SgBufio(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  SgBufio(const Ref& other) : Ref(other) {}

  Status fragments(size_t offset, size_t bytes, graft_fragment_t* fragments, uint32_t capacity,
                   uint32_t* out_count) const {
    return graft_sgbufio_fragments(get(), offset, bytes, fragments, capacity, out_count);
  }
};

}  // namespace graft

#endif
