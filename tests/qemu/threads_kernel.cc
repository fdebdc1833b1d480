// SPDX-License-Identifier: BSD-2-Clause
// Threads of the threaded host, without a kit.
#include <atomic>
#include <cstring>

#include "kernels/support/clock.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/threaded/host.hpp"
#include "tests/qemu/kernel_test.hpp"

using namespace graft::threaded;

namespace {

constexpr uint64_t kMs = 1'000'000;

Semaphore g_done;

/// Runs a function without captures as a thread that reports its end through g_done.
template <typename F>
Thread* spawn(uint8_t priority, F) {
  return create_thread("worker", priority, [](void*) {
    F{}();
    g_done.release();
  });
}

void spin_ns(uint64_t duration) {
  for (const uint64_t end = now_ns() + duration; now_ns() < end;) graft::support::relax();
}

}  // namespace

KERNEL_TEST(a_spinning_thread_is_preempted) {
  static std::atomic<uint64_t> counts[2];
  static std::atomic<bool> stop;
  stop = false;
  spawn(kBackgroundPriority, [] {
    while (!stop) ++counts[0];
  });
  spawn(kBackgroundPriority, [] {
    while (!stop) ++counts[1];
  });
  sleep_ns(60 * kMs);
  // Both got a share, and this thread, of higher priority, its turn.
  EXPECT(counts[0] > 0 && counts[1] > 0);
  stop = true;
  g_done.acquire();
  g_done.acquire();
  EXPECT(scheduler_stats().preemptions > 0);
}

KERNEL_TEST(equals_take_turns_though_a_higher_one_interrupts) {
  static std::atomic<uint64_t> counts[2];
  static std::atomic<bool> stop;
  stop = false;
  spawn(kBackgroundPriority, [] {
    while (!stop) ++counts[0];
  });
  spawn(kBackgroundPriority, [] {
    while (!stop) ++counts[1];
  });
  // Several times in each time slice.
  for (int i = 0; i < 60; ++i) sleep_ns(kMs);
  EXPECT(counts[0] > 0 && counts[1] > 0);
  stop = true;
  g_done.acquire();
  g_done.acquire();
}

KERNEL_TEST(higher_priority_runs_at_once) {
  static int step;
  step = 0;
  spawn(kServicePriority, [] { step = 1; });
  EXPECT(step == 1);
  spawn(kBackgroundPriority, [] { step = 2; });
  EXPECT(step == 1);
  g_done.acquire();
  g_done.acquire();
  EXPECT(step == 2);
}

KERNEL_TEST(registers_survive_preemption) {
  static std::atomic<bool> wrong;
  wrong = false;
  for (int i = 0; i < 3; ++i) {
    spawn(kNormalPriority, [] {
      const uint64_t seed = reinterpret_cast<uint64_t>(current_thread());
      for (const uint64_t end = now_ns() + 40 * kMs; now_ns() < end;) {
        uint64_t a = seed, b = seed + 1, c = seed + 2, d = seed + 3;
        asm volatile(
            "mov $20000, %%rcx\n\t"
            "1: add $1, %0; add $1, %1; add $1, %2; add $1, %3\n\t"
            "dec %%rcx\n\t"
            "jnz 1b"
            : "+r"(a), "+r"(b), "+r"(c), "+r"(d)
            :
            : "rcx", "cc");
        if (a != seed + 20000 || b != seed + 20001 || c != seed + 20002 || d != seed + 20003) wrong = true;
      }
    });
  }
  for (int i = 0; i < 3; ++i) g_done.acquire();
  EXPECT(!wrong);
}

KERNEL_TEST(sleep_meets_its_deadline) {
  for (const uint64_t duration : {kMs, 5 * kMs, 25 * kMs}) {
    const uint64_t deadline = now_ns() + duration;
    sleep_until(deadline);
    EXPECT(now_ns() >= deadline);
  }
}

KERNEL_TEST(sleepers_wake_in_order) {
  static int order[3];
  static int next;
  next = 0;
  static const auto sleeper = [](void* index) {
    sleep_ns((30 - 10 * reinterpret_cast<uint64_t>(index)) * kMs);
    order[next++] = static_cast<int>(reinterpret_cast<uint64_t>(index));
    g_done.release();
  };
  for (uint64_t i = 0; i < 3; ++i) create_thread("sleeper", kServicePriority, sleeper, reinterpret_cast<void*>(i));
  for (int i = 0; i < 3; ++i) g_done.acquire();
  EXPECT(order[0] == 2 && order[1] == 1 && order[2] == 0);
}

KERNEL_TEST(a_permit_is_kept_and_used_once) {
  unpark(current_thread());
  unpark(current_thread());
  const uint64_t start = now_ns();
  park(kForever);
  EXPECT(now_ns() - start < 1000 * kMs);
  park(start + 20 * kMs);
  EXPECT(now_ns() >= start + 20 * kMs);
}

KERNEL_TEST(unpark_ends_a_park_but_no_other_wait) {
  static bool awake;
  awake = false;
  Thread* parked = spawn(kServicePriority, [] {
    park(kForever);
    awake = true;
  });
  EXPECT(!awake);
  unpark(parked);
  EXPECT(awake);
  g_done.acquire();

  static Semaphore gate;
  awake = false;
  Thread* waiting = spawn(kServicePriority, [] {
    gate.acquire();
    park(kForever);  // the permit came meanwhile
    awake = true;
  });
  unpark(waiting);
  EXPECT(!awake);
  gate.release();
  EXPECT(awake);
  g_done.acquire();
}

KERNEL_TEST(semaphore_times_out_and_forgets_the_waiter) {
  Semaphore semaphore;
  const uint64_t deadline = now_ns() + 5 * kMs;
  EXPECT(!semaphore.acquire(deadline));
  EXPECT(now_ns() >= deadline);
  semaphore.release();
  EXPECT(semaphore.acquire(now_ns() + kMs));
  EXPECT(!semaphore.acquire(0));
}

KERNEL_TEST(mutex_excludes) {
  static Mutex mutex;
  static std::atomic<int> inside, most;
  static long total;
  most = 0;
  total = 0;
  for (int i = 0; i < 4; ++i) {
    spawn(kNormalPriority, [] {
      for (int round = 0; round < 50; ++round) {
        MutexLock lock(mutex);
        const int now = ++inside;
        if (now > most) most = now;
        spin_ns(kMs / 4);
        ++total;
        --inside;
      }
    });
  }
  for (int i = 0; i < 4; ++i) g_done.acquire();
  EXPECT(most == 1);
  EXPECT(total == 200);
  EXPECT(mutex.try_lock());
  mutex.unlock();
}

KERNEL_TEST(ended_threads_give_their_memory_back) {
  g_done.release();
  g_done.acquire();
  for (int i = 0; i < 4; ++i) {
    spawn(kServicePriority, [] {});
    g_done.acquire();
  }
  const MemoryStats before = memory_stats();
  for (int i = 0; i < 500; ++i) {
    spawn(kServicePriority, [] {});
    g_done.acquire();
  }
  EXPECT(memory_stats().free_bytes == before.free_bytes);
  EXPECT(memory_stats().heap_bytes == before.heap_bytes);
}

KERNEL_TEST(stress_of_wakeups) {
  static Semaphore to, from;
  spawn(kServicePriority, [] {
    for (int i = 0; i < 20'000; ++i) {
      to.acquire();
      from.release();
    }
  });
  for (int i = 0; i < 20'000; ++i) {
    to.release();
    from.acquire();
  }
  g_done.acquire();
}

namespace {

[[gnu::noinline]] int recurse(volatile char* page, int depth) {
  volatile char local[512];
  local[0] = page[0];
  return depth == 0 ? local[0] : recurse(local, depth - 1) + local[0];
}

}  // namespace

int host_main() {
  if (option("how") == "overflow") {
    spawn(kServicePriority, [] {
      char start = 1;
      recurse(&start, 1 << 20);
    });
  }
  if (option("how") == "mutex") {
    Mutex mutex;
    mutex.lock();
    mutex.lock();
  }
  return graft::test::KernelTest::run_all();
}
