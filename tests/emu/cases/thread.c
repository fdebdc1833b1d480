// SPDX-License-Identifier: BSD-2-Clause
// Threads, completions, wait queues, locks that sleep.
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/wait.h>

#include "linux-emu/boundary/host.h"
#include "linux-emu/emul/task.h"
#include "tests/emu/case.h"

static int count_until_stopped(void* data) {
  int* count = data;

  while (!kthread_should_stop()) {
    ++*count;
    msleep_interruptible(5);
  }
  return 42;
}

static void thread_runs_until_stopped(void) {
  unsigned long tasks = lx_tasks_alive;
  int count = 0;
  struct task_struct* thread = kthread_run(count_until_stopped, &count, "case/%d", 7);

  REQUIRE(!IS_ERR(thread));
  CHECK(!strcmp(thread->comm, "case/7"));
  get_task_struct(thread);
  msleep(50);
  CHECK(count >= 5 && count <= 12);
  CHECK(kthread_stop(thread) == 42);
  put_task_struct(thread);
  msleep(5);
  CHECK(lx_tasks_alive == tasks);
}

static void thread_that_never_ran_is_stopped(void) {
  int count = 0;
  struct task_struct* thread = kthread_create(count_until_stopped, &count, "case");

  REQUIRE(!IS_ERR(thread));
  CHECK(kthread_stop(thread) == -EINTR);
  CHECK(count == 0);
}

static void current_differs_between_threads(void) { CHECK(current->flags & PF_KTHREAD && current->thread.fiber); }

static void completion_times_out(void) {
  DECLARE_COMPLETION_ONSTACK(never);
  u64 start = lxk_now_ns();

  CHECK(wait_for_completion_timeout(&never, msecs_to_jiffies(30)) == 0);
  CHECK(lxk_now_ns() - start >= 29 * NSEC_PER_MSEC && lxk_now_ns() - start < 50 * NSEC_PER_MSEC);
  complete(&never);
  CHECK(wait_for_completion_timeout(&never, HZ) == HZ);
}

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int stage;

static int raise_stage(void* unused) {
  msleep(10);
  stage = 1;
  wake_up(&queue);
  return 0;
}

static void wait_event_sees_its_condition(void) {
  long left;

  stage = 0;
  REQUIRE(!IS_ERR(kthread_run(raise_stage, NULL, "case")));
  left = wait_event_timeout(queue, stage == 1, HZ);
  CHECK(left > 0 && left <= HZ - 8);
  CHECK(wait_event_timeout(queue, stage == 2, 5) == 0);
}

static DEFINE_MUTEX(mutex);
static int holders, most_holders, turns;

static int take_mutex(void* done) {
  for (int i = 0; i < 5; ++i) {
    mutex_lock(&mutex);
    most_holders = max(most_holders, ++holders);
    msleep(1);
    --holders;
    ++turns;
    mutex_unlock(&mutex);
  }
  complete(done);
  return 0;
}

static void mutex_excludes(void) {
  struct completion done[3];

  turns = most_holders = 0;
  for (int i = 0; i < 3; ++i) {
    init_completion(&done[i]);
    REQUIRE(!IS_ERR(kthread_run(take_mutex, &done[i], "case")));
  }
  for (int i = 0; i < 3; ++i) CHECK(wait_for_completion_timeout(&done[i], 5 * HZ));
  CHECK(turns == 15 && most_holders == 1);
  CHECK(mutex_trylock(&mutex));
  CHECK(!mutex_trylock(&mutex));
  mutex_unlock(&mutex);
}

static DECLARE_RWSEM(rwsem);
static struct semaphore semaphore;

static int write_late(void* done) {
  down_write(&rwsem);
  stage = 3;
  up_write(&rwsem);
  up(&semaphore);
  complete(done);
  return 0;
}

static void readers_keep_writers_out(void) {
  DECLARE_COMPLETION_ONSTACK(done);

  stage = 0;
  sema_init(&semaphore, 0);
  down_read(&rwsem);
  REQUIRE(!IS_ERR(kthread_run(write_late, &done, "case")));
  msleep(5);
  CHECK(stage == 0);
  up_read(&rwsem);
  CHECK(wait_for_completion_timeout(&done, HZ));
  CHECK(stage == 3);
  CHECK(down_timeout(&semaphore, HZ) == 0);
  CHECK(down_timeout(&semaphore, 5) == -ETIME);
}

#ifdef CONFIG_DEBUG_ATOMIC_SLEEP
static void sleeping_under_a_spinlock_is_noticed(void) {
  static DEFINE_SPINLOCK(lock);
  unsigned long before = lx_sleeps_in_atomic;

  spin_lock(&lock);
  might_sleep();
  spin_unlock(&lock);
  CHECK(lx_sleeps_in_atomic == before + 1);
  might_sleep();
  CHECK(lx_sleeps_in_atomic == before + 1);
}
#endif

const struct lx_case lx_cases_thread[] = {
    {"thread_runs_until_stopped", thread_runs_until_stopped},
    {"thread_that_never_ran_is_stopped", thread_that_never_ran_is_stopped},
    {"current_differs_between_threads", current_differs_between_threads},
    {"completion_times_out", completion_times_out},
    {"wait_event_sees_its_condition", wait_event_sees_its_condition},
    {"mutex_excludes", mutex_excludes},
    {"readers_keep_writers_out", readers_keep_writers_out},
#ifdef CONFIG_DEBUG_ATOMIC_SLEEP
    {"sleeping_under_a_spinlock_is_noticed", sleeping_under_a_spinlock_is_noticed},
#endif
    {},
};
