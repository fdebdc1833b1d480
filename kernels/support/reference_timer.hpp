// SPDX-License-Identifier: BSD-2-Clause
/// A counter of known rate to measure the others by.
#ifndef GRAFT_KERNELS_SUPPORT_REFERENCE_TIMER_HPP
#define GRAFT_KERNELS_SUPPORT_REFERENCE_TIMER_HPP

#include <cstdint>

namespace graft::support {

class ReferenceTimer {
 public:
  /// Chooses the ACPI PM timer if there is one, else channel 2 of the 8254.
  ReferenceTimer();

  uint32_t rate_hz() const { return rate_hz_; }

  /// Ticks since the previous call. Right if less than 18 ms lie between the calls (the 8254 has 16 bits).
  uint32_t take_elapsed();

 private:
  uint32_t read() const;

  uint16_t pm_port_;
  uint32_t mask_;
  uint32_t rate_hz_;
  uint32_t last_;
};

}  // namespace graft::support

#endif
