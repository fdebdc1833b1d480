// SPDX-License-Identifier: BSD-2-Clause
#include "glue/pci/scan.hpp"

#include "glue/pci/libpci/format.hpp"
#include "glue/pci/libpci/rename.h"
#include "glue/pci/libpci/session.hpp"

extern "C" {
#include <pci/pci.h>
}

namespace graft {
namespace {

void ignore_message(char*, ...) {}

void log_warning(char* text, ...) {
  char line[160];
  va_list args;
  va_start(args, text);
  libpci::format(line, sizeof(line), text, args);
  va_end(args);
  libpci::Session::current().host().log(GRAFT_LOG_WARNING, "pci: ", line);
}

[[noreturn]] void leave_session(char*, ...) { libpci::Session::current().fail(); }

void set_location(graft_device_info_t& info, const pci_dev* device) {
  auto print = [&](const char* text, ...) {
    va_list args;
    va_start(args, text);
    libpci::format(info.location, sizeof(info.location), text, args);
    va_end(args);
  };
  print("%04x:%02x:%02x.%d", static_cast<unsigned>(device->domain), static_cast<unsigned>(device->bus),
        static_cast<unsigned>(device->dev), static_cast<int>(device->func));
}

/// Bits of a size mask that was read back, without the flags; 0 if the register is not there.
uint64_t bytes_of_mask(uint64_t mask, uint64_t flags) {
  mask &= ~flags;
  return mask & (0 - mask);
}

/// Reads the base address registers and finds their sizes.
void read_bars(pci_dev* device, PciFunction& function) {
  uint32_t count = function.header_type == 0 ? 6 : function.header_type == 1 ? 2 : 0;
  uint16_t command = pci_read_word(device, PCI_COMMAND);
  pci_write_word(device, PCI_COMMAND, command & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
  for (uint32_t i = 0; i < count; ++i) {
    PciBar& bar = function.bars[i];
    int offset = PCI_BASE_ADDRESS_0 + static_cast<int>(i) * 4;
    uint32_t low = pci_read_long(device, offset);
    pci_write_long(device, offset, UINT32_MAX);
    uint32_t low_mask = pci_read_long(device, offset);
    pci_write_long(device, offset, low);
    if (low_mask == 0 || low_mask == UINT32_MAX) continue;

    if ((low & PCI_BASE_ADDRESS_SPACE) == PCI_BASE_ADDRESS_SPACE_IO) {
      bar.is_io = true;
      bar.phys = low & PCI_BASE_ADDRESS_IO_MASK & 0xffff;
      bar.bytes = bytes_of_mask(low_mask & 0xffff, 3);
      continue;
    }
    bar.is_prefetchable = (low & PCI_BASE_ADDRESS_MEM_PREFETCH) != 0;
    bar.is_64bit = (low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64 && i + 1 < count;
    uint64_t phys = low & ~0xfu;
    uint64_t mask = low_mask;
    if (bar.is_64bit) {
      uint32_t high = pci_read_long(device, offset + 4);
      pci_write_long(device, offset + 4, UINT32_MAX);
      mask |= static_cast<uint64_t>(pci_read_long(device, offset + 4)) << 32;
      pci_write_long(device, offset + 4, high);
      phys |= static_cast<uint64_t>(high) << 32;
      ++i;
    }
    bar.phys = phys;
    bar.bytes = bytes_of_mask(mask, 0xf);
  }
  pci_write_word(device, PCI_COMMAND, command);
}

void read_capabilities(pci_dev* device, PciFunction& function) {
  for (pci_cap* cap = device->first_cap; cap != nullptr && function.capability_count < PciFunction::kMaxCapabilities;
       cap = cap->next) {
    if (cap->type != PCI_CAP_NORMAL) continue;
    function.capabilities[function.capability_count++] = {static_cast<uint8_t>(cap->id),
                                                          static_cast<uint8_t>(cap->addr)};
  }
  function.info.has_msi = function.find_capability(PCI_CAP_ID_MSI) != 0;
  function.info.has_msix = function.find_capability(PCI_CAP_ID_MSIX) != 0;
}

void read_function(pci_dev* device, PciFunction& function) {
  constexpr int kFields =
      PCI_FILL_IDENT | PCI_FILL_IRQ | PCI_FILL_CLASS | PCI_FILL_CLASS_EXT | PCI_FILL_SUBSYS | PCI_FILL_CAPS;
  pci_fill_info(device, kFields);
  graft_device_info_t& info = function.info;
  set_location(info, device);
  info.address = static_cast<uint32_t>(device->domain) << 16 | static_cast<uint32_t>(device->bus) << 8 |
                 static_cast<uint32_t>(device->dev) << 3 | device->func;
  info.vendor = device->vendor_id;
  info.device = device->device_id;
  info.subsystem_vendor = device->subsys_vendor_id;
  info.subsystem_device = device->subsys_id;
  info.class_code = static_cast<uint32_t>(device->device_class) << 8 | device->prog_if;
  info.revision = device->rev_id;
  info.interrupt_pin = pci_read_byte(device, PCI_INTERRUPT_PIN);
  if (info.interrupt_pin > 4) info.interrupt_pin = 0;
  info.state = GRAFT_DEVICE_UNBOUND;
  function.header_type = pci_read_byte(device, PCI_HEADER_TYPE) & 0x7f;
  function.interrupt_line = static_cast<uint8_t>(device->irq);
  if (function.is_bridge()) function.secondary_bus = pci_read_byte(device, PCI_SECONDARY_BUS);
  read_capabilities(device, function);
  read_bars(device, function);
  for (uint32_t i = 0; i < PciFunction::kBars; ++i) {
    info.bar_phys[i] = function.bars[i].phys;
    info.bar_bytes[i] = function.bars[i].bytes;
  }
}

}  // namespace

void PciScan::scan_with_libpci() {
  pci_access* access = pci_alloc();
  access->method = PCI_ACCESS_I386_TYPE1;
  access->error = leave_session;
  access->warning = log_warning;
  access->debug = ignore_message;
  pci_init(access);
  pci_scan_bus(access);

  uint32_t found = 0;
  for (pci_dev* device = access->devices; device != nullptr; device = device->next) ++found;
  if (found != 0) {
    functions_ = static_cast<PciFunction*>(heap_.allocate(found * sizeof(PciFunction)));
    if (functions_ == nullptr) libpci::Session::current().fail();
  }
  count_ = found;
  for (uint32_t i = 0; i < found; ++i) new (&functions_[i]) PciFunction;
  // libpci's list is not sorted.
  uint32_t filled = 0;
  for (pci_dev* device = access->devices; device != nullptr; device = device->next, ++filled) {
    PciFunction function;
    read_function(device, function);
    uint32_t at = filled;
    for (; at != 0 && functions_[at - 1].info.address > function.info.address; --at)
      functions_[at] = functions_[at - 1];
    functions_[at] = function;
  }
  pci_cleanup(access);
}

graft_error_t PciScan::run() {
  clear();
  libpci::Session session(host_, heap_);
  graft_error_t error = session.run([](void* self) { static_cast<PciScan*>(self)->scan_with_libpci(); }, this);
  if (error != GRAFT_OK) {
    clear();
    return error;
  }
  set_parents();
  return GRAFT_OK;
}

void PciScan::clear() {
  heap_.deallocate(functions_, count_ * sizeof(PciFunction));
  functions_ = nullptr;
  count_ = 0;
}

void PciScan::set_parents() {
  for (uint32_t child = 0; child < count_; ++child) {
    for (uint32_t bridge = 0; bridge < count_; ++bridge) {
      const PciFunction& b = functions_[bridge];
      if (bridge == child || !b.is_bridge() || b.secondary_bus == 0) continue;
      if (b.segment() == functions_[child].segment() && b.secondary_bus == functions_[child].bus()) {
        functions_[child].parent = static_cast<int32_t>(bridge);
      }
    }
  }
}

graft_error_t PciScan::route_interrupt(uint32_t index, uint32_t* out_line) const {
  *out_line = 0;
  const PciFunction* function = &functions_[index];
  uint32_t pin = function->info.interrupt_pin;
  if (pin == 0) return GRAFT_E_NOENT;
  const graft_osenv_t& env = host_.env();
  for (;;) {
    graft_error_t error = env.irq_route(env.host, function->info.address, pin, out_line);
    if (error != GRAFT_E_NOENT || function->parent == PciFunction::kNoParent) return error;
    pin = (pin - 1 + function->slot()) % 4 + 1;
    function = &functions_[function->parent];
  }
}

}  // namespace graft
