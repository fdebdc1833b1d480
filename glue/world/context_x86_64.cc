// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/context.hpp"

// System V ABI: rbx, rbp and r12 to r15 survive a call; prepare_context() builds the frame in the order of the pops.
asm(R"(
  .text
  .globl graft_context_switch
  .hidden graft_context_switch
  .type graft_context_switch, @function
graft_context_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size graft_context_switch, . - graft_context_switch

  .globl graft_context_start
  .hidden graft_context_start
  .type graft_context_start, @function
graft_context_start:
  movq %r12, %rdi
  callq *%rbx
  ud2
  .size graft_context_start, . - graft_context_start
)");
