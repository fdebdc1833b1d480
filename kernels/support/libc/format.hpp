// SPDX-License-Identifier: BSD-2-Clause
/// The formatter behind the printf family.
#ifndef GRAFT_KERNELS_SUPPORT_LIBC_FORMAT_HPP
#define GRAFT_KERNELS_SUPPORT_LIBC_FORMAT_HPP

#include <cstdarg>
#include <cstddef>

namespace graft::support {

/// Behaves as vsnprintf() of C11 without floating point and without %n: flags "-+ #0", width and precision (also *),
/// lengths hh h l ll z j t, conversions d i u x X o c s p %. Returns the length the whole text has.
/// An unknown conversion is put out as it stands.
int format_text(char* out, size_t capacity, const char* format, va_list args);

}  // namespace graft::support

#endif
