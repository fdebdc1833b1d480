// SPDX-License-Identifier: BSD-2-Clause
/// The context switch: callee-saved general registers only, as the image uses no others.
#ifndef GRAFT_GLUE_WORLD_CONTEXT_HPP
#define GRAFT_GLUE_WORLD_CONTEXT_HPP

#include <stdint.h>

namespace graft {

extern "C" {
/// Saves the caller's context on its stack, stores the stack pointer to *save_sp and continues at `to_sp`.
__attribute__((visibility("hidden"))) void graft_context_switch(void** save_sp, void* to_sp);
/// Where a prepared stack starts to run.
__attribute__((visibility("hidden"))) void graft_context_start();
}

/// Prepares a stack such that the first switch to it calls entry(arg), which must not return.
/// @returns the stack pointer for graft_context_switch()
inline void* prepare_context(void* stack_top, void (*entry)(void*), void* arg) {
  auto* sp = reinterpret_cast<uintptr_t*>(reinterpret_cast<uintptr_t>(stack_top) & ~uintptr_t{15});
  *--sp = 0;  // ends a walk along return addresses
  *--sp = 0;
  *--sp = reinterpret_cast<uintptr_t>(&graft_context_start);
  *--sp = 0;                                   // rbp
  *--sp = reinterpret_cast<uintptr_t>(entry);  // rbx
  *--sp = reinterpret_cast<uintptr_t>(arg);    // r12
  *--sp = 0;                                   // r13
  *--sp = 0;                                   // r14
  *--sp = 0;                                   // r15
  return sp;
}

}  // namespace graft

#endif
