// SPDX-License-Identifier: BSD-2-Clause
/// Message-signalled interrupts of osenv: a processor vector for each.
#ifndef GRAFT_KERNELS_SUPPORT_MSI_HPP
#define GRAFT_KERNELS_SUPPORT_MSI_HPP

#include <graft/osenv.h>

namespace graft::support {

/// As osenv's msi_alloc(). The messages of one call differ in their lowest bits only, as a device wants that has one
/// address and data for all of them.
graft_error_t allocate_msi(void* host, graft_pci_address_t function, uint32_t count, graft_irq_t* const* irqs,
                           graft_msi_message_t* out_messages);

/// As osenv's msi_free(). Panics on a source that has no vector.
void free_msi(void* host, graft_pci_address_t function, uint32_t count, graft_irq_t* const* irqs);

}  // namespace graft::support

#endif
