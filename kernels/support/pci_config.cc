// SPDX-License-Identifier: BSD-2-Clause
// PCI Local Bus Specification 3.0, section 3.2.2.3.2 (mechanism #1); PCI Express Base Specification 4.0, section 7.2.2.
#include "kernels/support/pci_config.hpp"

#include "kernels/support/acpi.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/paging.hpp"

namespace graft::support {
namespace {

constexpr uint16_t kConfigAddress = 0xcf8;
constexpr uint16_t kConfigData = 0xcfc;
constexpr uint64_t kBusBytes = 1 << 20;

/// One window per bus, mapped when first used: a machine has few buses, and all of them would be 256 MiB.
volatile char* g_windows[256];

bool has_window(uint32_t bus) {
  const AcpiInfo& acpi = acpi_info();
  if (acpi.pci_config_phys == 0 || bus < acpi.pci_config_first_bus || bus > acpi.pci_config_last_bus) return false;
  if (g_windows[bus] != nullptr) return true;
  void* va;
  // Bus n lies at base + n MiB, whatever the first bus is.
  if (map_device(acpi.pci_config_phys + bus * kBusBytes, kBusBytes, false, &va) != GRAFT_OK) return false;
  g_windows[bus] = static_cast<volatile char*>(va);
  return true;
}

bool is_valid(uint32_t offset, uint32_t width) {
  return (width == 1 || width == 2 || width == 4) && offset % width == 0;
}

uint32_t limit_of(uint32_t bus) { return has_window(bus) ? 4096 : 256; }

volatile char* window_at(graft_pci_address_t function, uint32_t offset) {
  return g_windows[function >> 8 & 0xff] + ((function & 0xff) << 12) + offset;
}

void select(graft_pci_address_t function, uint32_t offset) {
  out32(kConfigAddress, 0x8000'0000 | (function & 0xffff) << 8 | (offset & 0xfc));
}

}  // namespace

void init_pci_config() { has_window(0); }

graft_error_t read_pci_config(graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t* out_value) {
  *out_value = UINT32_MAX;
  if (!is_valid(offset, width)) return GRAFT_E_RANGE;
  if (width < 4) *out_value >>= 32 - 8 * width;
  if (function >> 16 != 0) return GRAFT_OK;  // only segment 0 exists; elsewhere every function is absent
  InterruptsOff guard;
  if (offset >= limit_of(function >> 8)) return GRAFT_E_RANGE;
  if (has_window(function >> 8)) {
    volatile char* at = window_at(function, offset);
    *out_value = width == 4   ? *reinterpret_cast<volatile uint32_t*>(at)
                 : width == 2 ? *reinterpret_cast<volatile uint16_t*>(at)
                              : *reinterpret_cast<volatile uint8_t*>(at);
    return GRAFT_OK;
  }
  select(function, offset);
  const auto port = static_cast<uint16_t>(kConfigData + (offset & 3));
  *out_value = width == 4 ? in32(port) : width == 2 ? in16(port) : in8(port);
  return GRAFT_OK;
}

graft_error_t write_pci_config(graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t value) {
  if (!is_valid(offset, width)) return GRAFT_E_RANGE;
  if (function >> 16 != 0) return GRAFT_OK;
  InterruptsOff guard;
  if (offset >= limit_of(function >> 8)) return GRAFT_E_RANGE;
  if (has_window(function >> 8)) {
    volatile char* at = window_at(function, offset);
    if (width == 4) *reinterpret_cast<volatile uint32_t*>(at) = value;
    if (width == 2) *reinterpret_cast<volatile uint16_t*>(at) = static_cast<uint16_t>(value);
    if (width == 1) *reinterpret_cast<volatile uint8_t*>(at) = static_cast<uint8_t>(value);
    return GRAFT_OK;
  }
  select(function, offset);
  const auto port = static_cast<uint16_t>(kConfigData + (offset & 3));
  if (width == 4) out32(port, value);
  if (width == 2) out16(port, static_cast<uint16_t>(value));
  if (width == 1) out8(port, static_cast<uint8_t>(value));
  return GRAFT_OK;
}

}  // namespace graft::support
