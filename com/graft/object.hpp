// SPDX-License-Identifier: BSD-2-Clause
/// Object: implements components in C++. A class derives from Object<Itself, interfaces...>, writes the interfaces'
/// methods as members of the same names, and gets the C tables filled at compile time.
#ifndef GRAFT_OBJECT_HPP
#define GRAFT_OBJECT_HPP

#include <atomic>
#include <graft/ref.hpp>
#include <type_traits>

namespace graft {

/// The C table of an interface, filled from a class; each interface's .hpp specialises it with a member
/// `template <class Impl> static constexpr Ops table`.
template <class Interface>
struct OpsTable;

/// Turns a member function into a C function on the interface's self pointer.
template <class Interface, class Impl, auto Member>
struct Thunk;

template <class Interface, class Impl, class R, class C, class... Args, R (C::*Member)(Args...)>
struct Thunk<Interface, Impl, Member> {
  using CResult = std::conditional_t<std::is_same_v<R, Status>, graft_error_t, R>;

  static CResult call(Interface* self, Args... args) {
    if constexpr (std::is_same_v<R, Status>) {
      return (static_cast<Impl*>(self)->*Member)(args...).code();
    } else {
      return (static_cast<Impl*>(self)->*Member)(args...);
    }
  }
};

/// Base of a component with the interfaces `Is`, born with one reference. The last release calls Impl::destroy(),
/// which frees the object in whatever way it was made.
template <class Impl, class... Is>
class Object : public Is... {
 public:
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  graft_error_t query(const graft_iid_t* iid, void** out) {
    *out = nullptr;
    if (graft_iid_equal(iid, &graft_iid_iunknown)) {
      *out = first<Is...>();
    } else {
      (void)((graft_iid_equal(iid, &InterfaceId<Is>::value) ? (*out = static_cast<Is*>(self()), true) : false) || ...);
    }
    if (!*out) return static_cast<Impl*>(this)->query_other(iid, out);
    addref();
    return GRAFT_OK;
  }

  uint32_t addref() { return refs_.fetch_add(1, std::memory_order_relaxed) + 1; }

  uint32_t release() {
    uint32_t left = refs_.fetch_sub(1, std::memory_order_acq_rel) - 1;
    if (left == 0) self()->destroy();
    return left;
  }

  /// For components that gain interfaces at run time: gives an interface that is not among `Is`, with a reference.
  graft_error_t query_other(const graft_iid_t*, void**) { return GRAFT_E_NOINTERFACE; }

  [[nodiscard]] uint32_t reference_count() const { return refs_.load(std::memory_order_relaxed); }

 protected:
  Object() : Is{&OpsTable<Is>::template table<Impl>}... {}
  ~Object() = default;

  /// Puts a pooled object back into its state after construction.
  void revive() { refs_.store(1, std::memory_order_relaxed); }

 private:
  Impl* self() { return static_cast<Impl*>(this); }
  template <class First, class...>
  void* first() {
    return static_cast<First*>(self());
  }

  std::atomic<uint32_t> refs_{1};
};

}  // namespace graft

/// The IUnknown slots of an OpsTable specialisation for interface type `I`.
#define GRAFT_IUNKNOWN_SLOTS(I)                                                                             \
  .query = [](I* s, const graft_iid_t* iid, void** out) { return static_cast<Impl*>(s)->query(iid, out); }, \
  .addref = [](I* s) { return static_cast<Impl*>(s)->addref(); },                                           \
  .release = [](I* s) { return static_cast<Impl*>(s)->release(); }

/// One slot: the member of the same name.
#define GRAFT_SLOT(I, name) .name = &::graft::Thunk<I, Impl, &Impl::name>::call

#endif
