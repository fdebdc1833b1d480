// SPDX-License-Identifier: BSD-2-Clause
// Table formats: ACPI Specification 6.5, sections 5.2.5 (RSDP), 5.2.9 (FADT), 5.2.12 (MADT); PCI Firmware
// Specification 3.3, section 4.1.2 (MCFG).
#include "kernels/support/acpi.hpp"

#include <cstring>

#include "kernels/support/boot_info.hpp"
#include "kernels/support/console.hpp"
#include "kernels/support/paging.hpp"

namespace graft::support {
namespace {

constexpr size_t kHeaderBytes = 36;

AcpiInfo g_info{};

template <typename T>
T field(const char* table, size_t offset) {
  T value;
  memcpy(&value, table + offset, sizeof value);
  return value;
}

/// A table's bytes, through the direct map where that reaches, else through a device window, which then stays.
const char* reach(uint64_t phys, uint64_t bytes) {
  if (is_direct_mapped(phys, bytes)) return phys_to_virt<const char>(phys);
  void* va;
  return map_device(phys, bytes, false, &va) == GRAFT_OK ? static_cast<const char*>(va) : nullptr;
}

bool sums_to_zero(const char* data, size_t bytes) {
  uint8_t sum = 0;
  for (size_t i = 0; i < bytes; ++i) sum = static_cast<uint8_t>(sum + static_cast<uint8_t>(data[i]));
  return sum == 0;
}

/// The whole table at `phys`, null if it is not one.
const char* reach_table(uint64_t phys, uint32_t* out_bytes) {
  const char* header = reach(phys, kHeaderBytes);
  if (header == nullptr) return nullptr;
  *out_bytes = field<uint32_t>(header, 4);
  if (*out_bytes < kHeaderBytes || *out_bytes > (1 << 20)) return nullptr;
  const char* table = reach(phys, *out_bytes);
  return table != nullptr && sums_to_zero(table, *out_bytes) ? table : nullptr;
}

const char* find_root_pointer() {
  if (boot_info().acpi_root_phys != 0) return reach(boot_info().acpi_root_phys, 36);
  for (uint64_t phys = 0xe0000; phys < 0x100000; phys += 16) {
    const char* at = phys_to_virt<const char>(phys);
    if (memcmp(at, "RSD PTR ", 8) == 0 && sums_to_zero(at, 20)) return at;
  }
  return nullptr;
}

void read_madt(const char* table, uint32_t bytes) {
  g_info.local_apic_phys = field<uint32_t>(table, 36);
  for (size_t at = 44; at + 2 <= bytes;) {
    const uint8_t type = field<uint8_t>(table, at), length = field<uint8_t>(table, at + 1);
    if (length < 2 || at + length > bytes) break;
    if (type == 1 && length >= 12 && g_info.io_apic_count < AcpiInfo::kIoApicsMax) {
      g_info.io_apics[g_info.io_apic_count++] = {field<uint32_t>(table, at + 4), field<uint32_t>(table, at + 8)};
    }
    if (type == 5 && length >= 12) g_info.local_apic_phys = field<uint64_t>(table, at + 4);
    at += length;
  }
}

void read_fadt(const char* table, uint32_t bytes) {
  if (bytes < 116) return;
  g_info.pm_timer_port = static_cast<uint16_t>(field<uint32_t>(table, 76));
  g_info.pm_timer_is_32_bits = field<uint32_t>(table, 112) & (1 << 8);
}

void read_mcfg(const char* table, uint32_t bytes) {
  for (size_t at = 44; at + 16 <= bytes; at += 16) {
    if (field<uint16_t>(table, at + 8) != 0) continue;
    g_info.pci_config_phys = field<uint64_t>(table, at);
    g_info.pci_config_first_bus = field<uint8_t>(table, at + 10);
    g_info.pci_config_last_bus = field<uint8_t>(table, at + 11);
  }
}

void read_tables(const char* root_pointer) {
  const bool extended = field<uint8_t>(root_pointer, 15) >= 2 && field<uint64_t>(root_pointer, 24) != 0;
  const uint64_t phys = extended ? field<uint64_t>(root_pointer, 24) : field<uint32_t>(root_pointer, 16);
  const size_t entry_bytes = extended ? 8 : 4;
  uint32_t root_bytes;
  const char* root = reach_table(phys, &root_bytes);
  if (root == nullptr) return;
  for (size_t at = kHeaderBytes; at + entry_bytes <= root_bytes; at += entry_bytes) {
    uint32_t bytes;
    const char* table = reach_table(extended ? field<uint64_t>(root, at) : field<uint32_t>(root, at), &bytes);
    if (table == nullptr) continue;
    if (memcmp(table, "APIC", 4) == 0) read_madt(table, bytes);
    if (memcmp(table, "FACP", 4) == 0) read_fadt(table, bytes);
    if (memcmp(table, "MCFG", 4) == 0) read_mcfg(table, bytes);
  }
}

}  // namespace

void read_acpi() {
  if (const char* root_pointer = find_root_pointer()) read_tables(root_pointer);
  if (g_info.local_apic_phys != 0 && g_info.io_apic_count != 0) return;
  console_printf("no ACPI interrupt controller table: assuming a q35 machine\n");
  g_info.local_apic_phys = 0xfee0'0000;
  g_info.io_apics[0] = {0xfec0'0000, 0};
  g_info.io_apic_count = 1;
}

const AcpiInfo& acpi_info() { return g_info; }

}  // namespace graft::support
