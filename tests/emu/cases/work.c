// SPDX-License-Identifier: BSD-2-Clause
// Workqueues, starvation above all.
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "linux-emu/boundary/host.h"
#include "tests/emu/case.h"

struct job {
  struct work_struct work;
  struct completion done;
  int runs;
};

static void run(struct work_struct* work) {
  struct job* job = container_of(work, struct job, work);

  ++job->runs;
  complete(&job->done);
}

static void work_runs_and_flushes(void) {
  struct job job = {};

  INIT_WORK_ONSTACK(&job.work, run);
  init_completion(&job.done);
  CHECK(schedule_work(&job.work));
  CHECK(!schedule_work(&job.work));
  CHECK(flush_work(&job.work));
  CHECK(job.runs == 1);
  CHECK(!cancel_work_sync(&job.work));
}

static struct delayed_work later;
static u64 later_ns;

static void run_later(struct work_struct* work) { later_ns = lxk_now_ns(); }

static void delayed_work_waits(void) {
  u64 start = lxk_now_ns();

  INIT_DELAYED_WORK(&later, run_later);
  later_ns = 0;
  CHECK(schedule_delayed_work(&later, msecs_to_jiffies(30)));
  msleep(60);
  CHECK(later_ns >= start + 29 * NSEC_PER_MSEC && later_ns < start + 45 * NSEC_PER_MSEC);
  CHECK(schedule_delayed_work(&later, HZ));
  later_ns = 0;
  CHECK(cancel_delayed_work_sync(&later));
  msleep(20);
  CHECK(later_ns == 0);
}

static struct {
  struct work_struct waits, releases;
  struct completion released, finished;
  bool flag;
} chain;

static void wait_for_other(struct work_struct* work) {
  wait_for_completion(&chain.released);
  complete(&chain.finished);
}

static void release_other(struct work_struct* work) { complete(&chain.released); }

static void sleeping_worker_does_not_hold_up_its_queue(void) {
  INIT_WORK(&chain.waits, wait_for_other);
  INIT_WORK(&chain.releases, release_other);
  init_completion(&chain.released);
  init_completion(&chain.finished);
  schedule_work(&chain.waits);
  schedule_work(&chain.releases);
  CHECK(wait_for_completion_timeout(&chain.finished, 5 * HZ));
}

static void spin_for_other(struct work_struct* work) {
  while (!READ_ONCE(chain.flag)) cond_resched();
  complete(&chain.finished);
}

static void set_flag(struct work_struct* work) { chain.flag = true; }

static void spinning_worker_does_not_hold_up_its_queue(void) {
  INIT_WORK(&chain.waits, spin_for_other);
  INIT_WORK(&chain.releases, set_flag);
  init_completion(&chain.finished);
  chain.flag = false;
  schedule_work(&chain.waits);
  schedule_work(&chain.releases);
  CHECK(wait_for_completion_timeout(&chain.finished, 5 * HZ));
}

static int order[3], next_order;

static void note_order(struct work_struct* work) {
  int self = next_order++;

  if (self < 2) msleep(5);
  order[self] = self;
  if (self) CHECK(order[self - 1] == self - 1);
}

static void ordered_queue_runs_one_at_a_time(void) {
  struct workqueue_struct* queue = alloc_ordered_workqueue("case", 0);
  struct work_struct works[3];

  REQUIRE(queue);
  memset(order, 0xff, sizeof(order));
  next_order = 0;
  for (int i = 0; i < 3; ++i) {
    INIT_WORK_ONSTACK(&works[i], note_order);
    queue_work(queue, &works[i]);
  }
  flush_workqueue(queue);
  CHECK(next_order == 3);
  destroy_workqueue(queue);
}

const struct lx_case lx_cases_work[] = {
    {"work_runs_and_flushes", work_runs_and_flushes},
    {"delayed_work_waits", delayed_work_waits},
    {"sleeping_worker_does_not_hold_up_its_queue", sleeping_worker_does_not_hold_up_its_queue},
    {"spinning_worker_does_not_hold_up_its_queue", spinning_worker_does_not_hold_up_its_queue},
    {"ordered_queue_runs_one_at_a_time", ordered_queue_runs_one_at_a_time},
    {},
};
