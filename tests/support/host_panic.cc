// SPDX-License-Identifier: BSD-2-Clause
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "kernels/support/panic.hpp"

namespace graft::support {

void panic(const char* format, ...) {
  va_list args;
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  abort();
}

}  // namespace graft::support
