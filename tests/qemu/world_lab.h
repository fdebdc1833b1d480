// SPDX-License-Identifier: BSD-2-Clause
/// What a test kernel cannot do through com/: load for a world, made inside the driver set.
#ifndef GRAFT_TESTS_QEMU_WORLD_LAB_H
#define GRAFT_TESTS_QEMU_WORLD_LAB_H

#include <graft/kit.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Starts work that never ends: each piece counts as one packet and raises the next. @context loop
void graft_lab_work_start(void);
void graft_lab_work_stop(void);
/// Pieces of work done so far.
uint64_t graft_lab_work_done(void);

/// Claims an interrupt line for a handler that leaves its device asserting it, so that it interrupts for ever.
graft_error_t graft_lab_storm_start(uint32_t line);
/// Allocates one message for a handler that has its device send the next one by `again(arg)`.
graft_error_t graft_lab_message_storm_start(graft_pci_address_t function, void (*again)(void* arg), void* arg,
                                            graft_msi_message_t* out_message);
/// Gives back what either claimed. @context fiber
void graft_lab_storm_stop(void);
/// Handlers that ran so far.
uint64_t graft_lab_storm_count(void);

/// Sleeps. @context fiber  @blocks may
void graft_lab_sleep(uint64_t duration_ns);

#ifdef __cplusplus
}
#endif

#endif
