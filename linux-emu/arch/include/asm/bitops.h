/* SPDX-License-Identifier: GPL-2.0-only */
/* Bit operations on arrays of long, one x86 bit instruction each. */
#ifndef GRAFT_ASM_BITOPS_H
#define GRAFT_ASM_BITOPS_H

#include <asm/barrier.h>
#include <asm/lock_prefix.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* A bit number may lie beyond the first long, so each operation clobbers memory. */
#define LX_BIT_SET(name, lock, insn)                                                \
  static __always_inline void name(long nr, volatile unsigned long* address) {      \
    asm volatile(lock insn " %1, %0" : : "m"(*address), "Ir"(nr) : "memory", "cc"); \
  }
#define LX_BIT_TEST(name, lock, insn)                                                           \
  static __always_inline bool name(long nr, volatile unsigned long* address) {                  \
    bool previous;                                                                              \
    asm volatile(lock insn " %2, %1" : "=@ccc"(previous) : "m"(*address), "Ir"(nr) : "memory"); \
    return previous;                                                                            \
  }

LX_BIT_SET(arch_set_bit, LX_LOCK, "btsq")
LX_BIT_SET(arch_clear_bit, LX_LOCK, "btrq")
LX_BIT_SET(arch_change_bit, LX_LOCK, "btcq")
LX_BIT_TEST(arch_test_and_set_bit, LX_LOCK, "btsq")
LX_BIT_TEST(arch_test_and_clear_bit, LX_LOCK, "btrq")
LX_BIT_TEST(arch_test_and_change_bit, LX_LOCK, "btcq")
LX_BIT_TEST(arch_test_and_set_bit_lock, LX_LOCK, "btsq")

static __always_inline void arch_clear_bit_unlock(long nr, volatile unsigned long* address) {
  barrier();
  arch_clear_bit(nr, address);
}

static __always_inline void arch___clear_bit_unlock(long nr, volatile unsigned long* address) {
  arch_clear_bit_unlock(nr, address);
}

static __always_inline bool arch_clear_bit_unlock_is_negative_byte(long nr, volatile unsigned long* address) {
  bool negative;
  asm volatile(LX_LOCK "andb %2, %1"
               : "=@ccs"(negative), "+m"(*(volatile char*)address)
               : "ir"((char)~(1 << nr))
               : "memory");
  return negative;
}
#define arch_clear_bit_unlock_is_negative_byte arch_clear_bit_unlock_is_negative_byte

/* The order matters: le.h uses what non-atomic.h defines. */
/* clang-format off */
#include <asm-generic/bitops/builtin-__ffs.h>
#include <asm-generic/bitops/builtin-__fls.h>
#include <asm-generic/bitops/builtin-ffs.h>
#include <asm-generic/bitops/builtin-fls.h>
#include <asm-generic/bitops/ffz.h>
#include <asm-generic/bitops/fls64.h>
#include <asm-generic/bitops/hweight.h>
#include <asm-generic/bitops/sched.h>
#include <asm-generic/bitops/instrumented-atomic.h>
#include <asm-generic/bitops/non-atomic.h>
#include <asm-generic/bitops/instrumented-lock.h>
#include <asm-generic/bitops/le.h>
#include <asm-generic/bitops/ext2-atomic.h>
/* clang-format on */

#endif
