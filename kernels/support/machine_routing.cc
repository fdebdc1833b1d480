// SPDX-License-Identifier: BSD-2-Clause
// The running machine's side of pci_routing.hpp. ICH9 datasheet 316972-004, sections 10.1.45 ff. and 13.1.29 (RCBA).
#include "kernels/support/console.hpp"
#include "kernels/support/paging.hpp"
#include "kernels/support/pci_config.hpp"
#include "kernels/support/pci_routing.hpp"

namespace graft::support {
namespace {

constexpr graft_pci_address_t kLpcBridge = pci_address(0, 31, 0);
constexpr uint32_t kLpcIds = 0x2918'8086;
constexpr uint32_t kRootComplexBase = 0xf0;
constexpr uint32_t kInterruptLine = 0x3c;
/// D31IR, D30IR .. D25IR lie at these offsets, 2 bytes each.
constexpr uint16_t kRouteOffset[7] = {0x3150, 0x314c, 0x3148, 0x3146, 0x3144, 0x3142, 0x3140};

Ich9Routes read_routes() {
  Ich9Routes routes = kIch9ResetRoutes;
  uint32_t ids, base;
  if (read_pci_config(kLpcBridge, 0, 4, &ids) != GRAFT_OK || ids != kLpcIds) {
    console_printf("pci: the board is no q35; its interrupt lines are guessed\n");
    return routes;
  }
  void* va;
  read_pci_config(kLpcBridge, kRootComplexBase, 4, &base);
  if (!(base & 1) || map_device(base & ~0x3fffu, 0x4000, false, &va) != GRAFT_OK) return routes;
  for (uint32_t slot = 25; slot < 32; ++slot) {
    if (slot == 30) continue;  // read-only zero: its wiring is the reset value's
    routes.of_slot[slot - 25] = *reinterpret_cast<volatile uint16_t*>(static_cast<char*>(va) + kRouteOffset[slot - 25]);
  }
  unmap_device(va, 0x4000);
  return routes;
}

}  // namespace

graft_error_t route_machine_pin(graft_pci_address_t function, uint32_t pin, uint32_t* out_line) {
  static const Ich9Routes routes = read_routes();
  const graft_error_t error = route_pci_pin(read_pci_config, routes, function, pin, out_line);
  if (error != GRAFT_OK) return error;
  uint32_t firmware;
  read_pci_config(function, kInterruptLine, 1, &firmware);
  if (firmware != 0 && firmware != 0xff && firmware != legacy_line_of(*out_line)) {
    console_printf("pci %02x:%02x.%x: pin %u goes to line %u by the board's rule, but firmware says 8259 input %u\n",
                   function >> 8 & 0xff, function >> 3 & 31, function & 7, pin, *out_line, firmware);
  }
  return GRAFT_OK;
}

}  // namespace graft::support
