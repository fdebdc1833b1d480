// SPDX-License-Identifier: BSD-2-Clause
/// The few operations on text that glue needs, without a C library.
#ifndef GRAFT_GLUE_REGISTRY_TEXT_HPP
#define GRAFT_GLUE_REGISTRY_TEXT_HPP

#include <stddef.h>

namespace graft::registry {

inline bool text_equal(const char* a, const char* b) {
  for (; *a != 0 && *a == *b; ++a, ++b) {
  }
  return *a == *b;
}

/// Copies as much as fits, always with an end.
template <size_t kBytes>
void copy_text(char (&to)[kBytes], const char* from) {
  size_t i = 0;
  for (; i + 1 < kBytes && from[i] != 0; ++i) to[i] = from[i];
  to[i] = 0;
}

}  // namespace graft::registry

#endif
