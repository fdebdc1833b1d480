// SPDX-License-Identifier: BSD-2-Clause
/// The serial console: a 16550 at COM1.
#ifndef GRAFT_KERNELS_SUPPORT_CONSOLE_HPP
#define GRAFT_KERNELS_SUPPORT_CONSOLE_HPP

#include <cstddef>

namespace graft::support {

void init_console();

/// Writes text, "\n" as "\r\n"; texts of one call are not torn apart by another thread or interrupt level.
/// @context thread+irq  @blocks never (waits for the line, polled)
void console_write(const char* text, size_t length);

/// Writes a formatted text of at most 511 characters. @context thread+irq
[[gnu::format(printf, 1, 2)]] void console_printf(const char* format, ...);

}  // namespace graft::support

#endif
