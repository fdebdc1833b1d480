// SPDX-License-Identifier: BSD-2-Clause
#include "drivers/native/block/ramdisk/ramdisk.hpp"

#include <string.h>

namespace graft::ramdisk {
namespace {

constexpr uint64_t kMaxRequestBytes = 4 << 20;
constexpr uint32_t kMaxFragments = 128;

graft_blk_request_t*& next_of(graft_blk_request_t* request) {
  return *reinterpret_cast<graft_blk_request_t**>(&request->driver_private[0]);
}

bool is_power_of_two(uint64_t value) { return value != 0 && (value & (value - 1)) == 0; }

}  // namespace

graft_error_t RamDisk::create(World& world, const Parameters& parameters, RamDisk** out) {
  *out = nullptr;
  if (!is_power_of_two(parameters.block_bytes) || parameters.block_bytes < 512 || parameters.block_bytes > 4096 ||
      parameters.bytes == 0 || parameters.bytes % parameters.block_bytes != 0 || parameters.queue_depth == 0) {
    return GRAFT_E_INVAL;
  }
  WorldScope scope(world);
  auto* disk = world.heap().make<RamDisk>(world, parameters);
  if (disk == nullptr) return GRAFT_E_NOMEM;
  if (graft_error_t error = disk->store_.allocate(world.host(), world.heap(), parameters.bytes); error != GRAFT_OK) {
    world.heap().destroy_object(disk);
    return error;
  }
  *out = disk;
  return GRAFT_OK;
}

void RamDisk::destroy() {
  World& world = world_;
  WorldScope scope(world);
  store_.free(world.host(), world.heap());
  world.heap().destroy_object(this);
}

void RamDisk::detach() {
  gone_ = true;
  while (first_ != nullptr || work_.is_raised()) world_.yield();
  store_.free(world_.host(), world_.heap());
}

graft_error_t RamDisk::check_range(uint64_t offset, uint64_t bytes) const {
  uint64_t size = parameters_.bytes;
  if ((offset | bytes) % parameters_.block_bytes != 0 || offset > size || bytes > size - offset) return GRAFT_E_RANGE;
  return GRAFT_OK;
}

// ---- Synchronous ----------------------------------------------------------------------------------------------------

graft_error_t RamDisk::check_synchronous(uint64_t offset, uint64_t bytes) const {
  if (world_.in_upcall()) return GRAFT_E_BADSTATE;
  if (gone_) return GRAFT_E_GONE;
  return check_range(offset, bytes);
}

graft_error_t RamDisk::get_size(uint64_t* out_bytes) {
  WorldScope scope(world_);
  *out_bytes = gone_ ? 0 : parameters_.bytes;
  return gone_ ? GRAFT_E_GONE : GRAFT_OK;
}

graft_error_t RamDisk::read(void* to, uint64_t offset, size_t bytes) {
  WorldScope scope(world_);
  if (graft_error_t error = check_synchronous(offset, bytes); error != GRAFT_OK) return error;
  store_.read(to, offset, bytes);
  ++stats_.reads;
  stats_.read_bytes += bytes;
  return GRAFT_OK;
}

graft_error_t RamDisk::write(const void* from, uint64_t offset, size_t bytes) {
  WorldScope scope(world_);
  if (graft_error_t error = check_synchronous(offset, bytes); error != GRAFT_OK) return error;
  if (parameters_.read_only) return GRAFT_E_PERM;
  store_.write(from, offset, bytes);
  ++stats_.writes;
  stats_.written_bytes += bytes;
  return GRAFT_OK;
}

graft_error_t RamDisk::flush() {
  WorldScope scope(world_);
  if (graft_error_t error = check_synchronous(0, 0); error != GRAFT_OK) return error;
  ++stats_.flushes;
  return GRAFT_OK;
}

// ---- Asynchronous ---------------------------------------------------------------------------------------------------

graft_error_t RamDisk::check(const graft_blk_request_t& request) const {
  if (gone_) return GRAFT_E_GONE;
  if (request.operation < GRAFT_BLK_READ || request.operation > GRAFT_BLK_WRITE_ZEROES) return GRAFT_E_INVAL;
  bool writes = request.operation != GRAFT_BLK_READ && request.operation != GRAFT_BLK_FLUSH;
  if (writes && parameters_.read_only) return GRAFT_E_PERM;
  if (request.operation == GRAFT_BLK_FLUSH && (request.offset_bytes | request.bytes) != 0) return GRAFT_E_RANGE;
  if (graft_error_t error = check_range(request.offset_bytes, request.bytes); error != GRAFT_OK) return error;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < request.fragment_count; ++i) sum += request.fragments[i].bytes;
  bool has_data = request.operation == GRAFT_BLK_READ || request.operation == GRAFT_BLK_WRITE;
  if (sum != (has_data ? request.bytes : 0)) return GRAFT_E_RANGE;
  if (has_data && request.bytes == 0) return GRAFT_E_RANGE;
  return stats_.in_flight == parameters_.queue_depth ? GRAFT_E_BUSY : GRAFT_OK;
}

graft_error_t RamDisk::submit(graft_blk_request_t* const* requests, uint32_t count, uint32_t* out_accepted) {
  *out_accepted = 0;
  WorldScope scope(world_);
  for (uint32_t i = 0; i < count; ++i) {
    graft_blk_request_t* request = requests[i];
    if (graft_error_t error = check(*request); error != GRAFT_OK) return error;
    next_of(request) = nullptr;
    (last_ != nullptr ? next_of(last_) : first_) = request;
    last_ = request;
    ++stats_.in_flight;
    ++*out_accepted;
    world_.raise(work_);
  }
  return GRAFT_OK;
}

void RamDisk::carry_out(graft_blk_request_t& request) {
  uint64_t offset = request.offset_bytes;
  switch (request.operation) {
    case GRAFT_BLK_READ:
      for (uint32_t i = 0; i < request.fragment_count; offset += request.fragments[i++].bytes) {
        store_.read(request.fragments[i].address, offset, request.fragments[i].bytes);
      }
      ++stats_.reads;
      ++stats_.gathered;
      stats_.read_bytes += request.bytes;
      break;
    case GRAFT_BLK_WRITE:
      for (uint32_t i = 0; i < request.fragment_count; offset += request.fragments[i++].bytes) {
        store_.write(request.fragments[i].address, offset, request.fragments[i].bytes);
      }
      ++stats_.writes;
      ++stats_.gathered;
      stats_.written_bytes += request.bytes;
      break;
    case GRAFT_BLK_FLUSH:
      ++stats_.flushes;
      break;
    case GRAFT_BLK_DISCARD:
      ++stats_.discards;
      [[fallthrough]];
    default:
      store_.zero(offset, request.bytes);
  }
}

void RamDisk::complete_waiting() {
  // Requests that an upcall submits wait for the next turn, so that one disk cannot hold the loop.
  graft_blk_request_t* stop = last_;
  while (first_ != nullptr && world_.budget_left() != 0) {
    graft_blk_request_t* request = first_;
    first_ = next_of(request);
    if (first_ == nullptr) last_ = nullptr;
    carry_out(*request);
    --stats_.in_flight;
    world_.charge(1);
    {
      Upcall upcall(world_);
      request->on_done(request, GRAFT_OK);
    }
    if (request == stop) break;
  }
  if (first_ != nullptr) world_.raise(work_);
}

void RamDisk::get_limits(graft_blk_limits_t* out_limits) {
  *out_limits = {};
  out_limits->block_bytes = parameters_.block_bytes;
  out_limits->physical_block_bytes = parameters_.block_bytes;
  out_limits->max_fragments = kMaxFragments;
  out_limits->fragment_alignment = 1;
  out_limits->max_request_bytes = kMaxRequestBytes;
  out_limits->max_discard_bytes = kMaxRequestBytes;
  out_limits->max_write_zeroes_bytes = kMaxRequestBytes;
  out_limits->queue_depth = parameters_.queue_depth;
  out_limits->read_only = parameters_.read_only;
  out_limits->fua = 1;
}

graft_error_t RamDisk::identify(graft_blk_identity_t* out_identity) {
  *out_identity = {};
  WorldScope scope(world_);
  if (gone_) return GRAFT_E_GONE;
  static constexpr char kModel[] = "Graft RAM disk";
  memcpy(out_identity->model, kModel, sizeof(kModel));
  return GRAFT_OK;
}

void RamDisk::get_stats(graft_blk_stats_t* out_stats) {
  WorldScope scope(world_);
  *out_stats = stats_;
}

}  // namespace graft::ramdisk
