// SPDX-License-Identifier: BSD-2-Clause
/// QEMU's educational device (PCI 1234:11e8), which interrupts on request by its pin or by MSI.
/// Registers: QEMU, docs/specs/edu.txt. MSI capability: PCI Local Bus Specification 3.0, section 6.8.1.
#ifndef GRAFT_TESTS_QEMU_EDU_HPP
#define GRAFT_TESTS_QEMU_EDU_HPP

#include <graft/ladder.h>

namespace graft::test {

class Edu {
 public:
  /// Finds the device and maps it; false if there is none. `raises_later` makes raise() take effect from another
  /// thread of the emulator, when a computation ends.
  bool init(const graft_osenv_t& env, bool raises_later);

  /// For the ladder; stays.
  const graft_ladder_device_t& ladder_device() const { return device_; }

  void raise();
  void lower();
  void use_message(const graft_msi_message_t* message);

 private:
  uint32_t read_config(uint32_t offset, uint32_t width) const;
  void write_config(uint32_t offset, uint32_t width, uint32_t value) const;
  void write(uint32_t offset, uint32_t value) const;
  uint32_t read(uint32_t offset) const;
  uint32_t find_msi() const;

  const graft_osenv_t* env_ = nullptr;
  volatile uint32_t* registers_ = nullptr;
  bool raises_later_ = false;
  uint32_t msi_ = 0;  ///< offset of the capability
  graft_ladder_device_t device_{};
};

}  // namespace graft::test

#endif
