// SPDX-License-Identifier: GPL-2.0-only
/// PCI: configuration access below the donor's PCI core, and the life of one device above it.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_PCI_H
#define GRAFT_LINUX_EMU_BOUNDARY_PCI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Reads 1, 2 or 4 bytes of a function's configuration space; returns 0 or a graft_error_t. Implemented by kit/.
/// `function` is a graft_pci_address_t. @context world, handlers too  @blocks never
int32_t lxk_pci_read(uint32_t function, uint32_t offset, uint32_t width, uint32_t* out_value);
/// Writes 1, 2 or 4 bytes. Same rules as lxk_pci_read().
int32_t lxk_pci_write(uint32_t function, uint32_t offset, uint32_t width, uint32_t value);

/// A device that the donor's PCI core knows; opaque.
typedef struct lx_pci_device lx_pci_device_t;

/// Makes the donor's object for a function that the bus scan of the kit found, for an attachment of the registry. It is
/// not bound to a driver yet. Returns 0 or a graft_error_t. @context fiber  @blocks may
int32_t lx_pci_add(uint32_t function, void* attachment, lx_pci_device_t** out_device);

/// Binds it to the donor driver of that name ("e1000"), whose init ran before: the driver's probe. Returns 0 or a
/// graft_error_t made of what the probe said. @context fiber  @blocks may
int32_t lx_pci_bind(lx_pci_device_t* device, const char* driver_name);

/// Unbinds it (the driver's remove) and frees the donor's object. @context fiber  @blocks may
void lx_pci_remove(lx_pci_device_t* device);

/// Marks the device as removed by surprise: configuration space and the donor see it as disconnected.
/// @context world, handlers too  @blocks never
void lx_pci_mark_gone(lx_pci_device_t* device);

/// What a device holds now; all are 0 when its driver is off. The balances would be below 0 if it gave back too much.
typedef struct lx_pci_holdings {
  int64_t dma_maps, dma_coherent;
  uint64_t messages;  ///< message-signalled interrupts
} lx_pci_holdings_t;

/// Counts what a device holds. @context world  @blocks never
void lx_pci_get_holdings(lx_pci_device_t* device, lx_pci_holdings_t* out_holdings);

#ifdef __cplusplus
}
#endif

#endif
