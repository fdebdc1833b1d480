/* SPDX-License-Identifier: GPL-2.0-only */
/* The running task: swapped by the emulation on every fiber switch. */
#ifndef GRAFT_ASM_CURRENT_H
#define GRAFT_ASM_CURRENT_H

#ifndef __ASSEMBLY__
struct task_struct;
extern struct task_struct* lx_current;
#define get_current() (lx_current)
#define current get_current()
#endif

#endif
