// SPDX-License-Identifier: BSD-2-Clause
/// The 256 bytes of configuration space of a scripted PCI function, with writable masks as a device has them.
#ifndef GRAFT_TESTS_FAKES_PCI_CONFIG_SPACE_HPP
#define GRAFT_TESTS_FAKES_PCI_CONFIG_SPACE_HPP

#include <array>
#include <cstdint>

#include "tests/fakes/osenv/fake_host.hpp"

namespace graft::fakes {

class ConfigSpace : public RegisterModel {
 public:
  ConfigSpace(uint16_t vendor, uint16_t device, uint32_t class_code);

  void set_subsystem(uint16_t vendor, uint16_t device);
  void set_interrupt(uint8_t pin, uint8_t line);
  void set_multifunction() { bytes_[0x0e] |= 0x80; }
  /// Makes it a bridge with that secondary bus.
  void set_bridge(uint8_t secondary_bus);
  /// A memory register of `bytes` bytes (a power of two) at `phys`; a 64-bit one takes the next register too.
  void set_memory_bar(unsigned index, uint64_t phys, uint64_t bytes, bool is_64bit = false, bool prefetchable = false);
  void set_io_bar(unsigned index, uint16_t port, uint16_t bytes);
  /// Adds a capability of `length` bytes at the front of the list. @returns its offset
  uint8_t add_capability(uint8_t id, uint8_t length);

  void set(uint32_t offset, uint32_t width, uint32_t value);
  void set_writable(uint32_t offset, uint32_t width, uint32_t mask);
  uint32_t get(uint32_t offset, uint32_t width) const;

  uint64_t read(uint64_t offset, uint32_t width) override;
  void write(uint64_t offset, uint32_t width, uint64_t value) override;

  /// Base address registers that were written while the function decoded their space.
  unsigned writes_while_decoding() const { return writes_while_decoding_; }

 private:
  std::array<uint8_t, 256> bytes_{};
  std::array<uint8_t, 256> writable_{};
  uint8_t next_capability_ = 0x40;
  unsigned writes_while_decoding_ = 0;
};

}  // namespace graft::fakes

#endif
