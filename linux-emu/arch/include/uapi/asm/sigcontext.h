/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GRAFT_UAPI_ASM_SIGCONTEXT_H
#define GRAFT_UAPI_ASM_SIGCONTEXT_H

#include <asm/ptrace.h>
struct sigcontext {
  struct pt_regs regs;
  unsigned long oldmask;
};

#endif
