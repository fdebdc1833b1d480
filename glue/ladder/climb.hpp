// SPDX-License-Identifier: BSD-2-Clause
/// What the rungs share: the host, the verdict, the report.
#ifndef GRAFT_GLUE_LADDER_CLIMB_HPP
#define GRAFT_GLUE_LADDER_CLIMB_HPP

#include <graft/ladder.h>

#include <atomic>

#include "glue/world/irq.hpp"

namespace graft::ladder {

inline constexpr uint64_t kMsNs = 1'000'000;

struct Verdict {
  uint32_t status;
  const char* callback;
  const char* text;
};

inline constexpr Verdict kPassed{GRAFT_LADDER_PASSED, nullptr, nullptr};
constexpr Verdict broken(const char* callback, const char* rule) { return {GRAFT_LADDER_BROKEN, callback, rule}; }
constexpr Verdict skipped(const char* why) { return {GRAFT_LADDER_SKIPPED, nullptr, why}; }

/// Leaves the function with a verdict unless a rule holds.
#define LADDER_RULE(condition, callback, rule)                        \
  do {                                                                \
    if (!(condition)) return ::graft::ladder::broken(callback, rule); \
  } while (0)

/// Leaves the function if `verdict` is not "passed".
#define LADDER_TRY(verdict)                                      \
  do {                                                           \
    const ::graft::ladder::Verdict verdict_ = (verdict);         \
    if (verdict_.status != GRAFT_LADDER_PASSED) return verdict_; \
  } while (0)

/// Says whether the stack was aligned as the System V ABI wants it (16 bytes) when the function was called whose frame
/// address this is. The address goes through a register that the compiler knows nothing of: it would take the rule for
/// granted.
inline bool is_frame_aligned(const void* frame) {
  auto address = reinterpret_cast<uintptr_t>(frame);
  asm("" : "+r"(address));
  return address % 16 == 0;
}

class Climb {
 public:
  Climb(const graft_osenv_t& host, const graft_ladder_options_t& chosen, graft_ladder_report_t report, void* arg)
      : env(host), options(chosen), report_(report), arg_(arg) {}

  const graft_osenv_t& env;
  const graft_ladder_options_t& options;
  /// Set by "timer": thread_park() returns at once, so waits are polls.
  bool is_stackless = false;
  /// What is wrong with the host's compiler flags; null if nothing is.
  const char* flags_fault = nullptr;
  bool stack_is_aligned = true;

  /// Says what is called next, in case it never returns.
  void begin(const char* callback) { report({GRAFT_LADDER_BEGUN, callback, nullptr}); }
  void report(const Verdict& v) {
    const graft_ladder_result_t result{v.status, 0, rung, v.callback, v.text};
    report_(arg_, &result);
  }
  const char* rung = "";

  uint64_t now() const { return env.clock_now_ns(env.host); }
  void* self() const { return env.thread_self(env.host); }
  void unpark(void* thread) const { env.thread_unpark(env.host, thread); }
  /// For a stackless host: whether a wake came since the last look. @returns `otherwise` where nobody can tell
  bool was_woken(bool otherwise) const {
    if (!is_stackless || options.was_woken == nullptr) return otherwise;
    return options.was_woken(options.was_woken_arg);
  }
  void wait(uint64_t duration_ns) const {
    for (const uint64_t end = now() + duration_ns; now() < end;) env.thread_park(env.host, end);
  }
  /// Waits until the counter reaches `wanted` or so much time has passed. @returns the counter
  uint32_t wait_for(const std::atomic<uint32_t>& counter, uint32_t wanted, uint64_t duration_ns) const {
    const uint64_t end = now() + duration_ns;
    while (counter.load() < wanted && now() < end) env.thread_park(env.host, end);
    return counter.load();
  }

  uint64_t phys_of(const void* va) const {
    return env.mem_window.phys +
           static_cast<uint64_t>(static_cast<const char*>(va) - static_cast<char*>(env.mem_window.va));
  }
  bool in_window(const void* va, uint64_t bytes) const {
    const uint64_t offset = reinterpret_cast<uintptr_t>(va) - reinterpret_cast<uintptr_t>(env.mem_window.va);
    return offset < env.mem_window.bytes && bytes <= env.mem_window.bytes - offset;
  }

 private:
  graft_ladder_report_t report_;
  void* arg_;
};

// The rungs, in climbing order.
Verdict check_table(Climb& climb);
Verdict check_print(Climb& climb);
Verdict check_allocate(Climb& climb);
Verdict check_dma(Climb& climb);
Verdict check_registers(Climb& climb);
Verdict check_pci(Climb& climb);
Verdict check_clock(Climb& climb);
Verdict check_timer(Climb& climb);
Verdict check_wake(Climb& climb);
Verdict check_interrupt(Climb& climb);
Verdict check_message(Climb& climb);
Verdict check_entropy(Climb& climb);
Verdict check_block(Climb& climb);
Verdict check_packet(Climb& climb);

}  // namespace graft::ladder

#endif
