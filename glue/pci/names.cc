// SPDX-License-Identifier: BSD-2-Clause
// Class codes: PCI Code and ID Assignment Specification, revision 1.11, section 1.
#include "glue/pci/function.hpp"

namespace graft {
namespace {

struct ClassName {
  uint16_t code;  ///< class << 8 | subclass
  const char* name;
};

constexpr ClassName kSubclasses[] = {
    {0x0100, "SCSI controller"},   {0x0101, "IDE controller"},       {0x0106, "SATA controller"},
    {0x0107, "SAS controller"},    {0x0108, "NVM controller"},       {0x0200, "Ethernet controller"},
    {0x0300, "VGA controller"},    {0x0401, "Audio device"},         {0x0403, "HD audio controller"},
    {0x0600, "Host bridge"},       {0x0601, "ISA bridge"},           {0x0604, "PCI bridge"},
    {0x0700, "Serial controller"}, {0x0805, "SD host controller"},   {0x0c03, "USB controller"},
    {0x0c05, "SMBus controller"},  {0x0880, "System peripheral"},    {0x0500, "RAM controller"},
    {0x0400, "Video device"},      {0x0780, "Communication device"},
};

constexpr const char* kClasses[] = {
    "Unclassified device",
    "Mass storage controller",
    "Network controller",
    "Display controller",
    "Multimedia device",
    "Memory controller",
    "Bridge",
    "Communication controller",
    "System peripheral",
    "Input device",
    "Docking station",
    "Processor",
    "Serial bus controller",
    "Wireless controller",
    "Intelligent controller",
    "Satellite controller",
    "Encryption controller",
    "Signal processing controller",
    "Processing accelerator",
};

struct VendorName {
  uint16_t id;
  const char* name;
};

constexpr VendorName kVendors[] = {
    {0x1000, "LSI"},      {0x1011, "DEC"},    {0x1013, "Cirrus Logic"}, {0x1022, "AMD"},
    {0x1039, "SiS"},      {0x10b7, "3Com"},   {0x10de, "NVIDIA"},       {0x10ec, "Realtek"},
    {0x1106, "VIA"},      {0x1186, "D-Link"}, {0x11ab, "Marvell"},      {0x1234, "QEMU"},
    {0x14e4, "Broadcom"}, {0x15ad, "VMware"}, {0x15b3, "Mellanox"},     {0x1af4, "Red Hat (virtio)"},
    {0x1b36, "Red Hat"},  {0x8086, "Intel"},
};

}  // namespace

const char* pci_class_name(uint32_t class_code) {
  for (const ClassName& entry : kSubclasses) {
    if (entry.code == class_code >> 8) return entry.name;
  }
  uint32_t base = class_code >> 16;
  return base < sizeof(kClasses) / sizeof(kClasses[0]) ? kClasses[base] : "Unknown device";
}

const char* pci_vendor_name(uint16_t vendor) {
  for (const VendorName& entry : kVendors) {
    if (entry.id == vendor) return entry.name;
  }
  return nullptr;
}

}  // namespace graft
