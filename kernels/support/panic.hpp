// SPDX-License-Identifier: BSD-2-Clause
/// Ends of a run.
#ifndef GRAFT_KERNELS_SUPPORT_PANIC_HPP
#define GRAFT_KERNELS_SUPPORT_PANIC_HPP

namespace graft::support {

/// Prints "panic: ..." with the call chain and ends the run as failed.
[[noreturn, gnu::format(printf, 1, 2)]] void panic(const char* format, ...);

/// Ends the run through QEMU's isa-debug-exit (status 33 for passed, 65 for failed); on a machine without it, halts.
[[noreturn]] void exit_machine(bool passed);

}  // namespace graft::support

#endif
