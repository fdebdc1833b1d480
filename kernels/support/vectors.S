// SPDX-License-Identifier: BSD-2-Clause
// Entry points of the 256 interrupt vectors: each pushes its number (and a zero where the processor pushes no error
// code), then the common part saves the registers as struct InterruptFrame (interrupts.hpp).

    .section .text, "ax", @progbits
    .balign 16
vector_entries:
    .set vector, 0
    .rept 256
    .balign 16
    .if (vector != 8) && !((vector >= 10) && (vector <= 14)) && (vector != 17) && (vector != 21)
    push $0
    .endif
    push $vector
    jmp  interrupt_common
    .set vector, vector + 1
    .endr

    .balign 16
interrupt_common:
    cld
    push %rax
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %r8
    push %r9
    push %r10
    push %r11
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov  %rsp, %rdi
    call graft_support_interrupt     // the frame leaves the stack aligned to 16
    pop  %r15
    pop  %r14
    pop  %r13
    pop  %r12
    pop  %rbp
    pop  %rbx
    pop  %r11
    pop  %r10
    pop  %r9
    pop  %r8
    pop  %rdi
    pop  %rsi
    pop  %rdx
    pop  %rcx
    pop  %rax
    add  $16, %rsp                   // vector and error code
    iretq

    .section .rodata, "a", @progbits
    .globl graft_support_vectors
    .balign 8
graft_support_vectors:
    .set vector, 0
    .rept 256
    .quad vector_entries + vector * 16
    .set vector, vector + 1
    .endr

    .section .note.GNU-stack, "", @progbits
