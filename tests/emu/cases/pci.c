// SPDX-License-Identifier: BSD-2-Clause
// The donor's PCI core on the host's configuration space, with a driver of its own.
#include "linux-emu/boundary/pci.h"

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/pci.h>

#include "linux-emu/emul/pci.h"
#include "linux-emu/emul/pci/attachment.h"
#include "tests/emu/case.h"

static const struct pci_device_id ids[] = {{PCI_DEVICE(LX_LAB_PCI_VENDOR, LX_LAB_PCI_DEVICE)}, {}};

static struct {
  int probed, removed, fired[LX_LAB_PCI_MSIX_VECTORS];
  int fail_with;
} seen;

static int probe(struct pci_dev* device, const struct pci_device_id* id) {
  ++seen.probed;
  if (seen.fail_with) return seen.fail_with;
  return pcim_enable_device(device);
}

static void remove(struct pci_dev* device) { ++seen.removed; }

static struct pci_driver driver = {.name = "case", .id_table = ids, .probe = probe, .remove = remove};
static bool registered;

static lx_pci_device_t* add(void) {
  lx_pci_device_t* device;

  seen.probed = seen.removed = seen.fail_with = 0;
  memset(seen.fired, 0, sizeof(seen.fired));
  if (!registered) registered = !pci_register_driver(&driver);
  return lx_pci_add(LX_LAB_PCI_ADDRESS, &seen, &device) ? NULL : device;
}

static void configuration_space_is_read(void) {
  lx_pci_device_t* handle = add();
  struct pci_dev* device = lx_pci_dev(handle);
  u16 command;
  u32 word;

  REQUIRE(handle);
  CHECK(device->vendor == LX_LAB_PCI_VENDOR && device->device == LX_LAB_PCI_DEVICE);
  CHECK(!strcmp(pci_name(device), "0000:00:03.0"));
  CHECK(pci_resource_start(device, 0) == LX_LAB_PCI_PHYS);
  CHECK(pci_resource_len(device, 0) == LX_LAB_PCI_BYTES);
  CHECK(pci_resource_flags(device, 0) & IORESOURCE_MEM);
  CHECK(pci_find_capability(device, PCI_CAP_ID_MSIX));
  CHECK(!pci_find_capability(device, PCI_CAP_ID_AGP));
  pci_set_master(device);
  pci_read_config_word(device, PCI_COMMAND, &command);
  CHECK(command & PCI_COMMAND_MASTER);
  CHECK(pci_read_config_dword(device, 0xffe, &word) != 0);
  CHECK(lx_pci_attachment_of(&device->dev) == &seen);
  CHECK(seen.probed == 0);
  lx_pci_remove(handle);
}

static void driver_is_bound_and_unbound(void) {
  lx_pci_device_t* handle = add();

  REQUIRE(handle);
  CHECK(lx_pci_bind(handle, "nonesuch") != 0);
  CHECK(lx_pci_bind(handle, "case") == 0);
  CHECK(seen.probed == 1 && pci_is_enabled(lx_pci_dev(handle)));
  lx_pci_remove(handle);
  CHECK(seen.removed == 1);
}

static void failing_probe_leaves_the_device_unbound(void) {
  lx_pci_device_t* handle = add();

  REQUIRE(handle);
  seen.fail_with = -EIO;
  CHECK(lx_pci_bind(handle, "case") != 0);
  CHECK(seen.probed == 1 && !lx_pci_dev(handle)->dev.driver);
  lx_pci_remove(handle);
  CHECK(seen.removed == 0);
}

static irqreturn_t fire(int irq, void* data) {
  ++*(int*)data;
  return IRQ_HANDLED;
}

static void each_vector_has_its_handler(void) {
  lx_pci_device_t* handle = add();
  struct pci_dev* device = lx_pci_dev(handle);
  void __iomem* registers;
  int i;

  REQUIRE(handle && !lx_pci_bind(handle, "case"));
  pci_set_master(device);
  registers = pci_iomap(device, 0, 0);
  REQUIRE(registers);
  CHECK(pci_alloc_irq_vectors(device, 3, 3, PCI_IRQ_MSIX) == 3);
  for (i = 0; i < 3; ++i) {
    REQUIRE(!request_irq(pci_irq_vector(device, i), fire, 0, "case", &seen.fired[i]));
  }
  writel(1, registers + LX_LAB_PCI_DOORBELL);
  msleep(1);
  CHECK(seen.fired[0] == 0 && seen.fired[1] == 1 && seen.fired[2] == 0);
  writel(2, registers + LX_LAB_PCI_DOORBELL);
  writel(0, registers + LX_LAB_PCI_DOORBELL);
  msleep(1);
  CHECK(seen.fired[0] == 1 && seen.fired[1] == 1 && seen.fired[2] == 1);

  // A message that comes while its interrupt is disabled is not lost.
  disable_irq(pci_irq_vector(device, 1));
  writel(1, registers + LX_LAB_PCI_DOORBELL);
  msleep(1);
  CHECK(seen.fired[1] == 1);
  enable_irq(pci_irq_vector(device, 1));
  msleep(1);
  CHECK(seen.fired[1] == 2);

  for (i = 0; i < 3; ++i) free_irq(pci_irq_vector(device, i), &seen.fired[i]);
  pci_free_irq_vectors(device);
  pci_iounmap(device, registers);
  lx_pci_remove(handle);
}

static void __iomem* pin_registers;

static irqreturn_t lower_pin(int irq, void* data) {
  ++*(int*)data;
  writel(0, pin_registers + LX_LAB_PCI_PIN);
  return IRQ_HANDLED;
}

static void pin_is_routed(void) {
  lx_pci_device_t* handle = add();
  struct pci_dev* device = lx_pci_dev(handle);

  REQUIRE(handle && !lx_pci_bind(handle, "case"));
  REQUIRE(device->irq > 0);
  pin_registers = pci_iomap(device, 0, 0);
  REQUIRE(pin_registers);
  REQUIRE(!request_irq(device->irq, lower_pin, IRQF_SHARED, "case", &seen.fired[0]));
  writel(1, pin_registers + LX_LAB_PCI_PIN);
  msleep(1);
  CHECK(seen.fired[0] == 1);
  free_irq(device->irq, &seen.fired[0]);
  pci_iounmap(device, pin_registers);
  lx_pci_remove(handle);
}

static void registers_take_the_slow_path(void) {
  void __iomem* lab = ioremap(LX_LAB_PHYS, LX_LAB_BYTES);
  u8 bytes[7] = {1, 2, 3, 4, 5, 6, 7}, back[7] = {};

  REQUIRE(lab);
  writel(0x12345678, lab + LX_LAB_SCRATCH);
  CHECK(readl(lab + LX_LAB_SCRATCH) == 0x12345678);
  CHECK(readw(lab + LX_LAB_SCRATCH + 2) == 0x1234);
  CHECK(readb(lab + LX_LAB_SCRATCH + 1) == 0x56);
  writeb(0xff, lab + LX_LAB_SCRATCH);
  CHECK(ioread32(lab + LX_LAB_SCRATCH) == 0x123456ff);
  memcpy_toio(lab + LX_LAB_SCRATCH, bytes, sizeof(bytes));
  memcpy_fromio(back, lab + LX_LAB_SCRATCH, sizeof(back));
  CHECK(!memcmp(bytes, back, sizeof(bytes)));
  iounmap(lab);
}

const struct lx_case lx_cases_pci[] = {
    {"configuration_space_is_read", configuration_space_is_read},
    {"driver_is_bound_and_unbound", driver_is_bound_and_unbound},
    {"failing_probe_leaves_the_device_unbound", failing_probe_leaves_the_device_unbound},
    {"each_vector_has_its_handler", each_vector_has_its_handler},
    {"pin_is_routed", pin_is_routed},
    {"registers_take_the_slow_path", registers_take_the_slow_path},
    {},
};
