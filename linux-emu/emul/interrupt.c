// SPDX-License-Identifier: GPL-2.0-only
// Interrupts: one chip for lines of the host and one for messages, over the world's sources. The donor's irq core does
// sharing, threading, disabling and the books.
#include "linux-emu/boundary/interrupt.h"

#include <asm/irqflags.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "linux-emu/boundary/environment.h"
#include "linux-emu/boundary/fiber.h"
#include "linux-emu/emul/interrupt.h"

struct lx_irq {
  lx_source_t* source;
  unsigned int virq;
  u32 number;       ///< line of the host, or function of a message
  bool in_handler;  ///< the world holds the line back until the handler returns
  bool masked;
  struct list_head all;
};

static LIST_HEAD(lines);

void lx_irq_run_pending(void) {
  // A handler that enables interrupts does not nest: the rest is delivered when it has returned.
  if (!graft_this_cpu()->handler_depth) graft_cpu_deliver();
}

int lx_interrupt(unsigned int virq) {
  struct irq_desc* desc = irq_to_desc(virq);
  struct lx_irq* irq = irq_desc_get_chip_data(desc);
  unsigned int unhandled = desc->irqs_unhandled;

  irq_enter();
  irq->in_handler = true;
  generic_handle_irq_desc(desc);
  irq->in_handler = false;
  if (irq->masked) lxk_source_disable(irq->source);
  irq_exit();
  return desc->irqs_unhandled == unhandled;
}

static void mask(struct irq_data* data) {
  struct lx_irq* irq = irq_data_get_irq_chip_data(data);

  irq->masked = true;
  if (!irq->in_handler) lxk_source_disable(irq->source);
}

static void unmask(struct irq_data* data) {
  struct lx_irq* irq = irq_data_get_irq_chip_data(data);

  irq->masked = false;
  if (!irq->in_handler) lxk_source_enable(irq->source);
}

static int claim(struct irq_data* data) {
  struct lx_irq* irq = irq_data_get_irq_chip_data(data);

  return lx_errno(lxk_source_claim(irq->source, irq->number));
}

static void release(struct irq_data* data) {
  struct lx_irq* irq = irq_data_get_irq_chip_data(data);

  lxk_source_release(irq->source);
}

static void acknowledge(struct irq_data* data) {}

static struct irq_chip line_chip = {
    .name = "line",
    .irq_mask = mask,
    .irq_unmask = unmask,
    .irq_request_resources = claim,
    .irq_release_resources = release,
};

static struct irq_chip message_chip = {
    .name = "msi",
    .irq_ack = acknowledge,
    .irq_mask = pci_msi_mask_irq,
    .irq_unmask = pci_msi_unmask_irq,
};

static struct lx_irq* create(u32 number) {
  struct lx_irq* irq = kzalloc(sizeof(*irq), GFP_KERNEL);
  int virq;

  if (!irq) return NULL;
  virq = irq_alloc_desc_from(1, NUMA_NO_NODE);
  if (virq > 0) {
    irq->virq = virq;
    irq->number = number;
    irq->source = lxk_source_create(virq);
    if (irq->source) return irq;
    irq_free_desc(virq);
  }
  kfree(irq);
  return NULL;
}

static void destroy(struct lx_irq* irq) {
  irq_free_desc(irq->virq);
  lxk_source_destroy(irq->source);
  kfree(irq);
}

int lx_irq_of_line(u32 line) {
  struct lx_irq* irq;

  list_for_each_entry(irq, &lines, all) {
    if (irq->number == line) return irq->virq;
  }
  irq = create(line);
  if (!irq) return -ENOMEM;
  irq_set_chip_and_handler_name(irq->virq, &line_chip, handle_level_irq, "level");
  irq_set_chip_data(irq->virq, irq);
  // Devices that share the line rely on disable_irq() masking at once.
  irq_set_status_flags(irq->virq, IRQ_LEVEL | IRQ_DISABLE_UNLAZY);
  list_add_tail(&irq->all, &lines);
  return irq->virq;
}

// ---- Messages: what the donor's MSI code asks of an architecture ---------------------------------------------------

int arch_setup_msi_irq(struct pci_dev* device, struct msi_desc* desc) {
  u32 function = lx_pci_function(device);
  struct lx_irq* irq = create(function);
  struct msi_msg message = {};
  u64 address;
  u32 data;

  if (!irq) return -ENOMEM;
  if (lxk_source_alloc_message(irq->source, function, &address, &data)) {
    destroy(irq);
    return -ENOSPC;
  }
  irq_set_msi_desc(irq->virq, desc);
  irq_set_chip_and_handler_name(irq->virq, &message_chip, handle_edge_irq, "edge");
  irq_set_chip_data(irq->virq, irq);
  message.address_lo = lower_32_bits(address);
  message.address_hi = upper_32_bits(address);
  message.data = data;
  pci_write_msi_msg(irq->virq, &message);
  return 0;
}

void arch_teardown_msi_irq(unsigned int virq) {
  struct lx_irq* irq = irq_get_chip_data(virq);

  if (!irq) return;
  lxk_source_free_message(irq->source, irq->number);
  irq_set_msi_desc(virq, NULL);
  destroy(irq);
}
