// SPDX-License-Identifier: BSD-2-Clause
// Interrupt lines: sharing, disabling, threads, the virtual flag.
#include "linux-emu/emul/interrupt.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io.h>

#include "tests/emu/case.h"

static void __iomem* lab;

/// A device that asserts its line until its handler answers.
struct source {
  bool asserted;
  int handled, refused;
};

static struct source first, second;
static unsigned int line;

static void drive(struct source* source, bool asserted) {
  source->asserted = asserted;
  writel(line << 1 | (first.asserted || second.asserted), lab + LX_LAB_LINE);
}

static irqreturn_t handle(int irq, void* data) {
  struct source* source = data;

  if (!source->asserted) {
    ++source->refused;
    return IRQ_NONE;
  }
  CHECK(in_hardirq() && irqs_disabled());
  ++source->handled;
  drive(source, false);
  return IRQ_HANDLED;
}

static int prepare(unsigned int number) {
  line = number;
  first = second = (struct source){};
  if (!lab) lab = ioremap(LX_LAB_PHYS, LX_LAB_BYTES);
  return lx_irq_of_line(number);
}

static bool masked(void) {
  writel(line, lab + LX_LAB_MASKED);
  return readl(lab + LX_LAB_MASKED);
}

static void settle(void) { msleep(2); }

static void shared_line_reaches_the_right_device(void) {
  int irq = prepare(3);

  REQUIRE(irq > 0 && lab);
  REQUIRE(!request_irq(irq, handle, IRQF_SHARED, "first", &first));
  REQUIRE(!request_irq(irq, handle, IRQF_SHARED, "second", &second));
  CHECK(request_irq(irq, handle, 0, "third", NULL) < 0);
  drive(&second, true);
  settle();
  CHECK(second.handled == 1 && first.handled == 0 && first.refused == 1);
  drive(&first, true);
  settle();
  CHECK(first.handled == 1);
  free_irq(irq, &first);
  drive(&second, true);
  settle();
  CHECK(second.handled == 2);
  free_irq(irq, &second);
}

static void disabled_line_is_masked_and_comes_later(void) {
  int irq = prepare(4);

  REQUIRE(irq > 0);
  REQUIRE(!request_irq(irq, handle, 0, "case", &first));
  CHECK(!masked());
  disable_irq(irq);
  CHECK(masked());
  disable_irq_nosync(irq);
  drive(&first, true);
  settle();
  CHECK(first.handled == 0);
  enable_irq(irq);
  settle();
  CHECK(first.handled == 0);
  enable_irq(irq);
  settle();
  CHECK(first.handled == 1 && !masked());
  free_irq(irq, &first);
}

static void virtual_flag_defers(void) {
  int irq = prepare(5);
  unsigned long flags;

  REQUIRE(irq > 0);
  REQUIRE(!request_irq(irq, handle, 0, "case", &first));
  local_irq_save(flags);
  drive(&first, true);
  udelay(50);
  CHECK(first.handled == 0);
  local_irq_restore(flags);
  CHECK(first.handled == 1);
  free_irq(irq, &first);
}

static void interrupt_comes_into_a_busy_wait(void) {
  int irq = prepare(6);

  REQUIRE(irq > 0);
  REQUIRE(!request_irq(irq, handle, 0, "case", &first));
  drive(&first, true);
  udelay(200);
  CHECK(first.handled == 1);
  free_irq(irq, &first);
}

static DECLARE_COMPLETION(thread_ran);
static bool masked_in_thread;

static irqreturn_t handle_in_thread(int irq, void* data) {
  struct source* source = data;

  masked_in_thread = masked();
  msleep(3);
  ++source->handled;
  drive(source, false);
  complete(&thread_ran);
  return IRQ_HANDLED;
}

static void threaded_handler_holds_its_line(void) {
  int irq = prepare(7);

  REQUIRE(irq > 0);
  REQUIRE(!request_threaded_irq(irq, NULL, handle_in_thread, IRQF_ONESHOT, "case", &first));
  for (int i = 1; i <= 3; ++i) {
    drive(&first, true);
    CHECK(wait_for_completion_timeout(&thread_ran, HZ));
    settle();
    CHECK(first.handled == i && masked_in_thread && !masked());
  }
  free_irq(irq, &first);
}

const struct lx_case lx_cases_interrupt[] = {
    {"shared_line_reaches_the_right_device", shared_line_reaches_the_right_device},
    {"disabled_line_is_masked_and_comes_later", disabled_line_is_masked_and_comes_later},
    {"virtual_flag_defers", virtual_flag_defers},
    {"interrupt_comes_into_a_busy_wait", interrupt_comes_into_a_busy_wait},
    {"threaded_handler_holds_its_line", threaded_handler_holds_its_line},
    {},
};
