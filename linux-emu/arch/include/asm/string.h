/* SPDX-License-Identifier: GPL-2.0-only */
/* The host supplies these four, as it does for the rest of a set; the compiler still expands them where it can. */
#ifndef GRAFT_ASM_STRING_H
#define GRAFT_ASM_STRING_H

#define __HAVE_ARCH_MEMCPY
#define __HAVE_ARCH_MEMMOVE
#define __HAVE_ARCH_MEMSET
#define __HAVE_ARCH_MEMCMP
extern void* memcpy(void* to, const void* from, __kernel_size_t bytes);
extern void* memmove(void* to, const void* from, __kernel_size_t bytes);
extern void* memset(void* to, int value, __kernel_size_t bytes);
extern int memcmp(const void* a, const void* b, __kernel_size_t bytes);

#endif
