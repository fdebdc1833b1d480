// SPDX-License-Identifier: BSD-2-Clause
// Layout of hvm_start_info: Xen, "x86/HVM direct boot ABI", docs/misc/pvh.pandoc, version 1.
#include "kernels/support/boot_info.hpp"

#include <cstring>

#include "kernels/support/paging.hpp"
#include "kernels/support/panic.hpp"

namespace graft::support {
namespace {

constexpr uint32_t kStartMagic = 0x336ec578;
constexpr uint32_t kMemoryTypeRam = 1;

struct StartInfo {
  uint32_t magic;
  uint32_t version;
  uint32_t flags;
  uint32_t module_count;
  uint64_t module_list_phys;
  uint64_t command_line_phys;
  uint64_t acpi_root_phys;
  uint64_t memory_map_phys;
  uint32_t memory_map_entries;
  uint32_t reserved;
};

struct MemoryMapEntry {
  uint64_t phys;
  uint64_t bytes;
  uint32_t type;
  uint32_t reserved;
};

constexpr size_t kRegionsMax = 64;
MemoryRegion g_regions[kRegionsMax];
char g_command_line[2048];
constinit BootInfo g_info{};

}  // namespace

void read_boot_info(uint64_t start_info_phys) {
  const auto* start = phys_to_virt<const StartInfo>(start_info_phys);
  if (start->magic != kStartMagic) panic("not started by a PVH loader (magic %x)", start->magic);
  if (start->version < 1 || start->memory_map_entries == 0) panic("the loader gives no memory map");

  const auto* map = phys_to_virt<const MemoryMapEntry>(start->memory_map_phys);
  size_t count = 0;
  for (uint32_t i = 0; i < start->memory_map_entries && count < kRegionsMax; ++i) {
    if (map[i].phys >= kPhysLimit || map[i].bytes > kPhysLimit - map[i].phys) continue;
    const bool is_ram = map[i].type == kMemoryTypeRam;
    g_regions[count++] = {map[i].phys, map[i].bytes, is_ram};
    const uint64_t end = map[i].phys + map[i].bytes;
    if (is_ram && end > g_info.ram_end_phys) g_info.ram_end_phys = end;
  }
  g_info.memory = {g_regions, count};
  g_info.acpi_root_phys = start->acpi_root_phys;
  if (start->command_line_phys != 0) {
    strncpy(g_command_line, phys_to_virt<const char>(start->command_line_phys), sizeof g_command_line - 1);
  }
  g_info.command_line = g_command_line;
}

const BootInfo& boot_info() { return g_info; }

bool is_device_memory(uint64_t phys, uint64_t bytes) {
  if (bytes == 0 || phys >= kPhysLimit || bytes > kPhysLimit - phys) return false;
  for (const MemoryRegion& region : g_info.memory) {
    if (region.is_ram && phys < region.phys + region.bytes && region.phys < phys + bytes) return false;
  }
  return true;
}

}  // namespace graft::support
