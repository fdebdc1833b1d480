// SPDX-License-Identifier: GPL-2.0-only
// The donor's core comes up: what start_kernel() and the initcalls would do, as far as it is part of the core.
#include <graft/error.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/pci.h>
#include <linux/radix-tree.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/srcu.h>
#include <linux/timer.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include "drivers/base/base.h"
#include "linux-emu/boundary/environment.h"
#include "linux-emu/boundary/fiber.h"
#include "linux-emu/boundary/timer.h"
#include "linux-emu/emul/pci.h"
#include "linux-emu/emul/task.h"
#include "linux-emu/emul/time.h"

enum system_states system_state = SYSTEM_BOOTING;
bool static_key_initialized = true;
bool initcall_debug;
unsigned int reset_devices;

// Static functions of donor files, see INITCALLS in core.bzl.
int deferred_probe_initcall(void);
int devlink_class_init(void);
int early_irq_init(void);
int pci_driver_init(void);
int pcibus_class_init(void);
int software_node_init(void);

static int start_kthreadd(void) {
  kthreadd_task = lx_thread_create(kthreadd, NULL, "kthreadd");
  if (!kthreadd_task) return -ENOMEM;
  lxk_fiber_wake(kthreadd_task->thread.fiber);
  return 0;
}

static int base_start(void) {
  devices_init();
  buses_init();
  classes_init();
  return platform_bus_init();
}

static int system_runs(void) {
  system_state = SYSTEM_RUNNING;
  return 0;
}

static int workqueues_run(void) {
  workqueue_init();
  srcu_init();
  return 0;
}

static int pci_bus_start(void) {
  lx_pci_start();
  return 0;
}

static const struct {
  const char* name;
  int (*function)(void);
} initcalls[] = {
    {"kthreadd", start_kthreadd},
    {"workqueue", workqueues_run},
    {"base", base_start},
    {"software_node", software_node_init},
    {"devlink", devlink_class_init},
    {"pcibus_class", pcibus_class_init},
    {"pci_driver", pci_driver_init},
    {"pci_bus", pci_bus_start},
    {"deferred_probe", deferred_probe_initcall},
    {"running", system_runs},
};

int32_t lx_early_start(void) {
  system_state = SYSTEM_BOOTING;
  lx_time_start();
  wait_bit_init();
  radix_tree_init();
  workqueue_init_early();
  rcu_init();
  early_irq_init();
  init_timers();
  hrtimers_init();
  softirq_init();
  rcu_scheduler_starting();
  system_state = SYSTEM_SCHEDULING;
  lx_time_run();
  return GRAFT_OK;
}

// The net and block groups start with the first driver that needs them: see lx_net_start() and lx_block_start().
int32_t lx_core_start(void) {
  unsigned int i;

  for (i = 0; i < ARRAY_SIZE(initcalls); ++i) {
    int error = initcalls[i].function ? initcalls[i].function() : 0;

    if (!error) continue;
    pr_err("start of %s failed: %d\n", initcalls[i].name, error);
    return lx_error(error);
  }
  return GRAFT_OK;
}
