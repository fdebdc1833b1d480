// SPDX-License-Identifier: GPL-2.0-only
// Firmware files come from the host, which has none unless it says so.
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/firmware.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "linux-emu/boundary/environment.h"
#include "linux-emu/boundary/host.h"

int request_firmware(const struct firmware** out_firmware, const char* name, struct device* device) {
  struct firmware* firmware;
  const void* data;
  size_t bytes;
  int32_t error;

  *out_firmware = NULL;
  error = lxk_firmware(name, &data, &bytes);
  if (error) {
    pr_info("firmware %s is not there\n", name);
    return lx_errno(error);
  }
  firmware = kzalloc(sizeof(*firmware), GFP_KERNEL);
  if (!firmware) return -ENOMEM;
  firmware->data = data;
  firmware->size = bytes;
  *out_firmware = firmware;
  return 0;
}

int firmware_request_nowarn(const struct firmware** out_firmware, const char* name, struct device* device) {
  return request_firmware(out_firmware, name, device);
}

int request_firmware_direct(const struct firmware** out_firmware, const char* name, struct device* device) {
  return request_firmware(out_firmware, name, device);
}

void release_firmware(const struct firmware* firmware) { kfree(firmware); }

struct later {
  struct work_struct work;
  struct device* device;
  void* context;
  void (*done)(const struct firmware* firmware, void* context);
  char name[];
};

static void request_later(struct work_struct* work) {
  struct later* later = container_of(work, struct later, work);
  const struct firmware* firmware;

  request_firmware(&firmware, later->name, later->device);
  later->done(firmware, later->context);
  put_device(later->device);
  kfree(later);
}

int request_firmware_nowait(struct module* module, bool uevent, const char* name, struct device* device, gfp_t gfp,
                            void* context, void (*done)(const struct firmware* firmware, void* context)) {
  struct later* later = kzalloc(sizeof(*later) + strlen(name) + 1, gfp);

  if (!later) return -ENOMEM;
  INIT_WORK(&later->work, request_later);
  later->device = get_device(device);
  later->context = context;
  later->done = done;
  strcpy(later->name, name);
  schedule_work(&later->work);
  return 0;
}
