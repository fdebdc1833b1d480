// SPDX-License-Identifier: BSD-2-Clause
/// Which interrupt line a PCI pin drives on a q35 machine.
///
/// ACPI says it in _PRT, which is byte code that needs an interpreter. The board is known instead: pins of bus 0 go by
/// a fixed rule to PIRQA..H = lines 16..23, pins behind a bridge by the standard swizzle to the bridge's own pins. The
/// interrupt line register that the firmware wrote is the cross-check.
#ifndef GRAFT_KERNELS_SUPPORT_PCI_ROUTING_HPP
#define GRAFT_KERNELS_SUPPORT_PCI_ROUTING_HPP

#include <graft/osenv.h>

#include <cstdint>

namespace graft::support {

/// Reads 1, 2 or 4 bytes of configuration space, as osenv's pci_read().
using PciConfigRead = graft_error_t (*)(graft_pci_address_t function, uint32_t offset, uint32_t width,
                                        uint32_t* out_value);

/// The route registers of slots 25..31 (D25IR..D31IR): four bits a pin, A in the lowest.
struct Ich9Routes {
  uint16_t of_slot[7];
};

/// The values after reset: INTA..D to PIRQA..D, except slot 30 (a PCI bridge), which is wired to PIRQE..H.
inline constexpr Ich9Routes kIch9ResetRoutes{{0x3210, 0x3210, 0x3210, 0x3210, 0x3210, 0x7654, 0x3210}};

/// Follows pin (1 = INTA .. 4 = INTD) of a function to its line.
/// @errors INVAL: no such pin; NOENT: no bridge leads to the function's bus
graft_error_t route_pci_pin(PciConfigRead read, const Ich9Routes& routes, graft_pci_address_t function, uint32_t pin,
                            uint32_t* out_line);

/// What firmware writes into the interrupt line register of a function whose pin drives `line`: the number of the
/// 8259 input it connects to the same PIRQ (PIRQA, B, E, F: 10; C, D, G, H: 11).
uint8_t legacy_line_of(uint32_t line);

/// The machine's own: reads the route registers once, warns where firmware disagrees.
graft_error_t route_machine_pin(graft_pci_address_t function, uint32_t pin, uint32_t* out_line);

}  // namespace graft::support

#endif
