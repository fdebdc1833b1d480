// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of bufio.h: Bufio owns a reference to a buffer and calls it; OpsTable fills the C table from a class.
#ifndef GRAFT_BUFIO_HPP
#define GRAFT_BUFIO_HPP

#include <graft/bufio.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_bufio_t> {
  static constexpr graft_iid_t value = graft_iid_bufio;
};

template <>
struct OpsTable<graft_bufio_t> {
  template <class Impl>
  static constexpr graft_bufio_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_bufio_t), GRAFT_SLOT(graft_bufio_t, size),   GRAFT_SLOT(graft_bufio_t, read),
      GRAFT_SLOT(graft_bufio_t, write),    GRAFT_SLOT(graft_bufio_t, map),    GRAFT_SLOT(graft_bufio_t, unmap),
      GRAFT_SLOT(graft_bufio_t, wire),     GRAFT_SLOT(graft_bufio_t, unwire), GRAFT_SLOT(graft_bufio_t, copy),
  };
};

/// An owned reference to a buffer, or null. The methods' contracts stand in bufio.h.
class Bufio : public Ref<graft_bufio_t> {
 public:
  using Ref::Ref;
  Bufio(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  Bufio(const Ref& other) : Ref(other) {}

  [[nodiscard]] size_t size() const { return graft_bufio_size(get()); }
  Status read(void* to, size_t offset, size_t bytes) const { return graft_bufio_read(get(), to, offset, bytes); }
  Status write(const void* from, size_t offset, size_t bytes) const {
    return graft_bufio_write(get(), from, offset, bytes);
  }
  Status map(void** out, size_t offset, size_t bytes) const { return graft_bufio_map(get(), out, offset, bytes); }
  void unmap(void* address, size_t offset, size_t bytes) const { graft_bufio_unmap(get(), address, offset, bytes); }
  Status wire(uint64_t* out_phys, size_t offset, size_t bytes) const {
    return graft_bufio_wire(get(), out_phys, offset, bytes);
  }
  void unwire(uint64_t phys, size_t offset, size_t bytes) const { graft_bufio_unwire(get(), phys, offset, bytes); }
  Status copy(size_t offset, size_t bytes, graft_bufio_t** out) const {
    return graft_bufio_copy(get(), offset, bytes, out);
  }
};

}  // namespace graft

#endif
