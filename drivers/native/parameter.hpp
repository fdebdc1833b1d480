// SPDX-License-Identifier: BSD-2-Clause
/// Parameters of native drivers: numbers, with k and M for 1024 and 1024 * 1024, and switches.
#ifndef GRAFT_DRIVERS_NATIVE_PARAMETER_HPP
#define GRAFT_DRIVERS_NATIVE_PARAMETER_HPP

#include <graft/error.h>
#include <stddef.h>
#include <stdint.h>

namespace graft::native {

/// One parameter: its name, where its value goes, and what it may be.
struct Parameter {
  constexpr Parameter(const char* n, uint64_t* to, uint64_t min, uint64_t max)
      : name(n), wide(to), minimum(min), maximum(max) {}
  constexpr Parameter(const char* n, uint32_t* to, uint64_t min, uint64_t max)
      : name(n), narrow(to), minimum(min), maximum(max) {}
  constexpr Parameter(const char* n, bool* to) : name(n), flag(to), minimum(0), maximum(1) {}

  const char* name;
  uint64_t* wide = nullptr;
  uint32_t* narrow = nullptr;
  bool* flag = nullptr;
  uint64_t minimum;
  uint64_t maximum;
};

/// Sets the parameter of that name. @errors NOENT: none has it; INVAL: not a number, or out of bounds
/// @onfail nothing is changed
graft_error_t set_parameter(const Parameter* parameters, size_t count, const char* name, const char* value);

template <size_t kCount>
graft_error_t set_parameter(const Parameter (&parameters)[kCount], const char* name, const char* value) {
  return set_parameter(parameters, kCount, name, value);
}

}  // namespace graft::native

#endif
