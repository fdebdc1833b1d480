// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_EMUL_PCI_H
#define GRAFT_LINUX_EMU_EMUL_PCI_H

#include <linux/pci.h>

#include "linux-emu/boundary/pci.h"

/// Sets the PCI bus up after the donor registered it. @context fiber
void lx_pci_start(void);

/// The donor's object behind a handle. @context any
struct pci_dev* lx_pci_dev(lx_pci_device_t* device);

#endif
