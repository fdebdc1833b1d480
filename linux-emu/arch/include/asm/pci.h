/* SPDX-License-Identifier: GPL-2.0-only */
/* A root bus keeps its segment number where the donor has room for the platform. */
#ifndef GRAFT_ASM_PCI_H
#define GRAFT_ASM_PCI_H

/* Where the donor would place a BAR that nobody placed. */
#define PCIBIOS_MIN_IO 0x1000
#define PCIBIOS_MIN_MEM 0x100000

#define pcibios_assign_all_busses() 0

static inline int pci_domain_nr(struct pci_bus* bus) { return (int)(long)bus->sysdata; }

static inline int pci_proc_domain(struct pci_bus* bus) { return 1; }

#endif
