// SPDX-License-Identifier: GPL-2.0-only
/// Which attachment of the registry a donor's device belongs to.
#ifndef GRAFT_LINUX_EMU_EMUL_PCI_ATTACHMENT_H
#define GRAFT_LINUX_EMU_EMUL_PCI_ATTACHMENT_H

struct device;

/// Returns the attachment that `dev`, or the nearest PCI device above it, was created for; null if there is none.
/// @context world  @blocks never
void* lx_pci_attachment_of(struct device* dev);

#endif
