// SPDX-License-Identifier: BSD-2-Clause
/// What the static ACPI tables say about interrupt controllers, the PM timer and PCI configuration space.
#ifndef GRAFT_KERNELS_SUPPORT_ACPI_HPP
#define GRAFT_KERNELS_SUPPORT_ACPI_HPP

#include <cstddef>
#include <cstdint>

namespace graft::support {

struct AcpiInfo {
  uint64_t local_apic_phys;

  struct IoApic {
    uint64_t phys;
    uint32_t first_line;
  };
  static constexpr size_t kIoApicsMax = 8;
  IoApic io_apics[kIoApicsMax];
  size_t io_apic_count;

  uint16_t pm_timer_port;    ///< 0: none
  bool pm_timer_is_32_bits;  ///< otherwise 24
  uint64_t pci_config_phys;  ///< memory-mapped configuration space of segment 0, 0: none
  uint8_t pci_config_first_bus;
  uint8_t pci_config_last_bus;
};

/// Reads the tables. Without any, the values of a q35 machine are assumed, and a warning is printed. @context early
void read_acpi();

const AcpiInfo& acpi_info();

}  // namespace graft::support

#endif
