// SPDX-License-Identifier: GPL-2.0-only
/// Start and counters of the Linux environment. Implemented by emul/.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_ENVIRONMENT_H
#define GRAFT_LINUX_EMU_BOUNDARY_ENVIRONMENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Prepares memory: the page map of the window [va, va + bytes) with device addresses from `phys` on. Everything else
/// works afterwards, but nothing may block. Returns 0 or a graft_error_t. @context world  @blocks never
int32_t lx_memory_start(void* va, uint64_t phys, uint64_t bytes);

/// Gives back all memory that the environment holds. @context world
void lx_memory_stop(void);

/// Sets up interrupts, timers and the first task; before any fiber runs. Returns 0 or a graft_error_t. @context world
int32_t lx_early_start(void);

/// Runs the initcalls of the donor's core. Returns 0 or a graft_error_t. @context fiber  @blocks may
int32_t lx_core_start(void);

/// A named counter, see graft_counter_t.
typedef struct lx_counter {
  const char* name;
  uint64_t value;
} lx_counter_t;

/// Copies at most `capacity` counters; returns how many there are. @context world
uint32_t lx_get_counters(lx_counter_t* counters, uint32_t capacity);

/// Translates a donor's errno (negative or positive) to a graft_error_t; 0 is OK, an unknown one FAIL and logged.
/// @context any
int32_t lx_error(int number);

/// The other way: a negative errno. @context any
int lx_errno(int32_t error);

/// Sets a parameter of a driver to a value, both text, through the driver's own parser. `first` and `end` are the
/// driver's lx_params_<driver>_start and _end. Returns 0, NOENT or INVAL. @context world
int32_t lx_set_parameter(const void* first, const void* end, const char* name, const char* value);

/// Makes the n-th allocation from now fail, and those after it until `count` have failed; 0 switches it off. For
/// tests. @context world
void lx_fail_allocations(uint64_t nth, uint64_t count);

#ifdef __cplusplus
}
#endif

#endif
