// SPDX-License-Identifier: BSD-2-Clause
// interrupt, message.
#include "glue/ladder/climb.hpp"

namespace graft::ladder {
namespace {

/// A device has 100 ms to raise its pin; a slow machine may need more for the rest.
constexpr uint64_t kSoonNs = 1'000 * kMsNs;
/// Long enough for an interrupt that should not come.
constexpr uint64_t kQuietNs = 150 * kMsNs;
/// An unmasked level that nobody lowers interrupts without end; this many prove it, and end it.
constexpr uint32_t kStorm = 100;

/// Counts interrupts. Like a driver's deferred handler it masks the line; it can wake a thread instead of doing more.
struct Probe : graft_irq {
  explicit Probe(Climb& c) : climb(c) {
    on_probe = [](graft_irq* irq) {
      auto* const self = static_cast<Probe*>(irq);
      self->saw_odd_stack |= !is_frame_aligned(__builtin_frame_address(0));
      self->interrupt();
    };
  }

  void interrupt() {
    const uint32_t now = count.fetch_add(1) + 1;
    const graft_osenv_t& env = climb.env;
    saw_null_thread |= env.thread_self(env.host) == nullptr;
    saw_time_go_back |= env.clock_now_ns(env.host) < started_ns;
    if (masks) env.irq_mask(env.host, number);
    if (now >= kStorm) climb.options.device->lower(climb.options.device->arg);
    if (to_wake != nullptr) env.thread_unpark(env.host, to_wake);
  }

  Climb& climb;
  std::atomic<uint32_t> count{0};
  uint32_t number = 0;
  bool masks = true;
  bool saw_null_thread = false;
  bool saw_time_go_back = false;
  bool saw_odd_stack = false;
  uint64_t started_ns = 0;
  void* to_wake = nullptr;
};

/// Gives a claimed line back and lowers the pin, whichever way the rung is left.
struct Claim {
  Claim(Climb& c, Probe& p) : climb(c), probe(p) {}
  ~Claim() {
    climb.options.device->lower(climb.options.device->arg);
    if (held) climb.env.irq_release(climb.env.host, probe.number, &probe);
  }
  Climb& climb;
  Probe& probe;
  bool held = false;
};

Verdict check_delivery(Climb& climb, Probe& probe) {
  const graft_osenv_t& env = climb.env;
  const graft_ladder_device_t& device = *climb.options.device;

  // Delivery, and the mask set by the handler.
  climb.begin("irq_claim");
  probe.started_ns = climb.now();
  probe.to_wake = climb.self();
  climb.was_woken(false);
  device.raise(device.arg);
  // Only the wake from interrupt level ends this wait early.
  const uint64_t deadline = climb.now() + 2 * kSoonNs;
  while (probe.count.load() == 0 && climb.now() < deadline) env.thread_park(env.host, deadline);
  LADDER_RULE(probe.count.load() >= 1, "irq_claim",
              "an asserted line calls graft_world_irq() with the source that claimed it");
  LADDER_RULE(climb.now() < deadline, "thread_unpark", "it wakes a parked thread from interrupt level");
  LADDER_RULE(climb.was_woken(true), "thread_unpark", "it wakes the loop from interrupt level");
  LADDER_RULE(!probe.saw_odd_stack, "irq_claim", "the stack is aligned to 16 bytes when it calls graft_world_irq()");
  LADDER_RULE(!probe.saw_null_thread, "thread_self", "at interrupt level it names the interrupted thread");
  LADDER_RULE(!probe.saw_time_go_back, "clock_now_ns", "it can be read at interrupt level");
  climb.begin("irq_mask");
  climb.wait(kQuietNs);
  LADDER_RULE(probe.count.load() == 1, "irq_mask", "a line masked in its interrupt does not interrupt again");

  // The level is still there.
  climb.begin("irq_unmask");
  env.irq_unmask(env.host, probe.number);
  LADDER_RULE(climb.wait_for(probe.count, 2, kSoonNs) >= 2, "irq_unmask",
              "a level that is still asserted interrupts at once");

  // It goes away while masked.
  device.lower(device.arg);
  env.irq_unmask(env.host, probe.number);
  climb.wait(kQuietNs);
  LADDER_RULE(probe.count.load() == 2, "irq_unmask", "a level that has gone does not interrupt");

  // Masked by a thread; two masks and one unmask.
  climb.begin("irq_mask");
  env.irq_mask(env.host, probe.number);
  env.irq_mask(env.host, probe.number);
  device.raise(device.arg);
  climb.wait(kQuietNs);
  LADDER_RULE(probe.count.load() == 2, "irq_mask", "a masked line does not interrupt");
  climb.begin("irq_unmask");
  env.irq_unmask(env.host, probe.number);
  LADDER_RULE(climb.wait_for(probe.count, 3, kSoonNs) >= 3, "irq_unmask", "masks are not counted");
  device.lower(device.arg);
  return kPassed;
}

/// End of interrupt: the next interrupt must come too, many times over.
Verdict check_repetition(Climb& climb, Probe& probe) {
  const graft_ladder_device_t& device = *climb.options.device;
  climb.begin("irq_claim");
  for (int i = 0; i < 20; ++i) {
    climb.env.irq_unmask(climb.env.host, probe.number);
    const uint32_t before = probe.count.load();
    device.raise(device.arg);
    const uint32_t after = climb.wait_for(probe.count, before + 1, kSoonNs);
    device.lower(device.arg);
    LADDER_RULE(after == before + 1, "irq_claim", "each interrupt is delivered once and ended after graft_world_irq()");
  }
  return kPassed;
}

}  // namespace

Verdict check_interrupt(Climb& climb) {
  const graft_osenv_t& env = climb.env;
  const graft_ladder_device_t* device = climb.options.device;
  if (device == nullptr || device->raise == nullptr || device->lower == nullptr) {
    return skipped("the options name no device that interrupts on request");
  }
  if (device->pin == 0) return skipped("the device has no interrupt pin");
  if (device->use_message != nullptr) device->use_message(device->arg, nullptr);

  climb.begin("irq_route");
  uint32_t line = 0;
  LADDER_RULE(env.irq_route(env.host, device->function, device->pin, &line) == GRAFT_OK, "irq_route",
              "a device's pin is wired to a line");
  uint32_t unused = 0;
  LADDER_RULE(env.irq_route(env.host, device->function, 5, &unused) == GRAFT_E_NOENT, "irq_route",
              "NOENT for a pin that does not exist");
  Probe probe(climb), rival(climb);
  probe.number = rival.number = line;
  climb.begin("irq_claim");
  LADDER_RULE(env.irq_claim(env.host, UINT32_MAX, &rival) == GRAFT_E_INVAL, "irq_claim",
              "INVAL for a line that does not exist");
  {
    Claim claim(climb, probe);
    const graft_error_t error = env.irq_claim(env.host, line, &probe);
    LADDER_RULE(error == GRAFT_OK, "irq_claim", "the line that irq_route() names can be claimed");
    claim.held = true;
    LADDER_RULE(env.irq_claim(env.host, line, &rival) == GRAFT_E_EXIST, "irq_claim",
                "EXIST for a line that is claimed");
    LADDER_TRY(check_delivery(climb, probe));
    LADDER_TRY(check_repetition(climb, probe));
    climb.begin("irq_release");
  }
  const uint32_t count = probe.count.load();
  device->raise(device->arg);
  climb.wait(kQuietNs);
  device->lower(device->arg);
  LADDER_RULE(probe.count.load() == count, "irq_release", "no interrupt of the line comes afterwards");
  LADDER_RULE(rival.count.load() == 0, "irq_claim", "a claim that failed changes nothing");

  Claim claim(climb, rival);
  const graft_error_t error = env.irq_claim(env.host, line, &rival);
  LADDER_RULE(error == GRAFT_OK, "irq_release", "the line can be claimed again");
  claim.held = true;
  device->raise(device->arg);
  LADDER_RULE(climb.wait_for(rival.count, 1, kSoonNs) >= 1, "irq_claim", "a line claimed again is unmasked");
  return kPassed;
}

Verdict check_message(Climb& climb) {
  const graft_osenv_t& env = climb.env;
  const graft_ladder_device_t* device = climb.options.device;
  if (env.msi_alloc == nullptr) return skipped("no msi_alloc: drivers use interrupt lines");
  if (device == nullptr) return skipped("the options name no device that interrupts on request");

  constexpr uint32_t kCount = 4;
  Probe probes[kCount] = {Probe(climb), Probe(climb), Probe(climb), Probe(climb)};
  graft_irq_t* irqs[kCount];
  for (uint32_t i = 0; i < kCount; ++i) {
    probes[i].masks = false;
    irqs[i] = &probes[i];
  }
  graft_msi_message_t messages[kCount] = {};
  climb.begin("msi_alloc");
  graft_error_t error = env.msi_alloc(env.host, device->function, kCount, irqs, messages);
  LADDER_RULE(error == GRAFT_OK || error == GRAFT_E_NOTSUP || error == GRAFT_E_NOSPC, "msi_alloc",
              "its errors are NOTSUP and NOSPC");
  if (error != GRAFT_OK) return skipped("the host has no messages for this device");
  Verdict verdict = kPassed;
  for (uint32_t i = 0; i < kCount; ++i) {
    if (messages[i].address == 0 || messages[i].address % 4 != 0) {
      verdict = broken("msi_alloc", "a message has an address, a multiple of 4");
    }
    for (uint32_t j = 0; j < i; ++j) {
      if (messages[i].address == messages[j].address && messages[i].data == messages[j].data) {
        verdict = broken("msi_alloc", "each source has a message of its own");
      }
    }
  }
  const bool can_send = device->use_message != nullptr && device->send_message != nullptr;
  for (uint32_t i = 0; i < kCount && can_send && verdict.status == GRAFT_LADDER_PASSED; ++i) {
    device->use_message(device->arg, &messages[i]);
    device->send_message(device->arg);
    climb.wait_for(probes[i].count, 1, kSoonNs);
    for (uint32_t j = 0; j < kCount; ++j) {
      if (probes[j].count.load() == (j <= i ? 1u : 0u)) continue;
      verdict = broken("msi_alloc", "message i calls graft_world_irq() with source i, once, and with no other");
    }
  }
  climb.begin("msi_free");
  env.msi_free(env.host, device->function, kCount, irqs);
  if (verdict.status == GRAFT_LADDER_PASSED && can_send) {
    device->send_message(device->arg);
    climb.wait(kQuietNs);
    if (probes[kCount - 1].count.load() != 1)
      verdict = broken("msi_free", "no interrupt of the source comes afterwards");
  }
  if (can_send) device->use_message(device->arg, nullptr);
  for (int i = 0; i < 1000 && verdict.status == GRAFT_LADDER_PASSED; ++i) {
    error = env.msi_alloc(env.host, device->function, 1, irqs, messages);
    if (error != GRAFT_OK) return broken("msi_free", "what it gives back can be had again");
    env.msi_free(env.host, device->function, 1, irqs);
  }
  if (verdict.status == GRAFT_LADDER_PASSED && !can_send) return skipped("the device cannot send messages on request");
  return verdict;
}

}  // namespace graft::ladder
