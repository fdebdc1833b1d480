// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_EMUL_WORK_H
#define GRAFT_LINUX_EMU_EMUL_WORK_H

struct lx_work_counts {
  unsigned long queues;
  unsigned long queued;   ///< items that wait for a worker
  unsigned long running;  ///< items that a worker is at
  unsigned long idle_workers;
};

/// Counts what the donor's work queues hold. @context world
void lx_work_count(struct lx_work_counts* out_counts);

#endif
