// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/start.hpp"

#include "kernels/support/acpi.hpp"
#include "kernels/support/boot_info.hpp"
#include "kernels/support/clock.hpp"
#include "kernels/support/console.hpp"
#include "kernels/support/descriptors.hpp"
#include "kernels/support/entropy.hpp"
#include "kernels/support/io_apic.hpp"
#include "kernels/support/local_apic.hpp"
#include "kernels/support/memory.hpp"
#include "kernels/support/panic.hpp"
#include "kernels/support/pci_config.hpp"

using Constructor = void (*)();
extern "C" const Constructor __init_array_start[], __init_array_end[];

namespace graft::support {

/// Called by boot.S.
extern "C" [[noreturn]] void graft_support_start(uint64_t start_info_phys) {
  init_console();
  init_descriptors();
  read_boot_info(start_info_phys);
  init_memory();
  read_acpi();
  init_local_apic(acpi_info().local_apic_phys);
  init_io_apics();
  init_clock();
  init_entropy();
  init_pci_config();
  for (const Constructor* at = __init_array_start; at != __init_array_end; ++at) (*at)();
  exit_machine(kernel_main() == 0);
}

}  // namespace graft::support
