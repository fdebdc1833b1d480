// SPDX-License-Identifier: BSD-2-Clause
/// The monotonic clock (time-stamp counter) and one one-shot timer (local APIC).
#ifndef GRAFT_KERNELS_SUPPORT_CLOCK_HPP
#define GRAFT_KERNELS_SUPPORT_CLOCK_HPP

#include <cstdint>

namespace graft::support {

/// Measures the rates of counter and timer against the ACPI PM timer, or the 8254 where there is none. @context early
void init_clock();

/// Nanoseconds since init_clock(). @context thread+irq
uint64_t now_ns();

struct ClockRates {
  uint64_t tsc_hz;
  uint64_t apic_timer_hz;
};
const ClockRates& clock_rates();

/// Sets what the timer runs, at interrupt level.
void set_timer_handler(void (*handler)());

/// Makes the timer interrupt once when the clock reaches `deadline_ns`, or earlier when that is further off than the
/// hardware counts; replaces an earlier deadline. UINT64_MAX stops it. @context thread+irq
void arm_timer(uint64_t deadline_ns);

}  // namespace graft::support

#endif
