// SPDX-License-Identifier: BSD-2-Clause
// void graft_threaded_switch(Thread* from, Thread* to): saves what a function call preserves and goes on as `to`.
// Called with interrupts off; there is no floating-point state.

    .section .text, "ax", @progbits
    .globl graft_threaded_switch
graft_threaded_switch:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov  %rsp, (%rdi)
    mov  (%rsi), %rsp
    pop  %r15
    pop  %r14
    pop  %r13
    pop  %r12
    pop  %rbx
    pop  %rbp
    ret

// Where a new thread starts: its first switch "returns" here with the Thread in %rbx.
    .globl graft_threaded_begin
graft_threaded_begin:
    xor  %ebp, %ebp
    mov  %rbx, %rdi
    call graft_threaded_run
    ud2

    .section .note.GNU-stack, "", @progbits
