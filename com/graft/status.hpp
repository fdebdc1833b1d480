// SPDX-License-Identifier: BSD-2-Clause
/// Status and Result: error values that cannot be dropped by accident.
#ifndef GRAFT_STATUS_HPP
#define GRAFT_STATUS_HPP

#include <graft/error.h>

namespace graft {

/// An error code; OK by default.
class [[nodiscard]] Status {
 public:
  constexpr Status() = default;
  constexpr Status(graft_error_t code) : code_(code) {}

  [[nodiscard]] constexpr bool ok() const { return code_ == GRAFT_OK; }
  [[nodiscard]] constexpr graft_error_t code() const { return code_; }
  [[nodiscard]] const char* name() const { return graft_error_name(code_); }

  /// For the rare place where a failure changes nothing.
  constexpr void ignore() const {}

  friend constexpr bool operator==(Status a, Status b) { return a.code_ == b.code_; }

 private:
  graft_error_t code_ = GRAFT_OK;
};

/// A value or an error. The value is default-constructed after an error.
template <class T>
class [[nodiscard]] Result {
 public:
  constexpr Result(T value) : value_(static_cast<T&&>(value)) {}
  constexpr Result(Status error) : status_(error) {}
  constexpr Result(graft_error_t error) requires(!__is_same(T, graft_error_t)) : status_(error) {}

  [[nodiscard]] constexpr bool ok() const { return status_.ok(); }
  [[nodiscard]] constexpr Status status() const { return status_; }
  [[nodiscard]] constexpr T& value() { return value_; }
  [[nodiscard]] constexpr const T& value() const { return value_; }
  /// Moves the value out.
  [[nodiscard]] constexpr T take() { return static_cast<T&&>(value_); }

 private:
  Status status_;
  T value_{};
};

}  // namespace graft

/// Returns from the calling function with the error if `expression` (a Status or graft_error_t) is one.
#define GRAFT_TRY(expression)                                                                 \
  do {                                                                                        \
    if (::graft::Status graft_try_{(expression)}; !graft_try_.ok()) return graft_try_.code(); \
  } while (0)

#endif
