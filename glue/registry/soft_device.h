// SPDX-License-Identifier: BSD-2-Clause
/// Soft devices: what drivers of RAM disks and loopbacks attach to. The kit offers each driver of the image one device
/// with these values; a driver that is made of software alone says that it matches, and the device is added.
#ifndef GRAFT_GLUE_REGISTRY_SOFT_DEVICE_H
#define GRAFT_GLUE_REGISTRY_SOFT_DEVICE_H

#include "glue/registry/driver_entry.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { GRAFT_SOFT_VENDOR = 0xffff };
#define GRAFT_SOFT_ADDRESS UINT32_MAX

/// Describes the soft device for a driver: vendor GRAFT_SOFT_VENDOR, address GRAFT_SOFT_ADDRESS, location "soft:" and
/// the last part of the driver's name. @context any  @blocks never
void graft_soft_device_info(const graft_driver_entry_t* entry, graft_device_info_t* out_info);

/// Says whether a device is the soft device for this driver. @context any  @blocks never
bool graft_soft_device_is_for(const graft_driver_entry_t* entry, const graft_device_info_t* device);

#ifdef __cplusplus
}
#endif

#endif
