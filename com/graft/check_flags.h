// SPDX-License-Identifier: BSD-2-Clause
/// Refuses compiler flags with which a kernel would fail in rare and strange ways. Every header of the kit includes it.
///
/// What is checked while compiling concerns freestanding code (-ffreestanding), which is what a kernel is; the red zone
/// cannot be seen by a preprocessor, so graft_ladder_run() looks at it. docs/porting.md lists the flags.
#ifndef GRAFT_CHECK_FLAGS_H
#define GRAFT_CHECK_FLAGS_H

#include <stdint.h>

#if !defined(__LP64__)
#error "graft: the driver sets are 64-bit objects: compile with -m64 (and neither -m32 nor -mx32)"
#endif

// Interrupts stay on while kit code runs, and an interrupt entry that does not save the SSE registers changes them
// under the code that it interrupts.
#if __STDC_HOSTED__ == 0 && defined(__SSE__) && !defined(GRAFT_ALLOW_SSE)
// If it is no kernel, or if its interrupt entry saves the SSE registers, define GRAFT_ALLOW_SSE.
#error "graft: kernel code is compiled with SSE on: add -mgeneral-regs-only (or see graft/check_flags.h)"
#endif

// The check for overwritten stacks would make the probe below call something, and what calls has no red zone.
#if __has_attribute(__no_stack_protector__)
#define GRAFT_FLAGS_PROBE_ __attribute__((__noinline__, __unused__, __no_stack_protector__))
#else
#define GRAFT_FLAGS_PROBE_ __attribute__((__noinline__, __unused__))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Says whether the compiler lets leaf functions use the stack below the stack pointer, where an interrupt writes:
/// looks where a variable of such a function lies. Compiled with the flags of whoever includes it. @context any
GRAFT_FLAGS_PROBE_ static int graft_uses_red_zone(void) {
  volatile char variable[16];
  uintptr_t stack_pointer;
  variable[0] = 0;
  __asm__ volatile("movq %%rsp, %0" : "=r"(stack_pointer));
  return (uintptr_t)variable < stack_pointer;
}

/// Returns what is wrong with the flags of this compilation, null if nothing is. @context any
static inline const char* graft_flags_fault(void) {
#if __STDC_HOSTED__ == 0 && !defined(GRAFT_ALLOW_RED_ZONE)
  if (graft_uses_red_zone()) {
    // A kernel whose interrupts all switch to stacks of their own defines GRAFT_ALLOW_RED_ZONE.
    return "kernel code is compiled with a red zone, which interrupts overwrite: add -mno-red-zone";
  }
#endif
  return (const char*)0;
}

#ifdef __cplusplus
}
#endif

#endif
