// SPDX-License-Identifier: BSD-2-Clause
/// Runs the cases of the Linux environment on any host.
#ifndef GRAFT_TESTS_EMU_RUNNER_H
#define GRAFT_TESTS_EMU_RUNNER_H

#include <graft/osenv.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Creates a world on the host and starts the environment in it. @context thread
graft_error_t graft_emu_start(const graft_osenv_t* env);

/// Ends both. @context the thread that started
void graft_emu_stop(void);

/// Gives the name of the index-th case, "group.name"; null after the last. @context any
const char* graft_emu_case_name(uint32_t index);

/// Runs one case in a fiber; gives how many checks failed, each of which was logged.
/// @context the thread that started  @blocks may
uint32_t graft_emu_run(uint32_t index);

/// Has world objects of the kit, for a leak check: fibers that exist now. @context any
uint64_t graft_emu_fibers_alive(void);

#ifdef __cplusplus
}
#endif

#endif
