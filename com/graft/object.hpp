// SPDX-License-Identifier: BSD-2-Clause
/// Object: implements components in C++. A class derives from Object<Itself, interfaces...>, writes the interfaces'
/// methods as members of the same names, and gets the C tables filled at compile time.
#ifndef GRAFT_OBJECT_HPP
#define GRAFT_OBJECT_HPP

#include <graft/ref.hpp>

namespace graft {

/// The C table of an interface, filled from a class; each interface's .hpp specialises it with a member
/// `template <class Impl> static constexpr Ops table`.
template <class Interface>
struct OpsTable;

/// What a C function returns for a member function that returns `R`: a Status becomes its code.
template <class R>
struct CResultOf {
  using Type = R;
};
template <>
struct CResultOf<Status> {
  using Type = graft_error_t;
};

/// Turns a member function into a C function on the interface's self pointer.
template <class Interface, class Impl, auto Member>
struct Thunk;

template <class Interface, class Impl, class R, class C, class... Args, R (C::*Member)(Args...)>
struct Thunk<Interface, Impl, Member> {
  static typename CResultOf<R>::Type call(Interface* self, Args... args) {
    if constexpr (__is_same(R, Status)) {
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

  uint32_t addref() { return __atomic_add_fetch(&refs_, 1, __ATOMIC_RELAXED); }

  uint32_t release() {
    uint32_t left = __atomic_sub_fetch(&refs_, 1, __ATOMIC_ACQ_REL);
    if (left == 0) self()->destroy();
    return left;
  }

  /// For components that gain interfaces at run time: gives an interface that is not among `Is`, with a reference.
  graft_error_t query_other(const graft_iid_t*, void**) { return GRAFT_E_NOINTERFACE; }

  [[nodiscard]] uint32_t reference_count() const { return __atomic_load_n(&refs_, __ATOMIC_RELAXED); }

 protected:
  Object() : Is{&OpsTable<Is>::template table<Impl>}... {}
  ~Object() = default;

  /// Puts a pooled object back into its state after construction.
  void revive() { __atomic_store_n(&refs_, 1, __ATOMIC_RELAXED); }

 private:
  Impl* self() { return static_cast<Impl*>(this); }
  template <class First, class...>
  void* first() {
    return static_cast<First*>(self());
  }

  uint32_t refs_ = 1;
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
