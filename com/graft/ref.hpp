// SPDX-License-Identifier: BSD-2-Clause
/// Ref: an owned reference to a component, by one of its interfaces.
#ifndef GRAFT_REF_HPP
#define GRAFT_REF_HPP

#include <graft/iunknown.h>

#include <graft/status.hpp>

namespace graft {

/// The IID of a C interface type; each interface's .hpp specialises it.
template <class Interface>
struct InterfaceId;

template <>
struct InterfaceId<graft_iunknown_t> {
  static constexpr graft_iid_t value = graft_iid_iunknown;
};

/// Owns one reference to an interface of C type `I`, or is null.
template <class I>
class Ref {
 public:
  constexpr Ref() = default;
  constexpr Ref(decltype(nullptr)) {}
  Ref(const Ref& other) : p_(other.p_) {
    if (p_) graft_addref(p_);
  }
  constexpr Ref(Ref&& other) noexcept : p_(other.take()) {}
  Ref& operator=(Ref other) noexcept {
    I* const old = p_;
    p_ = other.p_;
    other.p_ = old;
    return *this;
  }
  ~Ref() {
    if (p_) graft_release(p_);
  }

  /// Takes over a reference that the caller owns.
  [[nodiscard]] static constexpr Ref adopt(I* p) {
    Ref r;
    r.p_ = p;
    return r;
  }
  /// Adds a reference to a borrowed pointer.
  [[nodiscard]] static Ref share(I* p) {
    if (p) graft_addref(p);
    return adopt(p);
  }

  [[nodiscard]] constexpr I* get() const { return p_; }
  constexpr I* operator->() const { return p_; }
  constexpr explicit operator bool() const { return p_ != nullptr; }

  /// Gives up ownership; the caller owns the reference.
  [[nodiscard]] constexpr I* take() {
    I* const p = p_;
    p_ = nullptr;
    return p;
  }
  void reset() { *this = Ref(); }

  /// For an out parameter of the C interface: drops what is held and is filled by the callee.
  [[nodiscard]] I** out() {
    reset();
    return &p_;
  }

  /// Gives another interface of the same component; null if it has none.
  template <class Other>
  [[nodiscard]] Ref<Other> query() const {
    void* other = nullptr;
    if (!p_ || graft_query(p_, &InterfaceId<Other>::value, &other) != GRAFT_OK) return {};
    return Ref<Other>::adopt(static_cast<Other*>(other));
  }

 private:
  I* p_ = nullptr;
};

}  // namespace graft

#endif
