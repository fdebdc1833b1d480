// SPDX-License-Identifier: BSD-2-Clause
/// The processor's own interrupt controller and timer.
#ifndef GRAFT_KERNELS_SUPPORT_LOCAL_APIC_HPP
#define GRAFT_KERNELS_SUPPORT_LOCAL_APIC_HPP

#include <cstdint>

namespace graft::support {

inline constexpr uint8_t kTimerVector = 0xf0;
inline constexpr uint8_t kSpuriousVector = 0xff;

/// Enables the local APIC at `phys` and silences the 8259s. @context early
void init_local_apic(uint64_t phys);

uint8_t local_apic_id();

/// Ends the interrupt in service. @context irq
void signal_end_of_interrupt();

/// Starts the timer's countdown, in its own ticks; 0 stops it. It interrupts once at kTimerVector.
void start_apic_timer(uint32_t ticks);

/// Ticks left of the countdown.
uint32_t apic_timer_left();

}  // namespace graft::support

#endif
