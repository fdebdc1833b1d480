// SPDX-License-Identifier: BSD-2-Clause
// The event loop host with a world but no drivers. A case begins in its body and ends where it calls done().
#include <graft/kit.h>

#include <functional>

#include "kernels/eventloop/host.hpp"
#include "kernels/support/clock.hpp"
#include "tests/qemu/edu.hpp"
#include "tests/qemu/kernel_test.hpp"
#include "tests/qemu/world_lab.h"

using namespace graft::eventloop;
using graft::test::KernelTest;

namespace {

constexpr uint64_t kMs = 1'000'000;

graft_kit_t* g_kit;
graft::test::Edu g_edu;

void finish();

/// Ends one case and begins the next.
Task g_runner(
    [](void*) {
      KernelTest::end_current();
      g_runner.remove();
      if (!KernelTest::begin_next()) finish();
      return kForever;
    },
    nullptr);

void done() { g_runner.add(); }

/// A task that belongs to the running case: `step` says when it wants to be polled again.
uint64_t (*g_step)();
Task g_case([](void*) { return g_step(); }, nullptr);

void begin(uint64_t (*step)()) {
  g_step = step;
  g_case.add();
}

uint64_t end_case() {
  g_case.remove();
  done();
  return kForever;
}

/// The world must go without anything to wait for.
Call g_last;

void finish() {
  const auto detach = [](void*) { return graft_kit_detach_all(g_kit); };
  const auto end = [](void*, graft_error_t status) {
    run_world(nullptr);
    const bool is_gone = status == GRAFT_OK && graft_kit_destroy(g_kit) == GRAFT_OK;
    const uint64_t parks = loop_stats().parks;
    printf("%s nothing_waited_from_start_to_end: thread_park was called %lu times\n",
           is_gone && parks == 0 ? "PASS" : "FAIL", parks);
    exit(KernelTest::verdict() == 0 && is_gone && parks == 0);
  };
  if (g_last.start(detach, nullptr, end) != GRAFT_OK) exit(false);
}

}  // namespace

KERNEL_TEST(a_task_is_polled_at_its_deadline) {
  static constexpr uint64_t kDurations[] = {0, 50'000, kMs, 7 * kMs, 1500 * kMs};  // the last beyond the timer's reach
  static size_t round;
  static uint64_t deadline, halts;
  round = 0;
  deadline = 0;
  halts = loop_stats().halts;
  begin([] {
    EXPECT(now_ns() >= deadline);
    if (round == 5) {
      EXPECT(loop_stats().halts > halts);
      return end_case();
    }
    return deadline = now_ns() + kDurations[round++];
  });
}

KERNEL_TEST(the_processor_halts_while_nothing_is_due) {
  static LoopStats before;
  static int round;
  round = 0;
  begin([] {
    if (round++ == 0) {
      before = loop_stats();
      return now_ns() + 100 * kMs;
    }
    // A few interrupts may come in between, but no polling.
    EXPECT(loop_stats().turns - before.turns < 20);
    return end_case();
  });
}

KERNEL_TEST(blocking_methods_are_refused_in_the_loop) {
  uint32_t attached = 0;
  EXPECT(graft_bus_probe(graft_kit_pci_bus(g_kit), &attached) == GRAFT_E_BADSTATE);
  EXPECT(graft_kit_detach_all(g_kit) == GRAFT_E_BADSTATE);
  const auto nothing = [](void*) { return GRAFT_OK; };
  EXPECT(graft_world_call(graft_kit_world(g_kit), nothing, nullptr) == GRAFT_E_BADSTATE);
  done();
}

KERNEL_TEST(calls_complete_once_each_in_the_loop) {
  static constexpr int kCalls = 40;
  struct Sleeper {
    Call call;
    int index, starts, ends;
  };
  static Sleeper sleepers[kCalls];
  static bool inside;
  for (int i = 0; i < kCalls; ++i) {
    sleepers[i].index = i;
    inside = true;
    const graft_error_t error = sleepers[i].call.start(
        [](void* arg) {
          auto* self = static_cast<Sleeper*>(arg);
          ++self->starts;
          for (int nap = 0; nap < 3; ++nap) graft_lab_sleep((self->index % 5) * kMs / 4);
          return self->index % 2 ? GRAFT_E_IO : GRAFT_OK;
        },
        &sleepers[i],
        [](void* arg, graft_error_t status) {
          auto* self = static_cast<Sleeper*>(arg);
          EXPECT(!inside);
          EXPECT(status == (self->index % 2 ? GRAFT_E_IO : GRAFT_OK));
          EXPECT(!self->call.is_running());
          ++self->ends;
          // What only the loop may do: an upcall would get BADSTATE.
          bool more;
          uint64_t deadline;
          EXPECT(graft_world_run(graft_kit_world(g_kit), 1, &more, &deadline) == GRAFT_OK);
          run_world(graft_kit_world(g_kit));
        });
    EXPECT(error == GRAFT_OK);
    EXPECT(sleepers[i].call.is_running());
    EXPECT(sleepers[i].call.start(nullptr, nullptr, nullptr) == GRAFT_E_BADSTATE);
    inside = false;
  }
  // Long enough that a second end would show.
  static int round;
  round = 0;
  begin([] {
    if (++round < 60) return now_ns() + kMs;
    for (const Sleeper& sleeper : sleepers) EXPECT(sleeper.starts == 1 && sleeper.ends == 1);
    return end_case();
  });
}

KERNEL_TEST(a_call_may_be_started_again_at_its_end) {
  static Call call;
  static int rounds;
  struct Again {
    static void start() {
      const auto nap = [](void*) {
        graft_lab_sleep(1000);
        return GRAFT_OK;
      };
      EXPECT(call.start(nap, nullptr, [](void*, graft_error_t) { ++rounds < 100 ? start() : done(); }) == GRAFT_OK);
    }
  };
  rounds = 0;
  Again::start();
}

KERNEL_TEST(a_call_without_a_world_is_refused) {
  static Call call;
  run_world(nullptr);
  EXPECT(call.start([](void*) { return GRAFT_OK; }, nullptr, nullptr) == GRAFT_E_BADSTATE);
  run_world(graft_kit_world(g_kit));
  done();
}

KERNEL_TEST(endless_work_of_the_world_keeps_to_its_budget) {
  static int round;
  static uint64_t last;
  round = 0;
  last = graft_lab_work_done();
  graft_lab_work_start();
  begin([] {
    const uint64_t work = graft_lab_work_done();
    EXPECT(work - last <= kWorldBudget);
    last = work;
    if (++round < 1000) return uint64_t{0};
    EXPECT(work > 1000);
    graft_lab_work_stop();
    return end_case();
  });
}

KERNEL_TEST(a_line_that_interrupts_for_ever_leaves_the_loop_its_turns) {
  const graft_ladder_device_t& device = g_edu.ladder_device();
  uint32_t line = 0;
  ASSERT(osenv()->irq_route(osenv()->host, device.function, device.pin, &line) == GRAFT_OK);
  EXPECT(graft_lab_storm_start(line) == GRAFT_OK);
  static uint64_t handled, deadline;
  static int round;
  handled = graft_lab_storm_count();
  deadline = 0;
  round = 0;
  g_edu.raise();
  begin([] {
    EXPECT(now_ns() >= deadline);
    if (++round < 20) return deadline = now_ns() + kMs;
    EXPECT(graft_lab_storm_count() - handled > 20);
    g_edu.lower();
    graft_lab_storm_stop();
    return end_case();
  });
}

KERNEL_TEST(messages_that_bring_each_other_leave_the_loop_its_turns) {
  const auto again = [](void*) {
    g_edu.raise();
    g_edu.lower();
  };
  graft_msi_message_t message{};
  ASSERT(graft_lab_message_storm_start(g_edu.ladder_device().function, again, nullptr, &message) == GRAFT_OK);
  g_edu.use_message(&message);
  static uint64_t handled, deadline;
  static int round;
  handled = graft_lab_storm_count();
  deadline = 0;
  round = 0;
  again(nullptr);
  begin([] {
    EXPECT(now_ns() >= deadline);
    if (++round < 20) return deadline = now_ns() + kMs;
    EXPECT(graft_lab_storm_count() - handled > 20);
    g_edu.use_message(nullptr);
    graft_lab_storm_stop();
    return end_case();
  });
}

namespace {

/// Has the timer interrupt at every moment between the end of the last poll and the halt, in steps as small as the
/// timer's; its handler wakes a task that nothing else makes due. A wake that got lost would let the loop sleep for
/// ever, and the run ends as one that took too long.
void race() {
  static constexpr uint64_t kSpanNs = 6'000;
  static uint64_t delay, wakes, polls;
  // From here on the loop has no deadlines of its own: the timer is the case's.
  graft::support::set_timer_handler([] {
    ++wakes;
    g_case.wake();
  });
  begin([] {
    EXPECT(wakes == polls);
    if (delay == kSpanNs) {
      printf("PASS a_wake_between_look_and_halt_is_not_lost\n");
      printf("%lu wakes, %lu halts\n", wakes, loop_stats().halts);
      // Some came before the halt, and some ended it.
      exit(wakes == kSpanNs && loop_stats().halts > 0 && loop_stats().halts < kSpanNs);
    }
    ++polls;
    graft::support::arm_timer(now_ns() + delay++);
    return kForever;
  });
}

}  // namespace

void host_start() {
  if (option("how") == "race") return race();
  if (option("how") == "overflow") {
    struct Deep {
      [[gnu::noinline]] static int recurse(volatile char* page, int depth) {
        volatile char local[512];
        local[0] = page[0];
        return depth == 0 ? local[0] : recurse(local, depth - 1) + local[0];
      }
    };
    char start = 1;
    Deep::recurse(&start, 1 << 20);
  }
  if (!g_edu.init(*osenv(), false) || graft_kit_create(osenv(), nullptr, &g_kit) != GRAFT_OK) exit(false);
  run_world(graft_kit_world(g_kit));
  if (!KernelTest::begin_next()) exit(false);
}
