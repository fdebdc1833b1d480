// SPDX-License-Identifier: BSD-2-Clause
// Bus 0 slots 0..24: QEMU's q35 board, which rotates PIRQE..H by slot. Slots 25..31: Intel "I/O Controller Hub 9 (ICH9)
// Family Datasheet" 316972-004, section 10.1.45 ff. (D31IR..D25IR). Behind bridges: "PCI-to-PCI Bridge Architecture
// Specification" 1.2, table 9-1.
#include "kernels/support/pci_routing.hpp"

namespace graft::support {
namespace {

constexpr uint32_t kHeaderType = 0x0e;
constexpr uint32_t kSecondaryBus = 0x19;
constexpr uint32_t kSubordinateBus = 0x1a;
constexpr uint32_t kFirstPirqLine = 16;
constexpr uint32_t kDepthMax = 32;

uint32_t read_byte(PciConfigRead read, graft_pci_address_t function, uint32_t offset) {
  uint32_t value;
  return read(function, offset, 1, &value) == GRAFT_OK ? value : 0xff;
}

/// The bridge on `bus` whose buses include `wanted`, or 0 (which is never a bridge of the kind).
graft_pci_address_t find_bridge(PciConfigRead read, uint32_t bus, uint32_t wanted, uint32_t* out_secondary) {
  for (uint32_t slot = 0; slot < 32; ++slot) {
    for (uint32_t function = 0; function < 8; ++function) {
      const graft_pci_address_t address = bus << 8 | slot << 3 | function;
      const uint32_t header = read_byte(read, address, kHeaderType);
      if (header == 0xff) {
        if (function == 0) break;
        continue;
      }
      if ((header & 0x7f) == 1) {
        *out_secondary = read_byte(read, address, kSecondaryBus);
        const bool leads_there =
            *out_secondary > bus && *out_secondary <= wanted && wanted <= read_byte(read, address, kSubordinateBus);
        if (leads_there) return address;
      }
      if (function == 0 && !(header & 0x80)) break;
    }
  }
  return 0;
}

uint32_t route_root_pin(const Ich9Routes& routes, uint32_t slot, uint32_t pin) {
  if (slot < 25) return kFirstPirqLine + 4 + (slot + pin - 1) % 4;
  return kFirstPirqLine + (routes.of_slot[slot - 25] >> 4 * (pin - 1) & 7);
}

}  // namespace

graft_error_t route_pci_pin(PciConfigRead read, const Ich9Routes& routes, graft_pci_address_t function, uint32_t pin,
                            uint32_t* out_line) {
  *out_line = 0;
  if (pin < 1 || pin > 4) return GRAFT_E_INVAL;
  const uint32_t wanted_bus = function >> 8 & 0xff;
  // The bridges on the way, from the root down.
  graft_pci_address_t bridges[kDepthMax];
  uint32_t depth = 0;
  for (uint32_t bus = 0; bus != wanted_bus;) {
    if (depth == kDepthMax) return GRAFT_E_NOENT;
    bridges[depth] = find_bridge(read, bus, wanted_bus, &bus);
    if (bridges[depth++] == 0) return GRAFT_E_NOENT;
  }
  uint32_t slot = function >> 3 & 31;
  while (depth > 0) {
    pin = (pin - 1 + slot) % 4 + 1;
    slot = bridges[--depth] >> 3 & 31;
  }
  *out_line = route_root_pin(routes, slot, pin);
  return GRAFT_OK;
}

uint8_t legacy_line_of(uint32_t line) { return (line - kFirstPirqLine) % 4 < 2 ? 10 : 11; }

}  // namespace graft::support
