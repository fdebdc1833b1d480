// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mod_devicetable.h>
#include <linux/pci_ids.h>

#include "linux-emu/boundary/driver.h"

static uint32_t quality(const struct pci_device_id* id, const lx_pci_ids_t* device) {
  if (id->vendor != PCI_ANY_ID && id->vendor != device->vendor) return 0;
  if (id->device != PCI_ANY_ID && id->device != device->device) return 0;
  if (id->subvendor != PCI_ANY_ID && id->subvendor != device->subsystem_vendor) return 0;
  if (id->subdevice != PCI_ANY_ID && id->subdevice != device->subsystem_device) return 0;
  if ((id->class ^ device->class_code) & id->class_mask) return 0;
  if (id->override_only) return 0;
  if (id->subvendor != PCI_ANY_ID) return 3;
  return id->device != PCI_ANY_ID ? 2 : 1;
}

uint32_t lx_pci_match(const void* table, const lx_pci_ids_t* device) {
  const struct pci_device_id* id = table;
  uint32_t best = 0;

  for (; id->vendor || id->subvendor || id->class_mask; id++) {
    uint32_t found = quality(id, device);
    if (found > best) best = found;
  }
  return best;
}
