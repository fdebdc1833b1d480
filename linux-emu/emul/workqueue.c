// SPDX-License-Identifier: GPL-2.0-only
// The donor's work queues, and what they hold.
#include "kernel/workqueue.c"

#include "linux-emu/emul/work.h"

void lx_work_count(struct lx_work_counts* out_counts) {
  struct worker_pool* pool;
  struct worker* worker;
  struct workqueue_struct* queue;
  struct pool_workqueue* pwq;
  int id;

  *out_counts = (struct lx_work_counts){};
  for_each_pool(pool, id) {
    out_counts->queued += list_count_nodes(&pool->worklist);
    out_counts->idle_workers += pool->nr_idle;
    list_for_each_entry(worker, &pool->workers, node) {
      out_counts->queued += list_count_nodes(&worker->scheduled);
      if (worker->current_work) ++out_counts->running;
    }
  }
  list_for_each_entry(queue, &workqueues, list) {
    ++out_counts->queues;
    for_each_pwq(pwq, queue) out_counts->queued += list_count_nodes(&pwq->inactive_works);
  }
}
