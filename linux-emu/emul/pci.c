// SPDX-License-Identifier: GPL-2.0-only
// PCI below and above the donor's core: configuration space of the host, and devices one by one.
//
// The kit scanned the buses. Each bus that holds a device of ours is a root bus to the donor, so that bridges need no
// driver, and a device is read in only when it is attached.
#include "drivers/pci/pci.h"

#include <graft/error.h>
#include <linux/device.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqnr.h>
#include <linux/msi.h>
#include <linux/pci.h>

#include "drivers/base/base.h"
#include "linux-emu/boundary/environment.h"
#include "linux-emu/boundary/interrupt.h"
#include "linux-emu/boundary/io.h"
#include "linux-emu/boundary/pci.h"
#include "linux-emu/emul/interrupt.h"
#include "linux-emu/emul/pci.h"
#include "linux-emu/emul/pci/attachment.h"

static u32 address_of(struct pci_bus* bus, unsigned int devfn) {
  return (u32)pci_domain_nr(bus) << 16 | bus->number << 8 | devfn;
}

static int read(struct pci_bus* bus, unsigned int devfn, int offset, int width, u32* value) {
  *value = ~0u;
  return lxk_pci_read(address_of(bus, devfn), offset, width, value) ? PCIBIOS_BAD_REGISTER_NUMBER : PCIBIOS_SUCCESSFUL;
}

static int write(struct pci_bus* bus, unsigned int devfn, int offset, int width, u32 value) {
  // A note of the firmware's for the host. The donor would put a number of ours there.
  if (offset == PCI_INTERRUPT_LINE && width == 1) return PCIBIOS_SUCCESSFUL;
  return lxk_pci_write(address_of(bus, devfn), offset, width, value) ? PCIBIOS_BAD_REGISTER_NUMBER : PCIBIOS_SUCCESSFUL;
}

static struct pci_ops config_space = {.read = read, .write = write};

static int map_irq(const struct pci_dev* device, u8 slot, u8 pin) {
  u32 line;
  int virq;

  if (lxk_irq_route(lx_pci_function(device), pin, &line)) return -1;
  virq = lx_irq_of_line(line);
  return virq > 0 ? virq : -1;
}

static struct pci_bus* get_bus(u32 function) {
  int segment = function >> 16, number = (function >> 8) & 0xff;
  struct pci_bus* bus = pci_find_bus(segment, number);
  LIST_HEAD(windows);

  if (bus) return bus;
  pci_add_resource(&windows, &ioport_resource);
  pci_add_resource(&windows, &iomem_resource);
  bus = pci_create_root_bus(NULL, number, &config_space, (void*)(long)segment, &windows);
  if (!bus) {
    pci_free_resource_list(&windows);
    return NULL;
  }
  pci_find_host_bridge(bus)->map_irq = map_irq;
  return bus;
}

void lx_pci_start(void) {
  // Which driver a device gets is the registry's decision.
  pci_bus_type.p->drivers_autoprobe = 0;
}

static lx_pci_device_t* handle_of(struct pci_dev* device) { return (lx_pci_device_t*)device; }

struct pci_dev* lx_pci_dev(lx_pci_device_t* device) {
  return (struct pci_dev*)device;
}

// ---- I/O ports of a device: donors access them by number, so the host maps them before and unmaps them after
// ---------

static void map_ports(struct pci_dev* device) {
  int bar;

  for (bar = 0; bar < PCI_STD_NUM_BARS; ++bar) {
    struct resource* resource = &device->resource[bar];

    if (resource_type(resource) != IORESOURCE_IO || !resource->parent) continue;
    // A driver may well do without them.
    if (lxk_port_map(resource->start, resource_size(resource))) continue;
    device->dev.archdata.ports_mapped |= BIT(bar);
  }
}

static void unmap_ports(struct pci_dev* device) {
  int bar;

  for (bar = 0; bar < PCI_STD_NUM_BARS; ++bar) {
    struct resource* resource = &device->resource[bar];

    if (device->dev.archdata.ports_mapped & BIT(bar)) lxk_port_unmap(resource->start, resource_size(resource));
  }
  device->dev.archdata.ports_mapped = 0;
}

/// Takes back a device that the donor's scan made but could not add for want of memory: it only warns about that.
static void drop_half_added(struct pci_dev* device) {
  down_write(&pci_bus_sem);
  list_del(&device->bus_list);
  up_write(&pci_bus_sem);
  put_device(&device->dev);
}

static bool is_present(uint32_t function) {
  u32 id;

  return !lxk_pci_read(function, PCI_VENDOR_ID, 4, &id) && id != ~0u;
}

int32_t lx_pci_add(uint32_t function, void* attachment, lx_pci_device_t** out_device) {
  struct pci_dev* device = NULL;
  struct pci_bus* bus;
  int i;

  *out_device = NULL;
  pci_lock_rescan_remove();
  bus = get_bus(function);
  if (bus) device = pci_scan_single_device(bus, function & 0xff);
  if (device && !device_is_registered(&device->dev)) {
    drop_half_added(device);
    device = NULL;
  }
  if (device) {
    for (i = 0; i < PCI_STD_NUM_BARS; ++i) {
      struct resource* resource = &device->resource[i];

      // The firmware or the host has placed it; where it did not, enabling the device will say so.
      if (resource->flags && resource->start && !resource->parent) pci_claim_resource(device, i);
    }
    map_ports(device);
    device->match_driver = true;
    device->dev.archdata.attachment = attachment;
    pci_dev_assign_added(device, true);
  }
  pci_unlock_rescan_remove();
  if (!bus) return GRAFT_E_NOMEM;
  if (!device) return is_present(function) ? GRAFT_E_NOMEM : GRAFT_E_NOENT;
  *out_device = handle_of(device);
  return GRAFT_OK;
}

void* lx_pci_attachment_of(struct device* dev) {
  while (dev && !dev_is_pci(dev)) dev = dev->parent;
  return dev ? dev->archdata.attachment : NULL;
}

int32_t lx_pci_bind(lx_pci_device_t* handle, const char* driver_name) {
  struct device_driver* driver = driver_find(driver_name, &pci_bus_type);

  if (!driver) return GRAFT_E_NOENT;
  return lx_error(device_driver_attach(driver, &lx_pci_dev(handle)->dev));
}

void lx_pci_remove(lx_pci_device_t* handle) {
  struct pci_dev* device = pci_dev_get(lx_pci_dev(handle));

  pci_stop_and_remove_bus_device_locked(device);
  unmap_ports(device);
  pci_dev_put(device);
}

void lx_pci_mark_gone(lx_pci_device_t* handle) { pci_dev_set_disconnected(lx_pci_dev(handle), NULL); }

static u64 count_messages(const struct device* dev) {
  struct irq_desc* desc;
  u64 count = 0;
  int irq;

  for_each_irq_desc(irq, desc) {
    const struct msi_desc* message = irq_data_get_msi_desc(irq_desc_get_irq_data(desc));

    if (message && message->dev == dev) ++count;
  }
  return count;
}

void lx_pci_get_holdings(lx_pci_device_t* handle, lx_pci_holdings_t* out_holdings) {
  struct device* dev = &lx_pci_dev(handle)->dev;

  *out_holdings = (lx_pci_holdings_t){
      .dma_maps = dev->archdata.dma_maps,
      .dma_coherent = dev->archdata.dma_coherent,
      .messages = count_messages(dev),
  };
}

// ---- Parts of the donor's PCI core that are left out ---------------------------------------------------------------

// Virtual channels and resizable BARs are optional features of the bus that the host's firmware set up.
int pci_save_vc_state(struct pci_dev* device) { return 0; }

void pci_restore_vc_state(struct pci_dev* device) {}

void pci_allocate_vc_save_buffers(struct pci_dev* device) {}

void pci_restore_rebar_state(struct pci_dev* device) {}

// There is no sysfs.
int pci_create_sysfs_dev_files(struct pci_dev* device) { return 0; }

void pci_remove_sysfs_dev_files(struct pci_dev* device) {}

static const struct attribute_group* no_groups[] = {NULL};
const struct attribute_group* pci_dev_groups[] = {NULL};
const struct attribute_group* pci_bus_groups[] = {NULL};
const struct attribute_group* pcibus_groups[] = {NULL};
const struct device_type pci_dev_type = {.groups = no_groups};
