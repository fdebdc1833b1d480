// SPDX-License-Identifier: BSD-2-Clause
/// What a processor exception prints.
#ifndef GRAFT_KERNELS_SUPPORT_FAULT_HPP
#define GRAFT_KERNELS_SUPPORT_FAULT_HPP

#include "kernels/support/interrupts.hpp"

namespace graft::support {

/// Prints vector, error code, registers and call chain, and ends the run as failed.
[[noreturn]] void report_fault(const InterruptFrame& frame);

/// Names the running thread in dumps. The hook returns a name, or null.
void set_thread_name_hook(const char* (*hook)());

/// Prints the return addresses found through the frame pointers from `rbp` on, then those that merely lie on the stack
/// at `rsp`: code built without frame pointers leaves only these.
void print_call_chain(uint64_t rip, uint64_t rbp, uint64_t rsp);

}  // namespace graft::support

#endif
