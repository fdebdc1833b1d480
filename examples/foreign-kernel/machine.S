// SPDX-License-Identifier: BSD-2-Clause
// From QEMU's PVH entry (32 bit, no paging) to kernel_main() in 64-bit mode with interrupts on; interrupt entries, the
// switch between two stacks, port I/O, and memcpy and its like. The kernel runs where it is loaded, at 1 MiB; all addresses are
// physical ones.
    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 4, 18                   // XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long start

    .text
    .code32
    .globl start
start:
    cld
    cli
    mov  $page_tables, %eax
    mov  %eax, %cr3
    mov  $(1 << 5), %eax             // PAE
    mov  %eax, %cr4
    mov  $0xc0000080, %ecx           // EFER: LME
    rdmsr
    or   $(1 << 8), %eax
    wrmsr
    mov  $0x80000011, %eax           // PG, ET, PE
    mov  %eax, %cr0
    lgdt gdt_pointer
    ljmp $8, $1f
    .code64
1:  mov  $16, %eax
    mov  %eax, %ds
    mov  %eax, %es
    mov  %eax, %ss
    mov  $boot_stack_top, %esp

    mov  $vectors, %eax              // interrupt gates: address in three pieces, selector 8, type
    mov  $idt, %edi
    mov  $48, %ecx
3:  mov  %ax, (%rdi)
    movl $8, 2(%rdi)
    movw $0x8e00, 4(%rdi)
    mov  %eax, %edx
    shr  $16, %edx
    mov  %dx, 6(%rdi)
    add  $16, %eax
    add  $16, %edi
    loop 3b
    lidt idt_pointer
    mov  $commands_8259, %esi        // the 8259s: vectors 32 to 47, all masked but the timer and the cascade
4:  movzwl (%rsi), %edx
    mov  2(%rsi), %al
    out  %al, %dx
    add  $3, %esi
    cmp  $commands_8259_end, %esi
    jne  4b
    sti
    call kernel_main
2:  hlt
    jmp  2b

    // Vectors 0 to 47 (32 exceptions, 16 lines): 16 bytes each.
    .balign 16
    .globl vectors
vectors:
    .set vector, 0
    .rept 48
    .balign 16
    push $vector
    jmp  interrupt_entry
    .set vector, vector + 1
    .endr
interrupt_entry:
    xchg %rdi, (%rsp)                // the vector's number is the argument
    push %rax
    push %rcx
    push %rdx
    push %rsi
    push %r8
    push %r9
    push %r10
    push %r11
    cld
    call interrupt                   // 14 words were pushed, a multiple of 16 bytes, as calls want it
    pop  %r11
    pop  %r10
    pop  %r9
    pop  %r8
    pop  %rsi
    pop  %rdx
    pop  %rcx
    pop  %rax
    pop  %rdi
    iretq

    // switch_stack(void** save, void* load)
    .globl switch_stack
switch_stack:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov  %rsp, (%rdi)
    mov  %rsi, %rsp
    pop  %r15
    pop  %r14
    pop  %r13
    pop  %r12
    pop  %rbp
    pop  %rbx
    ret

    // Where a new thread begins, with its function in %rbx and the argument in %rbp.
    .globl thread_start
thread_start:
    sti
    mov  %rbp, %rdi
    call *%rbx
    ud2

    // out(port, width, value), in(port, width)
    .globl out, in
out:
    mov  %edx, %eax
    mov  %edi, %edx
    cmp  $2, %esi
    ja   6f
    je   5f
    out  %al, %dx
    ret
5:  out  %ax, %dx
    ret
6:  out  %eax, %dx
    ret
in:
    mov  %edi, %edx
    xor  %eax, %eax
    cmp  $2, %esi
    ja   6f
    je   5f
    in   %dx, %al
    ret
5:  in   %dx, %ax
    ret
6:  in   %dx, %eax
    ret

    .globl memcpy, memmove, memset, memcmp
memmove:
    mov  %rdi, %rax
    sub  %rsi, %rax
    cmp  %rdx, %rax
    jae  memcpy
    mov  %rdi, %rax                  // the end of the source lies where the start of the target is: backwards
    mov  %rdx, %rcx
    lea  -1(%rdi, %rdx), %rdi
    lea  -1(%rsi, %rdx), %rsi
    std
    rep movsb
    cld
    ret
memcpy:
    mov  %rdi, %rax
    mov  %rdx, %rcx
    rep movsb
    ret
memset:
    mov  %rdi, %r8
    mov  %esi, %eax
    mov  %rdx, %rcx
    rep stosb
    mov  %r8, %rax
    ret
memcmp:
    xor  %eax, %eax
    mov  %rdx, %rcx
    cmp  %eax, %eax                  // equal, if there is nothing to compare
    repe cmpsb
    je   5f
    movzbl -1(%rdi), %eax
    movzbl -1(%rsi), %ecx
    sub  %ecx, %eax
5:  ret

    .data
    .balign 8
gdt:
    .quad 0, 0x00af9a000000ffff, 0x00cf92000000ffff
gdt_pointer:
    .word . - gdt - 1
    .quad gdt
idt_pointer:
    .word 48 * 16 - 1
    .quad idt
    .macro command port, value
    .word \port
    .byte \value
    .endm
commands_8259:
    command 0x20, 0x11
    command 0x21, 32
    command 0x21, 4
    command 0x21, 1
    command 0x21, 0xfa
    command 0xa0, 0x11
    command 0xa1, 40
    command 0xa1, 2
    command 0xa1, 1
    command 0xa1, 0xff
commands_8259_end:

    // Identity map: 2 GiB of memory, then 2 GiB for registers of devices, uncached.
    .balign 4096
page_tables:
    .quad directories + 3
    .fill 511, 8, 0
directories:
    .quad pages + 0x0003, pages + 0x1003, pages + 0x2003, pages + 0x3003
    .fill 508, 8, 0
pages:
    .set i, 0
    .rept 1024
    .quad (i << 21) + 0x83           // present, writable, 2 MiB
    .set i, i + 1
    .endr
    .rept 1024
    .quad (i << 21) + 0x9b           // and uncached
    .set i, i + 1
    .endr

    .bss
    .balign 16
idt:
    .fill 48 * 16
    .fill 32768
boot_stack_top:

    .section .note.GNU-stack, "", @progbits
