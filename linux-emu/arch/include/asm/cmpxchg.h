/* SPDX-License-Identifier: GPL-2.0-only */
/* Exchange and compare-and-exchange of 1, 2, 4 and 8 bytes. */
#ifndef GRAFT_ASM_CMPXCHG_H
#define GRAFT_ASM_CMPXCHG_H

#include <asm/lock_prefix.h>
#include <linux/types.h>

/* Never defined: a call that survives optimisation is an operand of unsupported size. */
extern void lx_cmpxchg_bad_size(void);

#define LX_CMPXCHG_CASE(type, suffix, constraint)               \
  asm volatile(LX_LOCK "cmpxchg" suffix " %2, %1"               \
               : "=a"(previous), "+m"(*(volatile type*)address) \
               : constraint((type)replacement), "0"(expected)   \
               : "memory", "cc")

static __always_inline unsigned long lx_cmpxchg(volatile void* address, unsigned long expected,
                                                unsigned long replacement, int bytes) {
  unsigned long previous = 0;

  switch (bytes) {
    case 1:
      LX_CMPXCHG_CASE(u8, "b", "q");
      return (u8)previous;
    case 2:
      LX_CMPXCHG_CASE(u16, "w", "r");
      return (u16)previous;
    case 4:
      LX_CMPXCHG_CASE(u32, "l", "r");
      return (u32)previous;
    case 8:
      LX_CMPXCHG_CASE(u64, "q", "r");
      return previous;
  }
  lx_cmpxchg_bad_size();
  return 0;
}

static __always_inline unsigned long lx_xchg(volatile void* address, unsigned long value, int bytes) {
  switch (bytes) {
    case 1:
      return __atomic_exchange_n((volatile u8*)address, (u8)value, __ATOMIC_SEQ_CST);
    case 2:
      return __atomic_exchange_n((volatile u16*)address, (u16)value, __ATOMIC_SEQ_CST);
    case 4:
      return __atomic_exchange_n((volatile u32*)address, (u32)value, __ATOMIC_SEQ_CST);
    case 8:
      return __atomic_exchange_n((volatile u64*)address, value, __ATOMIC_SEQ_CST);
  }
  lx_cmpxchg_bad_size();
  return 0;
}

#define arch_xchg(p, n) ((__typeof__(*(p)))lx_xchg((p), (unsigned long)(n), sizeof(*(p))))
#define arch_cmpxchg(p, o, n) ((__typeof__(*(p)))lx_cmpxchg((p), (unsigned long)(o), (unsigned long)(n), sizeof(*(p))))
#define arch_cmpxchg_local arch_cmpxchg
#define arch_cmpxchg64 arch_cmpxchg
#define arch_cmpxchg64_local arch_cmpxchg

#endif
