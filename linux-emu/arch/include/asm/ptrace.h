/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupted registers: interrupts reach a donor at safe points, so there are none. */
#ifndef GRAFT_ASM_PTRACE_H
#define GRAFT_ASM_PTRACE_H

#ifndef __ASSEMBLY__
#include <uapi/asm/ptrace.h>

struct pt_regs {
  unsigned long ip, sp, flags;
};

#define user_mode(regs) (0)
#define instruction_pointer(regs) ((regs)->ip)
#define kernel_stack_pointer(regs) ((regs)->sp)
#define user_stack_pointer(regs) ((regs)->sp)
#define profile_pc(regs) ((regs)->ip)
#define current_user_stack_pointer() (0UL)
#define current_pt_regs() ((struct pt_regs*)0)

static inline unsigned long regs_return_value(struct pt_regs* regs) { return 0; }
#endif

#endif
