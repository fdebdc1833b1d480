// SPDX-License-Identifier: BSD-2-Clause
// Soft interrupts, tasklets and RCU.
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "tests/emu/case.h"

static int ran;
static bool in_soft, in_hard;

static void run(struct tasklet_struct* tasklet) {
  ++ran;
  in_soft = in_serving_softirq();
  in_hard = in_hardirq();
}

static void tasklet_runs_in_soft_context(void) {
  struct tasklet_struct tasklet;

  tasklet_setup(&tasklet, run);
  ran = 0;
  tasklet_schedule(&tasklet);
  tasklet_schedule(&tasklet);
  msleep(2);
  CHECK(ran == 1 && in_soft && !in_hard);
  tasklet_kill(&tasklet);
}

static void disabled_bottom_halves_wait(void) {
  struct tasklet_struct tasklet;

  tasklet_setup(&tasklet, run);
  ran = 0;
  local_bh_disable();
  tasklet_schedule(&tasklet);
  udelay(100);
  CHECK(ran == 0 && in_softirq());
  local_bh_enable();
  msleep(2);
  CHECK(ran == 1 && !in_softirq());
  tasklet_disable(&tasklet);
  tasklet_schedule(&tasklet);
  msleep(2);
  CHECK(ran == 1);
  tasklet_enable(&tasklet);
  msleep(2);
  CHECK(ran == 2);
}

struct node {
  struct rcu_head rcu;
  int* freed;
};

static void reclaim(struct rcu_head* rcu) {
  struct node* node = container_of(rcu, struct node, rcu);

  ++*node->freed;
  kfree(node);
}

static void rcu_waits_for_readers(void) {
  struct node* node = kzalloc(sizeof(*node), GFP_KERNEL);
  int freed = 0;

  REQUIRE(node);
  node->freed = &freed;
  rcu_read_lock();
  call_rcu(&node->rcu, reclaim);
  udelay(500);
  CHECK(freed == 0);
  rcu_read_unlock();
  rcu_barrier();
  CHECK(freed == 1);
}

static void rcu_callbacks_come_by_themselves(void) {
  struct node* node = kzalloc(sizeof(*node), GFP_KERNEL);
  int freed = 0;

  REQUIRE(node);
  node->freed = &freed;
  call_rcu(&node->rcu, reclaim);
  synchronize_rcu();
  msleep(3);
  CHECK(freed == 1);
}

DEFINE_STATIC_SRCU(srcu);

static void sleepable_rcu(void) {
  int index = srcu_read_lock(&srcu);

  msleep(1);
  srcu_read_unlock(&srcu, index);
  synchronize_srcu(&srcu);
  CHECK(true);
}

const struct lx_case lx_cases_softirq[] = {
    {"tasklet_runs_in_soft_context", tasklet_runs_in_soft_context},
    {"disabled_bottom_halves_wait", disabled_bottom_halves_wait},
    {"rcu_waits_for_readers", rcu_waits_for_readers},
    {"rcu_callbacks_come_by_themselves", rcu_callbacks_come_by_themselves},
    {"sleepable_rcu", sleepable_rcu},
    {},
};
