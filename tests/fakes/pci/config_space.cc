// SPDX-License-Identifier: BSD-2-Clause
// Layout: PCI Local Bus Specification 3.0, chapter 6.
#include "tests/fakes/pci/config_space.hpp"

namespace graft::fakes {

ConfigSpace::ConfigSpace(uint16_t vendor, uint16_t device, uint32_t class_code) {
  set(0x00, 2, vendor);
  set(0x02, 2, device);
  set(0x09, 1, class_code);
  set(0x0a, 1, class_code >> 8);
  set(0x0b, 1, class_code >> 16);
  set(0x04, 2, 3);
  set_writable(0x04, 2, 0x0547);
  set_writable(0x3c, 1, 0xff);
}

void ConfigSpace::set_subsystem(uint16_t vendor, uint16_t device) {
  set(0x2c, 2, vendor);
  set(0x2e, 2, device);
}

void ConfigSpace::set_interrupt(uint8_t pin, uint8_t line) {
  set(0x3d, 1, pin);
  set(0x3c, 1, line);
}

void ConfigSpace::set_bridge(uint8_t secondary_bus) {
  bytes_[0x0e] = static_cast<uint8_t>((bytes_[0x0e] & 0x80) | 1);
  set(0x19, 1, secondary_bus);
  set(0x1a, 1, secondary_bus);
}

void ConfigSpace::set_memory_bar(unsigned index, uint64_t phys, uint64_t bytes, bool is_64bit, bool prefetchable) {
  uint32_t flags = (is_64bit ? 4u : 0u) | (prefetchable ? 8u : 0u);
  set(0x10 + 4 * index, 4, static_cast<uint32_t>(phys) | flags);
  set_writable(0x10 + 4 * index, 4, static_cast<uint32_t>(~(bytes - 1)) & ~0xfu);
  if (!is_64bit) return;
  set(0x14 + 4 * index, 4, static_cast<uint32_t>(phys >> 32));
  set_writable(0x14 + 4 * index, 4, static_cast<uint32_t>(~(bytes - 1) >> 32));
}

void ConfigSpace::set_io_bar(unsigned index, uint16_t port, uint16_t bytes) {
  set(0x10 + 4 * index, 4, port | 1u);
  set_writable(0x10 + 4 * index, 4, static_cast<uint32_t>(0xffff & ~(bytes - 1)));
}

uint8_t ConfigSpace::add_capability(uint8_t id, uint8_t length) {
  uint8_t offset = next_capability_;
  next_capability_ = static_cast<uint8_t>(offset + (length + 3) / 4 * 4);
  set(offset, 1, id);
  set(offset + 1u, 1, bytes_[0x34]);
  set(0x34, 1, offset);
  set(0x06, 2, get(0x06, 2) | 0x10);
  return offset;
}

void ConfigSpace::set(uint32_t offset, uint32_t width, uint32_t value) {
  for (uint32_t i = 0; i < width; ++i) bytes_.at(offset + i) = static_cast<uint8_t>(value >> (8 * i));
}

void ConfigSpace::set_writable(uint32_t offset, uint32_t width, uint32_t mask) {
  for (uint32_t i = 0; i < width; ++i) writable_.at(offset + i) = static_cast<uint8_t>(mask >> (8 * i));
}

uint32_t ConfigSpace::get(uint32_t offset, uint32_t width) const {
  uint32_t value = 0;
  for (uint32_t i = 0; i < width; ++i) value |= static_cast<uint32_t>(bytes_.at(offset + i)) << (8 * i);
  return value;
}

uint64_t ConfigSpace::read(uint64_t offset, uint32_t width) { return get(static_cast<uint32_t>(offset), width); }

void ConfigSpace::write(uint64_t offset, uint32_t width, uint64_t value) {
  bool is_bar = offset >= 0x10 && offset < 0x28;
  if (is_bar && (get(0x04, 2) & 3) != 0) ++writes_while_decoding_;
  for (uint32_t i = 0; i < width; ++i) {
    uint8_t mask = writable_.at(offset + i);
    uint8_t byte = static_cast<uint8_t>(value >> (8 * i));
    bytes_[offset + i] = static_cast<uint8_t>((bytes_[offset + i] & ~mask) | (byte & mask));
  }
}

}  // namespace graft::fakes
