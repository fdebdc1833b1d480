// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/clock.hpp"

#include "kernels/support/console.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/interrupts.hpp"
#include "kernels/support/local_apic.hpp"
#include "kernels/support/panic.hpp"
#include "kernels/support/reference_timer.hpp"

namespace graft::support {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;

/// A rate conversion as (value * factor) >> 32.
uint64_t factor_of(uint64_t to_hz, uint64_t from_hz) { return (to_hz << 32) / from_hz; }
uint64_t convert(uint64_t value, uint64_t factor) {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(value) * factor >> 32);
}

ClockRates g_rates;
uint64_t g_tsc_start;
uint64_t g_ns_per_tick;  // factors
uint64_t g_apic_ticks_per_ns;
void (*g_timer_handler)();

struct Sample {
  uint64_t tsc_hz, apic_hz;
};

/// Counts both for about 5 ms of reference time.
Sample measure() {
  ReferenceTimer reference;
  const uint32_t wanted = reference.rate_hz() / 200;
  start_apic_timer(UINT32_MAX);
  reference.take_elapsed();
  const uint64_t tsc_before = read_tsc();
  const uint32_t apic_before = apic_timer_left();
  uint32_t ticks = 0;
  while (ticks < wanted) ticks += reference.take_elapsed();
  const uint64_t tsc = read_tsc() - tsc_before;
  const uint32_t apic = apic_before - apic_timer_left();
  start_apic_timer(0);
  return {tsc * reference.rate_hz() / ticks, uint64_t{apic} * reference.rate_hz() / ticks};
}

bool agree(uint64_t a, uint64_t b) { return (a > b ? a - b : b - a) < a / 200; }

void run_timer(void*) {
  if (g_timer_handler != nullptr) g_timer_handler();
}

}  // namespace

void init_clock() {
  // An emulator may be interrupted in the middle of a measurement: believe two in a row that agree within 0.5 %.
  Sample previous = measure();
  for (int attempt = 0;; ++attempt) {
    const Sample sample = measure();
    g_rates = {(sample.tsc_hz + previous.tsc_hz) / 2, (sample.apic_hz + previous.apic_hz) / 2};
    if (agree(sample.tsc_hz, previous.tsc_hz) && agree(sample.apic_hz, previous.apic_hz)) break;
    if (attempt == 20) {
      console_printf("clock: measurements disagree, taking the last\n");
      break;
    }
    previous = sample;
  }
  if (g_rates.tsc_hz == 0 || g_rates.apic_timer_hz == 0) panic("the time-stamp counter or the APIC timer stands still");
  g_ns_per_tick = factor_of(kNsPerSecond, g_rates.tsc_hz);
  g_apic_ticks_per_ns = factor_of(g_rates.apic_timer_hz, kNsPerSecond);
  g_tsc_start = read_tsc();
  set_vector_handler(kTimerVector, run_timer, nullptr);
}

uint64_t now_ns() { return convert(read_tsc() - g_tsc_start, g_ns_per_tick); }
const ClockRates& clock_rates() { return g_rates; }
void set_timer_handler(void (*handler)()) { g_timer_handler = handler; }

void arm_timer(uint64_t deadline_ns) {
  if (deadline_ns == UINT64_MAX) return start_apic_timer(0);
  const uint64_t now = now_ns();
  const uint64_t wait_ns = deadline_ns > now ? deadline_ns - now : 0;
  const uint64_t ticks = convert(wait_ns, g_apic_ticks_per_ns) + 1;
  // Half the range leaves room for a deadline just out of reach: the timer comes early, and the caller arms it again.
  start_apic_timer(wait_ns > kNsPerSecond || ticks > UINT32_MAX ? UINT32_MAX / 2 : static_cast<uint32_t>(ticks));
}

}  // namespace graft::support
