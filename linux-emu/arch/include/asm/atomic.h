/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * atomic_t and atomic64_t. Operations without a result are one instruction; those
 * whose caller only tests for zero or sign use the flags of that instruction.
 */
#ifndef GRAFT_ASM_ATOMIC_H
#define GRAFT_ASM_ATOMIC_H

#include <asm/barrier.h>
#include <asm/cmpxchg.h>
#include <linux/types.h>

#define ATOMIC64_INIT(i) \
  { (i) }

#define arch_atomic_read(v) READ_ONCE((v)->counter)
#define arch_atomic_set(v, i) WRITE_ONCE((v)->counter, (i))
#define arch_atomic64_read(v) READ_ONCE((v)->counter)
#define arch_atomic64_set(v, i) WRITE_ONCE((v)->counter, (i))

#define LX_ATOMIC_VOID(prefix, type, counter_type, name, insn)                          \
  static __always_inline void arch_##prefix##_##name(type i, counter_type* v) {         \
    asm volatile(LX_LOCK insn " %1, %0" : "+m"(v->counter) : "er"(i) : "memory", "cc"); \
  }
#define LX_ATOMIC_UNARY(prefix, counter_type, name, insn)                   \
  static __always_inline void arch_##prefix##_##name(counter_type* v) {     \
    asm volatile(LX_LOCK insn " %0" : "+m"(v->counter) : : "memory", "cc"); \
  }
#define LX_ATOMIC_UNARY_TEST(prefix, counter_type, name, insn, flag)                       \
  static __always_inline bool arch_##prefix##_##name(counter_type* v) {                    \
    bool result;                                                                           \
    asm volatile(LX_LOCK insn " %0" : "+m"(v->counter), "=@cc" flag(result) : : "memory"); \
    return result;                                                                         \
  }
#define LX_ATOMIC_TEST(prefix, type, counter_type, name, insn, flag)                                   \
  static __always_inline bool arch_##prefix##_##name(type i, counter_type* v) {                        \
    bool result;                                                                                       \
    asm volatile(LX_LOCK insn " %2, %0" : "+m"(v->counter), "=@cc" flag(result) : "er"(i) : "memory"); \
    return result;                                                                                     \
  }
#define LX_ATOMIC_FETCH(prefix, type, counter_type, name, operator)                    \
  static __always_inline type arch_##prefix##_fetch_##name(type i, counter_type* v) {  \
    type old = arch_##prefix##_read(v), seen;                                          \
    while ((seen = arch_cmpxchg(&v->counter, old, old operator i)) != old) old = seen; \
    return old;                                                                        \
  }

#define LX_ATOMIC_FAMILY(prefix, type, counter_type, size)                                      \
  LX_ATOMIC_VOID(prefix, type, counter_type, add, "add" size)                                   \
  LX_ATOMIC_VOID(prefix, type, counter_type, sub, "sub" size)                                   \
  LX_ATOMIC_VOID(prefix, type, counter_type, and, "and" size)                                   \
  LX_ATOMIC_VOID(prefix, type, counter_type, or, "or" size)                                     \
  LX_ATOMIC_VOID(prefix, type, counter_type, xor, "xor" size)                                   \
  LX_ATOMIC_UNARY(prefix, counter_type, inc, "inc" size)                                        \
  LX_ATOMIC_UNARY(prefix, counter_type, dec, "dec" size)                                        \
  LX_ATOMIC_UNARY_TEST(prefix, counter_type, inc_and_test, "inc" size, "e")                     \
  LX_ATOMIC_UNARY_TEST(prefix, counter_type, dec_and_test, "dec" size, "e")                     \
  LX_ATOMIC_TEST(prefix, type, counter_type, sub_and_test, "sub" size, "e")                     \
  LX_ATOMIC_TEST(prefix, type, counter_type, add_negative, "add" size, "s")                     \
  LX_ATOMIC_FETCH(prefix, type, counter_type, and, &)                                           \
  LX_ATOMIC_FETCH(prefix, type, counter_type, or, |)                                            \
  LX_ATOMIC_FETCH(prefix, type, counter_type, xor, ^)                                           \
  static __always_inline type arch_##prefix##_fetch_add(type i, counter_type* v) {              \
    asm volatile(LX_LOCK "xadd" size " %0, %1" : "+r"(i), "+m"(v->counter) : : "memory", "cc"); \
    return i;                                                                                   \
  }                                                                                             \
  static __always_inline type arch_##prefix##_fetch_sub(type i, counter_type* v) {              \
    return arch_##prefix##_fetch_add(-i, v);                                                    \
  }                                                                                             \
  static __always_inline type arch_##prefix##_add_return(type i, counter_type* v) {             \
    return arch_##prefix##_fetch_add(i, v) + i;                                                 \
  }                                                                                             \
  static __always_inline type arch_##prefix##_sub_return(type i, counter_type* v) {             \
    return arch_##prefix##_fetch_add(-i, v) - i;                                                \
  }                                                                                             \
  static __always_inline type arch_##prefix##_cmpxchg(counter_type* v, type old, type new) {    \
    return arch_cmpxchg(&v->counter, old, new);                                                 \
  }                                                                                             \
  static __always_inline type arch_##prefix##_xchg(counter_type* v, type new) { return arch_xchg(&v->counter, new); }

LX_ATOMIC_FAMILY(atomic, int, atomic_t, "l")
LX_ATOMIC_FAMILY(atomic64, s64, atomic64_t, "q")

#define arch_atomic_inc arch_atomic_inc
#define arch_atomic_dec arch_atomic_dec
#define arch_atomic_inc_and_test arch_atomic_inc_and_test
#define arch_atomic_dec_and_test arch_atomic_dec_and_test
#define arch_atomic_sub_and_test arch_atomic_sub_and_test
#define arch_atomic_add_negative arch_atomic_add_negative
#define arch_atomic_fetch_and arch_atomic_fetch_and
#define arch_atomic_fetch_or arch_atomic_fetch_or
#define arch_atomic_fetch_xor arch_atomic_fetch_xor
#define arch_atomic_fetch_add arch_atomic_fetch_add
#define arch_atomic_fetch_sub arch_atomic_fetch_sub
#define arch_atomic_add_return arch_atomic_add_return
#define arch_atomic_sub_return arch_atomic_sub_return
#define arch_atomic_cmpxchg arch_atomic_cmpxchg
#define arch_atomic_xchg arch_atomic_xchg
#define arch_atomic64_inc arch_atomic64_inc
#define arch_atomic64_dec arch_atomic64_dec
#define arch_atomic64_inc_and_test arch_atomic64_inc_and_test
#define arch_atomic64_dec_and_test arch_atomic64_dec_and_test
#define arch_atomic64_sub_and_test arch_atomic64_sub_and_test
#define arch_atomic64_add_negative arch_atomic64_add_negative
#define arch_atomic64_fetch_and arch_atomic64_fetch_and
#define arch_atomic64_fetch_or arch_atomic64_fetch_or
#define arch_atomic64_fetch_xor arch_atomic64_fetch_xor
#define arch_atomic64_fetch_add arch_atomic64_fetch_add
#define arch_atomic64_fetch_sub arch_atomic64_fetch_sub
#define arch_atomic64_add_return arch_atomic64_add_return
#define arch_atomic64_sub_return arch_atomic64_sub_return
#define arch_atomic64_cmpxchg arch_atomic64_cmpxchg
#define arch_atomic64_xchg arch_atomic64_xchg

#endif
