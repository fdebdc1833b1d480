// SPDX-License-Identifier: BSD-2-Clause
/// What the scan found out about one PCI function.
#ifndef GRAFT_GLUE_PCI_FUNCTION_HPP
#define GRAFT_GLUE_PCI_FUNCTION_HPP

#include <graft/device.h>
#include <stdint.h>

namespace graft {

/// A base address register as firmware left it.
struct PciBar {
  uint64_t phys = 0;   ///< physical address, or the port number of I/O space; 0 if unassigned
  uint64_t bytes = 0;  ///< 0: not implemented
  bool is_io = false;
  bool is_64bit = false;
  bool is_prefetchable = false;
};

struct PciCapability {
  uint8_t id;
  uint8_t offset;
};

struct PciFunction {
  static constexpr uint32_t kBars = 6;
  static constexpr uint32_t kMaxCapabilities = 16;
  static constexpr int32_t kNoParent = -1;

  graft_device_info_t info{};
  PciBar bars[kBars];
  PciCapability capabilities[kMaxCapabilities] = {};
  uint32_t capability_count = 0;
  uint8_t header_type = 0;
  uint8_t interrupt_line = 0;  ///< the register that firmware fills; drivers route by osenv
  uint8_t secondary_bus = 0;   ///< of a bridge
  int32_t parent = kNoParent;  ///< index of the bridge it lies behind

  uint32_t segment() const { return info.address >> 16; }
  uint32_t bus() const { return (info.address >> 8) & 0xff; }
  uint32_t slot() const { return (info.address >> 3) & 0x1f; }
  uint32_t function() const { return info.address & 7; }
  bool is_bridge() const { return header_type == 1 || header_type == 2; }

  /// Offset of a capability, 0 if the function has none of that id.
  uint8_t find_capability(uint8_t id) const {
    for (uint32_t i = 0; i < capability_count; ++i) {
      if (capabilities[i].id == id) return capabilities[i].offset;
    }
    return 0;
  }
};

/// Names a class code in a few words, such as "Ethernet controller"; never null.
const char* pci_class_name(uint32_t class_code);

/// Names a vendor that is common in machines and emulators; null for others.
const char* pci_vendor_name(uint16_t vendor);

}  // namespace graft

#endif
