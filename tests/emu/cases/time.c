// SPDX-License-Identifier: BSD-2-Clause
// Timers against the host's clock.
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/timer.h>

#include "linux-emu/boundary/host.h"
#include "tests/emu/case.h"

struct shot {
  struct timer_list timer;
  u64 fired_ns;
  int count;
};

static void fire(struct timer_list* timer) {
  struct shot* shot = from_timer(shot, timer, timer);

  shot->fired_ns = lxk_now_ns();
  ++shot->count;
}

static void wheel_timers_fire_on_time(void) {
  static const unsigned int delays_ms[] = {1, 2, 5, 17, 60, 250, 1100};
  struct shot shots[ARRAY_SIZE(delays_ms)] = {};
  u64 start = lxk_now_ns();
  size_t i;

  for (i = 0; i < ARRAY_SIZE(delays_ms); ++i) {
    timer_setup(&shots[i].timer, fire, 0);
    mod_timer(&shots[i].timer, jiffies + msecs_to_jiffies(delays_ms[i]));
  }
  msleep(1500);
  for (i = 0; i < ARRAY_SIZE(delays_ms); ++i) {
    s64 late_ns = shots[i].fired_ns - start - delays_ms[i] * NSEC_PER_MSEC;

    CHECK(shots[i].count == 1);
    // Not early, but for the part of a jiffy that had passed; the wheel rounds up by at most an eighth.
    CHECK(late_ns >= -(s64)TICK_NSEC);
    CHECK(late_ns <= (s64)(2 * TICK_NSEC + delays_ms[i] * NSEC_PER_MSEC / 8));
    CHECK(!del_timer_sync(&shots[i].timer));
  }
}

static void deleted_timer_does_not_fire(void) {
  struct shot shot = {};

  timer_setup(&shot.timer, fire, 0);
  mod_timer(&shot.timer, jiffies + 20);
  CHECK(timer_pending(&shot.timer));
  CHECK(del_timer_sync(&shot.timer));
  msleep(60);
  CHECK(shot.count == 0);
}

static void earlier_timer_overtakes(void) {
  struct shot late = {}, early = {};

  timer_setup(&late.timer, fire, 0);
  timer_setup(&early.timer, fire, 0);
  mod_timer(&late.timer, jiffies + 5 * HZ);
  mod_timer(&early.timer, jiffies + 10);
  msleep(30);
  CHECK(early.count == 1 && late.count == 0);
  del_timer_sync(&late.timer);
}

static void sleep_lasts_as_long_as_asked(void) {
  u64 start = lxk_now_ns(), passed;

  msleep(40);
  passed = lxk_now_ns() - start;
  CHECK(passed >= 40 * NSEC_PER_MSEC && passed < 60 * NSEC_PER_MSEC);
  start = lxk_now_ns();
  usleep_range(300, 400);
  passed = lxk_now_ns() - start;
  CHECK(passed >= 300 * NSEC_PER_USEC && passed < 2 * NSEC_PER_MSEC);
}

static void jiffies_follow_the_clock(void) {
  unsigned long before = jiffies;
  u64 start = lxk_now_ns();

  msleep(100);
  CHECK(abs((long)(jiffies - before) - (long)((lxk_now_ns() - start) / TICK_NSEC)) <= 1);
}

static void jiffies_advance_in_a_polling_loop(void) {
  unsigned long end = jiffies + msecs_to_jiffies(5);
  unsigned long turns = 0;

  while (time_before(jiffies, end) && ++turns < 100000000) cpu_relax();
  CHECK(time_after_eq(jiffies, end));
}

static void delays_are_busy_but_right(void) {
  u64 start = lxk_now_ns(), passed;

  udelay(50);
  mdelay(3);
  passed = lxk_now_ns() - start;
  CHECK(passed >= 3050 * NSEC_PER_USEC && passed < 10 * NSEC_PER_MSEC);
}

struct precise {
  struct hrtimer timer;
  int count;
  u64 last_ns;
};

static enum hrtimer_restart tick(struct hrtimer* timer) {
  struct precise* precise = container_of(timer, struct precise, timer);

  precise->last_ns = lxk_now_ns();
  if (++precise->count == 5) return HRTIMER_NORESTART;
  hrtimer_forward_now(timer, ns_to_ktime(250 * NSEC_PER_USEC));
  return HRTIMER_RESTART;
}

static void high_resolution_timer_repeats(void) {
  struct precise precise = {};
  u64 start = lxk_now_ns();

  hrtimer_init(&precise.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
  precise.timer.function = tick;
  hrtimer_start(&precise.timer, ns_to_ktime(250 * NSEC_PER_USEC), HRTIMER_MODE_REL);
  msleep(20);
  CHECK(precise.count == 5);
  CHECK(precise.last_ns - start >= 5 * 250 * NSEC_PER_USEC);
  CHECK(precise.last_ns - start < 5 * NSEC_PER_MSEC);
  CHECK(hrtimer_cancel(&precise.timer) == 0);
}

static void timeout_returns_what_is_left(void) {
  set_current_state(TASK_UNINTERRUPTIBLE);
  CHECK(schedule_timeout(10) == 0);
  CHECK(get_current_state() == TASK_RUNNING);
}

const struct lx_case lx_cases_time[] = {
    {"wheel_timers_fire_on_time", wheel_timers_fire_on_time},
    {"deleted_timer_does_not_fire", deleted_timer_does_not_fire},
    {"earlier_timer_overtakes", earlier_timer_overtakes},
    {"sleep_lasts_as_long_as_asked", sleep_lasts_as_long_as_asked},
    {"jiffies_follow_the_clock", jiffies_follow_the_clock},
    {"jiffies_advance_in_a_polling_loop", jiffies_advance_in_a_polling_loop},
    {"delays_are_busy_but_right", delays_are_busy_but_right},
    {"high_resolution_timer_repeats", high_resolution_timer_repeats},
    {"timeout_returns_what_is_left", timeout_returns_what_is_left},
    {},
};
