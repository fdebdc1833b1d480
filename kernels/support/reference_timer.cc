// SPDX-License-Identifier: BSD-2-Clause
// ACPI Specification 6.5, section 4.8.3.3 (PM timer); Intel 82C54 data sheet 231244-006 (programmable interval timer).
#include "kernels/support/reference_timer.hpp"

#include "kernels/support/acpi.hpp"
#include "kernels/support/cpu.hpp"

namespace graft::support {
namespace {

constexpr uint32_t kPmTimerHz = 3'579'545;
constexpr uint32_t kPitHz = 1'193'182;
constexpr uint16_t kPitChannel2 = 0x42;
constexpr uint16_t kPitCommand = 0x43;
constexpr uint16_t kPitGate = 0x61;

}  // namespace

ReferenceTimer::ReferenceTimer()
    : pm_port_(acpi_info().pm_timer_port),
      mask_(pm_port_ == 0                     ? 0xffff
            : acpi_info().pm_timer_is_32_bits ? 0xffff'ffff
                                              : 0x00ff'ffff),
      rate_hz_(pm_port_ == 0 ? kPitHz : kPmTimerHz) {
  if (pm_port_ == 0) {
    out8(kPitGate, static_cast<uint8_t>((in8(kPitGate) & ~2) | 1));  // gate on, speaker off
    out8(kPitCommand, 0xb4);                                         // channel 2, low then high byte, rate generator
    out8(kPitChannel2, 0);                                           // 65536
    out8(kPitChannel2, 0);
  }
  last_ = read();
}

uint32_t ReferenceTimer::read() const {
  if (pm_port_ != 0) return in32(pm_port_);
  out8(kPitCommand, 0x80);  // latches channel 2
  const uint32_t low = in8(kPitChannel2);
  return ~(low | uint32_t{in8(kPitChannel2)} << 8);  // it counts down
}

uint32_t ReferenceTimer::take_elapsed() {
  const uint32_t now = read();
  const uint32_t elapsed = (now - last_) & mask_;
  last_ = now;
  return elapsed;
}

}  // namespace graft::support
