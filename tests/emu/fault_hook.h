// SPDX-License-Identifier: BSD-2-Clause
/// Fault injection for tests of whole drivers: what a driver set for a test adds to its exports.
#ifndef GRAFT_TESTS_EMU_FAULT_HOOK_H
#define GRAFT_TESTS_EMU_FAULT_HOOK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes the n-th allocation of donors from now fail, and those after it until `count` have failed; 0, 0 ends that.
/// @context thread
void graft_emu_fail_allocations(uint64_t nth, uint64_t count);

#ifdef __cplusplus
}
#endif

#endif
