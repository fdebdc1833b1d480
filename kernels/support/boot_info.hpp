// SPDX-License-Identifier: BSD-2-Clause
/// What the loader tells: memory map, command line, where the ACPI tables start.
#ifndef GRAFT_KERNELS_SUPPORT_BOOT_INFO_HPP
#define GRAFT_KERNELS_SUPPORT_BOOT_INFO_HPP

#include <cstddef>
#include <cstdint>
#include <span>

namespace graft::support {

struct MemoryRegion {
  uint64_t phys;
  uint64_t bytes;
  bool is_ram;
};

struct BootInfo {
  std::span<const MemoryRegion> memory;
  const char* command_line;
  /// Physical address of the ACPI root pointer, 0 if the loader did not find one.
  uint64_t acpi_root_phys;
  /// First physical address above all RAM.
  uint64_t ram_end_phys;
};

/// Copies what is needed out of the loader's structure, whose memory is not kept. @context early
void read_boot_info(uint64_t start_info_phys);

const BootInfo& boot_info();

/// Says whether all of [phys, phys + bytes) lies outside RAM.
bool is_device_memory(uint64_t phys, uint64_t bytes);

}  // namespace graft::support

#endif
