// SPDX-License-Identifier: BSD-2-Clause
// native/ramdisk in the table of an image. Parameters: bytes, block_bytes, queue_depth, read_only.
#include "drivers/native/block/ramdisk/ramdisk.hpp"
#include "drivers/native/parameter.hpp"
#include "glue/registry/soft_device.h"

namespace graft::ramdisk {
namespace {

constinit Parameters parameters;

uint32_t matches(const graft_driver_entry_t* entry, const graft_device_info_t* device) {
  return graft_soft_device_is_for(entry, device) ? 1 : 0;
}

graft_error_t set_parameter(const graft_driver_entry_t*, const char* name, const char* value) {
  Parameters changed = parameters;
  const native::Parameter known[] = {
      {"bytes", &changed.bytes, 512, uint64_t{1} << 40},
      {"block_bytes", &changed.block_bytes, 512, 4096},
      {"queue_depth", &changed.queue_depth, 1, 4096},
      {"read_only", &changed.read_only},
  };
  graft_error_t error = native::set_parameter(known, name, value);
  if (error == GRAFT_OK) parameters = changed;
  return error;
}

graft_error_t attach(const graft_driver_entry_t*, graft_attachment_t* attachment, void** out_instance) {
  *out_instance = nullptr;
  RamDisk* disk;
  GRAFT_TRY(RamDisk::create(*static_cast<World*>(graft_attachment_world(attachment)), parameters, &disk));
  graft_error_t error = graft_attachment_export(attachment, &graft_iid_blkio, disk->unknown());
  if (error == GRAFT_OK) error = graft_attachment_export(attachment, &graft_iid_asyncblk, disk->unknown());
  if (error != GRAFT_OK) {
    disk->release();
    return error;
  }
  *out_instance = disk;
  return GRAFT_OK;
}

graft_error_t detach(const graft_driver_entry_t*, void* instance) {
  auto* disk = static_cast<RamDisk*>(instance);
  disk->detach();
  disk->release();
  return GRAFT_OK;
}

uint32_t get_counters(const graft_driver_entry_t*, void* instance, graft_counter_t* counters, uint32_t capacity) {
  graft_blk_stats_t stats;
  static_cast<RamDisk*>(instance)->get_stats(&stats);
  const graft_counter_t all[] = {{"reads", stats.reads}, {"writes", stats.writes}, {"in_flight", stats.in_flight}};
  uint32_t count = 0;
  for (const graft_counter_t& counter : all) {
    if (count < capacity) counters[count] = counter;
    ++count;
  }
  return count;
}

}  // namespace
}  // namespace graft::ramdisk

extern "C" constinit const graft_driver_entry_t graft_driver_native_block_ramdisk;
constinit const graft_driver_entry_t graft_driver_native_block_ramdisk = {
    .name = "native/ramdisk",
    .origin = "native",
    .category = "block",
    .licence = "BSD-2-Clause",
    .environment = nullptr,
    .data = nullptr,
    .matches = graft::ramdisk::matches,
    .set_parameter = graft::ramdisk::set_parameter,
    .attach = graft::ramdisk::attach,
    .detach = graft::ramdisk::detach,
    .get_counters = graft::ramdisk::get_counters,
};
