// SPDX-License-Identifier: BSD-2-Clause
/// The part of printf that libpci's messages use.
#ifndef GRAFT_GLUE_PCI_LIBPCI_FORMAT_HPP
#define GRAFT_GLUE_PCI_LIBPCI_FORMAT_HPP

#include <stdarg.h>
#include <stddef.h>

namespace graft::libpci {

/// Formats into `out`, cut at capacity - 1 characters and null-terminated; knows %s %c %d %u %x %X %p %%, the flags
/// 0 and -, a width, and the length l.
/// @returns the length without the cut
int format(char* out, size_t capacity, const char* text, va_list args);

}  // namespace graft::libpci

#endif
