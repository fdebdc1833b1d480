/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Register accessors. The cookie that the host returned when it mapped a window has
 * one bit that tells the direct path (a plain load or store) from the slow path (a call
 * through the host: simulated devices, fakes, tracing, removed devices). Port I/O makes
 * the same choice by one flag of the world, since port numbers have no spare bit.
 */
#ifndef GRAFT_ASM_IO_H
#define GRAFT_ASM_IO_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "linux-emu/boundary/io.h"

#define lx_mmio_is_slow(address) __builtin_expect(((unsigned long)(address) >> 62) == 1, 0)

#define LX_MMIO_READ(suffix, type, insn)                                                                 \
  static __always_inline type __raw_read##suffix(const volatile void __iomem* address) {                 \
    type value;                                                                                          \
    if (lx_mmio_is_slow(address)) return lxk_mmio_read((unsigned long)address, sizeof(type));            \
    asm volatile(insn " %1, %0" : "=r"(value) : "m"(*(const volatile type __force*)address) : "memory"); \
    return value;                                                                                        \
  }
#define LX_MMIO_WRITE(suffix, type, insn)                                                          \
  static __always_inline void __raw_write##suffix(type value, volatile void __iomem* address) {    \
    if (lx_mmio_is_slow(address)) {                                                                \
      lxk_mmio_write((unsigned long)address, value, sizeof(type));                                 \
      return;                                                                                      \
    }                                                                                              \
    asm volatile(insn " %0, %1" : : "r"(value), "m"(*(volatile type __force*)address) : "memory"); \
  }

LX_MMIO_READ(b, u8, "movb")
LX_MMIO_READ(w, u16, "movw")
LX_MMIO_READ(l, u32, "movl")
LX_MMIO_READ(q, u64, "movq")
LX_MMIO_WRITE(b, u8, "movb")
LX_MMIO_WRITE(w, u16, "movw")
LX_MMIO_WRITE(l, u32, "movl")
LX_MMIO_WRITE(q, u64, "movq")
#define __raw_readb __raw_readb
#define __raw_writeb __raw_writeb
#define __raw_readw __raw_readw
#define __raw_writew __raw_writew
#define __raw_readl __raw_readl
#define __raw_writel __raw_writel
#define __raw_readq __raw_readq
#define __raw_writeq __raw_writeq

#define LX_PORT(suffix, type)                                                                 \
  static __always_inline type in##suffix(unsigned long port) {                                \
    type value;                                                                               \
    if (unlikely(lx_port_slow)) return lxk_port_read(port, sizeof(type));                     \
    asm volatile("in" #suffix " %w1, %0" : "=a"(value) : "Nd"((u16)port) : "memory");         \
    return value;                                                                             \
  }                                                                                           \
  static __always_inline void out##suffix(type value, unsigned long port) {                   \
    if (unlikely(lx_port_slow)) {                                                             \
      lxk_port_write(port, value, sizeof(type));                                              \
      return;                                                                                 \
    }                                                                                         \
    asm volatile("out" #suffix " %0, %w1" : : "a"(value), "Nd"((u16)port) : "memory");        \
  }                                                                                           \
  static inline void ins##suffix(unsigned long port, void* to, unsigned int count) {          \
    type* next = to;                                                                          \
    while (count--) *next++ = in##suffix(port);                                               \
  }                                                                                           \
  static inline void outs##suffix(unsigned long port, const void* from, unsigned int count) { \
    const type* next = from;                                                                  \
    while (count--) out##suffix(*next++, port);                                               \
  }

LX_PORT(b, u8)
LX_PORT(w, u16)
LX_PORT(l, u32)
#define inb inb
#define inb_p inb
#define insb insb
#define outb outb
#define outb_p outb
#define outsb outsb
#define inw inw
#define inw_p inw
#define insw insw
#define outw outw
#define outw_p outw
#define outsw outsw
#define inl inl
#define inl_p inl
#define insl insl
#define outl outl
#define outl_p outl
#define outsl outsl

#define IO_SPACE_LIMIT 0xffff
#define PCI_IOBASE ((void __iomem*)0)

extern void __iomem* ioremap(phys_addr_t address, size_t bytes);
extern void __iomem* ioremap_wc(phys_addr_t address, size_t bytes);
extern void iounmap(volatile void __iomem* address);
extern void __iomem* ioport_map(unsigned long port, unsigned int count);
extern void ioport_unmap(void __iomem* address);
extern void memcpy_fromio(void* to, const volatile void __iomem* from, size_t bytes);
extern void memcpy_toio(volatile void __iomem* to, const void* from, size_t bytes);
extern void memset_io(volatile void __iomem* to, int value, size_t bytes);
#define ioremap ioremap
#define ioremap_wc ioremap_wc
#define ARCH_HAS_IOREMAP_WC
#define iounmap iounmap
#define ioport_map ioport_map
#define ioport_unmap ioport_unmap
#define memcpy_fromio memcpy_fromio
#define memcpy_toio memcpy_toio
#define memset_io memset_io

/* x86 orders uncached accesses among themselves: only the compiler needs telling. */
#define __io_br() barrier()
#define __io_ar(value) barrier()
#define __io_bw() barrier()
#define __io_aw() barrier()

#include <asm-generic/io.h>

#endif
