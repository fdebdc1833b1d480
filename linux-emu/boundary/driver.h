// SPDX-License-Identifier: GPL-2.0-only
/// Donor drivers as modules: their tables of device ids. Implemented by emul/.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_DRIVER_H
#define GRAFT_LINUX_EMU_BOUNDARY_DRIVER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a driver's table is compared with.
typedef struct lx_pci_ids {
  uint32_t vendor, device, subsystem_vendor, subsystem_device;
  uint32_t class_code;  ///< class << 16 | subclass << 8 | programming interface
} lx_pci_ids_t;

/// Says how well a donor's table (struct pci_device_id, ended by zeroes) knows a device: 0 not at all, 1 by its class,
/// 2 by vendor and device, 3 by subsystem too. @context any
uint32_t lx_pci_match(const void* table, const lx_pci_ids_t* device);

/// Brings the donor's network core up; 0 or a negative errno. Once, before the first driver that needs it.
/// @context fiber  @blocks may
int lx_net_core_start(void);
/// Brings its block layer up. Same rules as lx_net_core_start().
int lx_block_core_start(void);
/// Brings its virtio core up. Same rules as lx_net_core_start().
int lx_virtio_core_start(void);

#ifdef __cplusplus
}
#endif

#endif
