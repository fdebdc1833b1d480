// SPDX-License-Identifier: BSD-2-Clause
#include "glue/registry/soft_device.h"

#include "glue/registry/text.hpp"

extern "C" {

void graft_soft_device_info(const graft_driver_entry_t* entry, graft_device_info_t* out_info) {
  *out_info = {};
  out_info->vendor = GRAFT_SOFT_VENDOR;
  out_info->device = GRAFT_SOFT_VENDOR;
  out_info->class_code = 0xffffff;
  out_info->address = GRAFT_SOFT_ADDRESS;
  const char* last = entry->name;
  for (const char* at = entry->name; *at != 0; ++at) {
    if (*at == '/') last = at + 1;
  }
  graft::registry::copy_text(out_info->location, "soft:");
  size_t length = 5;
  for (; *last != 0 && length + 1 < sizeof(out_info->location); ++last) out_info->location[length++] = *last;
  out_info->location[length] = 0;
}

bool graft_soft_device_is_for(const graft_driver_entry_t* entry, const graft_device_info_t* device) {
  if (device->vendor != GRAFT_SOFT_VENDOR || device->address != GRAFT_SOFT_ADDRESS) return false;
  graft_device_info_t own;
  graft_soft_device_info(entry, &own);
  return graft::registry::text_equal(own.location, device->location);
}
}
