// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_EMUL_INTERRUPT_H
#define GRAFT_LINUX_EMU_EMUL_INTERRUPT_H

#include <linux/pci.h>

/// Gives the donor's number of a line of the host, making it at first use; negative errno. @context world
int lx_irq_of_line(u32 line);

/// A device's address as graft_pci_address_t. @context any
static inline u32 lx_pci_function(const struct pci_dev* device) {
  return (u32)pci_domain_nr(device->bus) << 16 | device->bus->number << 8 | device->devfn;
}

#endif
