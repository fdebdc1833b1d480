// SPDX-License-Identifier: GPL-2.0-only
// The donor's timer wheel, told to report when its first expiry moves: with one CPU the donor would look at the next
// tick, but there are no ticks here.
#include <linux/sched.h>
#include <linux/sched/nohz.h>

extern void lx_timer_wheel_moved(void);
#define wake_up_nohz_cpu(cpu) lx_timer_wheel_moved()

#include "kernel/time/timer.c"

unsigned long lx_timer_wheel_count(void) {
  unsigned long count = 0;
  int base, bucket;

  for (base = 0; base < NR_BASES; ++base) {
    for (bucket = 0; bucket < WHEEL_SIZE; ++bucket) {
      struct timer_list* timer;

      hlist_for_each_entry(timer, &timer_bases[base].vectors[bucket], entry)++ count;
    }
  }
  return count;
}

void lx_timer_wheel_report_moves(void) { static_branch_enable(&timers_nohz_active); }
