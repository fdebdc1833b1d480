/* SPDX-License-Identifier: GPL-2.0-only */
/* The running task: the world swaps it on every fiber switch. */
#ifndef GRAFT_ASM_CURRENT_H
#define GRAFT_ASM_CURRENT_H

#ifndef __ASSEMBLY__
#include <glue/world/cpu_state.h>

struct task_struct;
#define get_current() ((struct task_struct*)graft_this_cpu()->current_env[GRAFT_ENVIRONMENT_LINUX])
#define current get_current()
#endif

#endif
