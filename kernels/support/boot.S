// SPDX-License-Identifier: BSD-2-Clause
// Entry of every bare-metal image: from the PVH entry state to 64-bit code at its linked address.
//
// State at entry (Xen "x86/HVM direct boot ABI"): 32-bit protected mode, paging off, flat segments, %ebx holds the
// physical address of hvm_start_info. QEMU finds the entry through the ELF note below.
#define KERNEL_BASE 0xffffffff80000000

    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 4, 18                   // namesz, descsz, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long pvh_entry32

    .section .boot.text, "ax", @progbits
    .code32
    .globl pvh_entry32
pvh_entry32:
    cld
    cli
    mov  %ebx, %edi
    mov  $boot_pml4, %eax
    mov  %eax, %cr3
    mov  %cr4, %eax
    or   $(1 << 5), %eax             // PAE
    mov  %eax, %cr4
    mov  $0xc0000080, %ecx           // IA32_EFER
    rdmsr
    or   $(1 << 8), %eax             // LME
    wrmsr
    mov  %cr0, %eax
    or   $0x80010001, %eax           // PG, WP, PE
    mov  %eax, %cr0
    lgdt boot_gdtr
    ljmp $8, $1f
    .code64
1:  mov  $16, %eax
    mov  %eax, %ds
    mov  %eax, %es
    mov  %eax, %ss
    xor  %eax, %eax
    mov  %eax, %fs
    mov  %eax, %gs
    movabs $2f, %rax
    jmp  *%rax

    .section .text, "ax", @progbits
2:  mov  $__boot_stack_top, %rsp
    xor  %ebp, %ebp                  // ends a frame-pointer chain
    mov  %edi, %edi                  // zero-extends
    call graft_support_start         // (physical address of hvm_start_info), does not return
3:  cli
    hlt
    jmp  3b

    .section .boot.data, "aw", @progbits
    .balign 8
boot_gdt:
    .quad 0, 0x00af9a000000ffff, 0x00cf92000000ffff
boot_gdtr:
    .word . - boot_gdt - 1
    .quad boot_gdt

    // The first 4 GiB at address 0, at the direct map's base (entry 256) and, its first 2 GiB, at KERNEL_BASE.
    .balign 4096
boot_pml4:
    .quad boot_pdpt_low + 3
    .fill 255, 8, 0
    .quad boot_pdpt_low + 3
    .fill 254, 8, 0
    .quad boot_pdpt_high + 3
boot_pdpt_low:
    .quad boot_pd + 0x0003, boot_pd + 0x1003, boot_pd + 0x2003, boot_pd + 0x3003
    .fill 508, 8, 0
boot_pdpt_high:
    .fill 510, 8, 0
    .quad boot_pd + 0x0003, boot_pd + 0x1003
boot_pd:
    .set i, 0
    .rept 2048
    .quad (i << 21) + 0x83           // present, writable, 2 MiB
    .set i, i + 1
    .endr

    .section .note.GNU-stack, "", @progbits
