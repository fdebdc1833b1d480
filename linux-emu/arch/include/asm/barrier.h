/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory barriers of an x86-64 donor world.
 *
 * mb/rmb/wmb order accesses to devices and are real fences. x86 keeps the order of
 * plain loads and of plain stores to memory, so the dma_* and smp_* read and write
 * barriers only restrain the compiler (Intel SDM volume 3, 8.2.2).
 */
#ifndef GRAFT_ASM_BARRIER_H
#define GRAFT_ASM_BARRIER_H

#define mb() asm volatile("mfence" ::: "memory")
#define rmb() asm volatile("lfence" ::: "memory")
#define wmb() asm volatile("sfence" ::: "memory")
#define dma_rmb() asm volatile("" ::: "memory")
#define dma_wmb() asm volatile("" ::: "memory")

/* Also used by virt_mb() with one CPU: the device is a second party. */
#define __smp_mb() asm volatile("lock; addl $0,-4(%%rsp)" ::: "memory", "cc")
#define __smp_rmb() dma_rmb()
#define __smp_wmb() dma_wmb()

#include <asm-generic/barrier.h>

#endif
