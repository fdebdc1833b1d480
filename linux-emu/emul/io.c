// SPDX-License-Identifier: GPL-2.0-only
// Register windows, and accesses to them that are more than one instruction.
#include "linux-emu/boundary/io.h"

#include <linux/io.h>
#include <linux/pci.h>

void __iomem* ioremap(phys_addr_t address, size_t bytes) {
  return (void __iomem*)(unsigned long)lxk_mmio_map(address, bytes, 0);
}

void __iomem* ioremap_wc(phys_addr_t address, size_t bytes) {
  return (void __iomem*)(unsigned long)lxk_mmio_map(address, bytes, 1);
}

void iounmap(volatile void __iomem* address) { lxk_mmio_unmap((unsigned long)address); }

void memcpy_fromio(void* to, const volatile void __iomem* from, size_t bytes) {
  u8* next = to;

  for (; bytes >= 4 && IS_ALIGNED((unsigned long)from, 4); bytes -= 4, from += 4, next += 4) {
    u32 value = __raw_readl(from);
    memcpy(next, &value, 4);
  }
  while (bytes--) *next++ = __raw_readb(from++);
}

void memcpy_toio(volatile void __iomem* to, const void* from, size_t bytes) {
  const u8* next = from;

  for (; bytes >= 4 && IS_ALIGNED((unsigned long)to, 4); bytes -= 4, to += 4, next += 4) {
    u32 value;
    memcpy(&value, next, 4);
    __raw_writel(value, to);
  }
  while (bytes--) __raw_writeb(*next++, to++);
}

void memset_io(volatile void __iomem* to, int value, size_t bytes) {
  while (bytes--) __raw_writeb(value, to++);
}
