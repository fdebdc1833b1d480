// SPDX-License-Identifier: GPL-2.0-only
// Tasks: one for each fiber of the world, and one that host threads share. Sleeping and waking are the donor's own
// (wait queues, completions, mutexes, timeouts); what is here is what they rest on.
#include "linux-emu/emul/task.h"

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/wake_q.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "linux-emu/boundary/fiber.h"
#include "linux-emu/boundary/host.h"

void wq_worker_running(struct task_struct* task);
void wq_worker_sleeping(struct task_struct* task);

/// A worker that kept the CPU this long without sleeping counts as asleep when it offers to yield, so that its pool
/// starts another worker for the rest of the queue.
#define WORKER_PATIENCE_NS (10 * NSEC_PER_MSEC)

static struct task_struct host_task;
static int last_pid;

unsigned long lx_tasks_alive;
unsigned long lx_sleeps_in_atomic;

static void task_init(struct task_struct* task, const char* name) {
  memset(task, 0, sizeof(*task));
  refcount_set(&task->usage, 1);
  refcount_set(&task->rcu_users, 1);
  task->__state = TASK_RUNNING;
  task->flags = PF_KTHREAD;
  task->thread_info.preempt_count = 0;
  task->prio = task->static_prio = task->normal_prio = MAX_PRIO - 20;
  task->policy = SCHED_NORMAL;
  task->nr_cpus_allowed = 1;
  task->cpus_ptr = &task->cpus_mask;
  cpumask_set_cpu(0, &task->cpus_mask);
  task->pid = task->tgid = last_pid++;
  task->real_parent = task->parent = task->group_leader = task;
  spin_lock_init(&task->alloc_lock);
  raw_spin_lock_init(&task->pi_lock);
  INIT_LIST_HEAD(&task->tasks);
  INIT_LIST_HEAD(&task->children);
  INIT_LIST_HEAD(&task->sibling);
  strscpy(task->comm, name, sizeof(task->comm));
}

struct task_struct* lx_host_task(void) {
  last_pid = 0;
  lx_tasks_alive = 0;
  task_init(&host_task, "host");
  return &host_task;
}

struct task_struct* lx_task_create(lx_fiber_t* fiber) {
  struct task_struct* task = kmalloc(sizeof(*task), GFP_ATOMIC);

  if (!task) return NULL;
  task_init(task, "fiber");
  task->thread.fiber = fiber;
  ++lx_tasks_alive;
  return task;
}

void lx_task_release(struct task_struct* task) {
  WRITE_ONCE(task->__state, TASK_DEAD);
  task->thread.fiber = NULL;
  put_task_struct(task);
}

void __put_task_struct(struct task_struct* task) {
  free_kthread_struct(task);
  --lx_tasks_alive;
  kfree(task);
}

void lx_on_switch(void) { rcu_note_context_switch(false); }

// ---- Sleeping and waking
// ---------------------------------------------------------------------------------------------

static void sleep_or_yield(struct task_struct* task) {
  if (READ_ONCE(task->__state) == TASK_RUNNING) {
    if (lxk_can_block()) lxk_fiber_yield();
    return;
  }
  if (task->flags & PF_WQ_WORKER) {
    wq_worker_sleeping(task);
    // What that woke may in turn have woken this task.
    if (READ_ONCE(task->__state) != TASK_RUNNING) lxk_fiber_block();
    wq_worker_running(task);
  } else {
    lxk_fiber_block();
  }
  task->thread.running_since_ns = lxk_now_ns();
}

asmlinkage void schedule(void) {
  struct task_struct* task = current;

  rcu_note_context_switch(false);
  // A wake-up that is not for this task (a stale one) leaves the state as it was: go back to sleep.
  do {
    sleep_or_yield(task);
  } while (READ_ONCE(task->__state) != TASK_RUNNING);
}

void schedule_preempt_disabled(void) {
  preempt_enable_no_resched();
  schedule();
  preempt_disable();
}

void io_schedule(void) { schedule(); }

long io_schedule_timeout(long timeout) { return schedule_timeout(timeout); }

int io_schedule_prepare(void) { return 0; }

void io_schedule_finish(int token) {}

static int wake(struct task_struct* task, unsigned int states) {
  if (!(READ_ONCE(task->__state) & states)) return 0;
  WRITE_ONCE(task->__state, TASK_RUNNING);
  if (task->thread.fiber && task != current) lxk_fiber_wake(task->thread.fiber);
  return 1;
}

int wake_up_process(struct task_struct* task) { return wake(task, TASK_NORMAL); }

int wake_up_state(struct task_struct* task, unsigned int states) { return wake(task, states); }

int default_wake_function(struct wait_queue_entry* entry, unsigned int mode, int flags, void* key) {
  return wake(entry->private, mode);
}

void wake_q_add(struct wake_q_head* head, struct task_struct* task) {
  struct wake_q_node* node = &task->wake_q;

  if (node->next) return;
  node->next = WAKE_Q_TAIL;
  get_task_struct(task);
  *head->lastp = node;
  head->lastp = &node->next;
}

void wake_q_add_safe(struct wake_q_head* head, struct task_struct* task) {
  wake_q_add(head, task);
  put_task_struct(task);
}

void wake_up_q(struct wake_q_head* head) {
  struct wake_q_node* node = head->first;

  while (node != WAKE_Q_TAIL) {
    struct task_struct* task = container_of(node, struct task_struct, wake_q);

    node = node->next;
    task->wake_q.next = NULL;
    wake_up_process(task);
    put_task_struct(task);
  }
}

int __cond_resched(void) {
  struct task_struct* task = current;
  bool spinning_worker;

  rcu_all_qs();
  if (!lxk_can_block() || preempt_count() || irqs_disabled()) return 0;
  spinning_worker = (task->flags & PF_WQ_WORKER) && lxk_now_ns() - task->thread.running_since_ns > WORKER_PATIENCE_NS;
  if (spinning_worker) wq_worker_sleeping(task);
  lxk_fiber_yield();
  if (spinning_worker) wq_worker_running(task);
  return 1;
}

void yield(void) {
  set_current_state(TASK_RUNNING);
  schedule();
}

void resched_cpu(int cpu) { lxk_request_soft(); }

int idle_cpu(int cpu) { return 0; }

#ifdef CONFIG_DEBUG_ATOMIC_SLEEP
static void check_may_sleep(const char* file, int line, unsigned int offsets) {
  if (!irqs_disabled() && preempt_count() == (int)(offsets & MIGHT_RESCHED_PREEMPT_MASK)) return;
  ++lx_sleeps_in_atomic;
  WARN_ONCE(1, "sleeping function called from atomic context at %s:%d, preempt count %x, irqs %s\n", file, line,
            preempt_count(), irqs_disabled() ? "off" : "on");
}

void __might_resched(const char* file, int line, unsigned int offsets) { check_may_sleep(file, line, offsets); }

void __might_sleep(const char* file, int line) { check_may_sleep(file, line, 0); }

void __cant_sleep(const char* file, int line, int preempt_offset) {}

void __cant_migrate(const char* file, int line) {}
#endif

#ifdef CONFIG_PREEMPT_COUNT
// Only what is out of line: with PREEMPT_NONE the count never leads to a switch.
#endif

// ---- Threads
// ---------------------------------------------------------------------------------------------------------

struct thread_start {
  int (*fn)(void*);
  void* arg;
};

static void run_thread(void* arg) {
  struct thread_start start = *(struct thread_start*)arg;

  kfree(arg);
  current->thread.running_since_ns = lxk_now_ns();
  do_exit(start.fn ? start.fn(start.arg) : -ENOMEM);
}

static struct task_struct* create_thread(struct thread_start* start, const char* name) {
  lx_fiber_t* fiber = start ? lxk_fiber_create(run_thread, start, "kthread") : NULL;
  struct task_struct* task;

  if (!fiber) {
    kfree(start);
    return NULL;
  }
  task = lxk_fiber_task(fiber);
  strscpy(task->comm, name, sizeof(task->comm));
  return task;
}

static struct thread_start* make_start(int (*fn)(void*), void* arg) {
  struct thread_start* start = kmalloc(sizeof(*start), GFP_KERNEL);

  if (start) *start = (struct thread_start){fn, arg};
  return start;
}

struct task_struct* lx_thread_create(int (*fn)(void*), void* arg, const char* name) {
  return create_thread(make_start(fn, arg), name);
}

pid_t kernel_thread(int (*fn)(void*), void* arg, unsigned long flags) {
  struct thread_start* start = make_start(fn, arg);
  struct task_struct* task = create_thread(start, current->comm);
  pid_t pid;

  if (!task) return -ENOMEM;
  pid = task->pid;
  if (!set_kthread_struct(task)) {
    // A fiber ends by running: it finds nothing to do.
    start->fn = NULL;
    pid = -ENOMEM;
  }
  lxk_fiber_wake(task->thread.fiber);
  return pid;
}

void __noreturn do_exit(long code) {
  struct completion* done = current->vfork_done;

  current->exit_code = code;
  current->vfork_done = NULL;
  if (done) complete_all(done);
  lxk_fiber_exit();
}

void __set_task_comm(struct task_struct* task, const char* name, bool exec) {
  strscpy(task->comm, name, sizeof(task->comm));
}

char* __get_task_comm(char* to, size_t bytes, struct task_struct* task) {
  strscpy(to, task->comm, bytes);
  return to;
}

// One priority, no signals, one CPU.
int sched_setscheduler_nocheck(struct task_struct* task, int policy, const struct sched_param* param) { return 0; }

void sched_set_fifo(struct task_struct* task) {}

void sched_set_fifo_low(struct task_struct* task) {}

void sched_set_normal(struct task_struct* task, int nice) {}

void set_user_nice(struct task_struct* task, long nice) {}

void ignore_signals(struct task_struct* task) {}

int rcuwait_wake_up(struct rcuwait* wait) {
  struct task_struct* task = rcu_dereference(wait->task);

  return task ? wake_up_process(task) : 0;
}

DEFINE_PER_CPU(struct kernel_stat, kstat);
