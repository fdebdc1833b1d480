// SPDX-License-Identifier: BSD-2-Clause
/// PCI configuration space: memory-mapped where ACPI describes that (4096 bytes a function), else ports 0xcf8/0xcfc
/// (256 bytes).
#ifndef GRAFT_KERNELS_SUPPORT_PCI_CONFIG_HPP
#define GRAFT_KERNELS_SUPPORT_PCI_CONFIG_HPP

#include <graft/osenv.h>

#include <cstdint>

namespace graft::support {

/// @context early
void init_pci_config();

/// As osenv's pci_read(). @context thread+irq
graft_error_t read_pci_config(graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t* out_value);
/// As osenv's pci_write(). @context thread+irq
graft_error_t write_pci_config(graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t value);

constexpr graft_pci_address_t pci_address(uint32_t bus, uint32_t slot, uint32_t function) {
  return bus << 8 | slot << 3 | function;
}

}  // namespace graft::support

#endif
