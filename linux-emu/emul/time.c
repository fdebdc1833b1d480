// SPDX-License-Identifier: GPL-2.0-only
// Time: jiffies and ktime from the host's clock, and the two world timers that drive wheel and high-resolution timers.
#include "linux-emu/emul/time.h"

#include <linux/clockchips.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/tick.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>

#include "kernel/time/tick-internal.h"
#include "linux-emu/boundary/fiber.h"
#include "linux-emu/boundary/host.h"
#include "linux-emu/boundary/timer.h"

void lx_timer_wheel_report_moves(void);

volatile unsigned long jiffies __cacheline_aligned_in_smp = INITIAL_JIFFIES;

/// The clock at the moment that jiffies counts to, a multiple of TICK_NSEC after the start.
static u64 tick_ns;

/// The wheel's soft interrupt was raised and has not run yet.
static bool wheel_due;

static struct clock_event_device event_device = {.name = "world"};

void lx_time_start(void) {
  tick_ns = lxk_now_ns();
  jiffies = INITIAL_JIFFIES;
  wheel_due = false;
}

void lx_time_run(void) {
  lx_timer_wheel_report_moves();
  // Switches the high-resolution timers on, see tick_check_oneshot_change().
  lx_timer_expired(LX_TIMER_WHEEL);
}

void lx_on_time(uint64_t now_ns) {
  u64 passed = now_ns - tick_ns;

  if ((s64)passed < TICK_NSEC) return;
  if (likely(passed < 2 * TICK_NSEC)) {
    tick_ns += TICK_NSEC;
    ++jiffies;
    return;
  }
  passed = div_u64(passed, TICK_NSEC);
  tick_ns += passed * TICK_NSEC;
  jiffies += passed;
}

void lx_timer_wheel_moved(void) { lxk_timer_arm(LX_TIMER_WHEEL, tick_ns); }

static void arm_wheel(void) {
  u64 next = get_next_timer_interrupt(jiffies, tick_ns);

  lxk_timer_arm(LX_TIMER_WHEEL, next == KTIME_MAX ? U64_MAX : next);
}

void lx_timer_expired(int which) {
  lx_on_time(lxk_now_ns());
  irq_enter_rcu();
  if (which == LX_TIMER_WHEEL) {
    update_process_times(0);
  } else {
    hrtimer_interrupt(&event_device);
  }
  irq_exit_rcu();
  if (which == LX_TIMER_WHEEL) {
    // Timers run in the soft interrupt; until then the wheel's first expiry is the one that passed.
    wheel_due = local_softirq_pending() & (1 << TIMER_SOFTIRQ);
    if (!wheel_due) arm_wheel();
  }
}

void lx_timer_wheel_ran(void) {
  if (!wheel_due || (local_softirq_pending() & (1 << TIMER_SOFTIRQ))) return;
  wheel_due = false;
  arm_wheel();
}

// ---- What the donor's timers ask of a tick device -------------------------------------------------------------------

int tick_program_event(ktime_t expires, int force) {
  lxk_timer_arm(LX_TIMER_HIGH_RESOLUTION, expires == KTIME_MAX ? U64_MAX : (u64)expires);
  return 0;
}

int tick_check_oneshot_change(int allow_nohz) { return 1; }

int tick_init_highres(void) { return 0; }

void tick_setup_sched_timer(void) {}

void tick_irq_enter(void) {}

void tick_nohz_irq_exit(void) {}

void account_process_tick(struct task_struct* task, int user_tick) {}

void scheduler_tick(void) {}

void irq_work_tick(void) {}

// ---- Clocks
// ----------------------------------------------------------------------------------------------------------

// There is no wall clock behind a world: real time, boot time and monotonic time are one.
ktime_t ktime_get(void) { return lxk_now_ns(); }

ktime_t ktime_get_with_offset(enum tk_offsets offset) { return lxk_now_ns(); }

ktime_t ktime_get_coarse_with_offset(enum tk_offsets offset) { return lxk_now_ns(); }

ktime_t ktime_get_raw(void) { return lxk_now_ns(); }

u64 ktime_get_mono_fast_ns(void) { return lxk_now_ns(); }

ktime_t ktime_get_update_offsets_now(unsigned int* sequence, ktime_t* real, ktime_t* boot, ktime_t* tai) {
  *sequence = 1;
  *real = *boot = *tai = 0;
  return lxk_now_ns();
}

time64_t ktime_get_seconds(void) { return div_u64(lxk_now_ns(), NSEC_PER_SEC); }

time64_t ktime_get_real_seconds(void) { return ktime_get_seconds(); }

void ktime_get_ts64(struct timespec64* ts) { *ts = ns_to_timespec64(lxk_now_ns()); }

void ktime_get_real_ts64(struct timespec64* ts) { ktime_get_ts64(ts); }

void ktime_get_coarse_real_ts64(struct timespec64* ts) { ktime_get_ts64(ts); }

unsigned long long notrace sched_clock(void) { return lxk_now_ns(); }

// ---- Waiting without sleeping
// ----------------------------------------------------------------------------------------

void lx_cpu_relax(void) {
  asm volatile("pause" ::: "memory");
  graft_cpu_relax(__builtin_return_address(0) - 1);
}

void lx_delay_ns(unsigned long ns) {
  const void* caller = __builtin_return_address(0) - 1;  // inside the call, not behind it
  u64 start = lxk_now_ns(), now = start;

  while (now - start < ns) {
    // Interrupts and timers cost more than a very short wait is worth.
    asm volatile("pause" ::: "memory");
    if (ns > 20 * NSEC_PER_USEC) graft_cpu_relax(caller);
    now = lxk_now_ns();
  }
  // Short ones as well: a polling loop is often made of many.
  graft_cpu_note_busy_wait(start, now, caller);
}

unsigned long loops_per_jiffy = 1 << 20;
