// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/kit/block/disk.hpp"

#include <string.h>

#include "linux-emu/boundary/environment.h"
#include "linux-emu/kit/environment.hpp"

namespace graft::lx {
namespace {

constexpr uint64_t kSectorBytes = 512;
/// As many as one bio of the donor holds.
constexpr uint32_t kMaxFragments = 256;

/// Marks a request whose submitter waits in a fiber: `arg` is the fiber.
void synchronous_marker(graft_blk_request_t*, graft_error_t) {}

/// A method that blocks, carried out as a fiber whatever the caller is.
template <class Body>
graft_error_t in_fiber(Body& body) {
  World& w = world();
  if (w.in_world() && w.in_upcall()) return GRAFT_E_BADSTATE;
  return w.call([](void* arg) { return (*static_cast<Body*>(arg))(); }, &body);
}

template <class Interface>
graft_iunknown_t* unknown(Interface* interface) {
  return reinterpret_cast<graft_iunknown_t*>(interface);
}

}  // namespace

Disk::Disk(lx_disk* disk) : disk_(disk), report_work_([](void* self) { static_cast<Disk*>(self)->report(); }, this) {
  lx_disk_limits l;
  lx_disk_get_limits(disk, &l);
  max_fragments_ = kMaxFragments;
  limits_ = {
      .block_bytes = l.logical_block_bytes,
      .physical_block_bytes = l.physical_block_bytes,
      .max_fragments = l.max_segments < kMaxFragments ? l.max_segments : kMaxFragments,
      .fragment_alignment = l.alignment_bytes,
      .max_request_bytes = l.max_request_bytes,
      .max_discard_bytes = l.max_discard_bytes,
      .max_write_zeroes_bytes = l.max_write_zeroes_bytes,
      .queue_depth = l.queue_depth,
      .read_only = l.read_only,
      .volatile_cache = l.volatile_cache,
      .fua = l.fua,
      .rotational = l.rotational,
  };
  size_bytes_ = lx_disk_get_sectors(disk) * kSectorBytes;
}

Disk* Disk::create(lx_disk* disk, Instance& instance) {
  graft_attachment_t* attachment = instance.attachment;
  Disk* self = world().heap().make<Disk>(disk);
  if (!self) return nullptr;
  self->attachment_ = attachment;
  self->interrupts_ = &instance.interrupts;
  self->instance_ = &instance;
  self->adapter_ = graft_attachment_adapter(attachment);
  graft_iunknown_t* asyncblk = unknown(static_cast<graft_asyncblk_t*>(self));
  graft_iunknown_t* blkio = unknown(static_cast<graft_blkio_t*>(self));
  if (graft_attachment_export(attachment, &graft_iid_asyncblk, asyncblk) != GRAFT_OK ||
      graft_attachment_export(attachment, &graft_iid_blkio, blkio) != GRAFT_OK) {
    graft_attachment_withdraw(attachment, &graft_iid_asyncblk, asyncblk);
    self->release();
    return nullptr;
  }
  ++instance.exports;
  instance.interrupts.watch([](void* disk) { return static_cast<Disk*>(disk)->stats_.in_flight != 0; }, self);
  return self;
}

void Disk::destroy() {
  World& w = world();
  WorldScope scope(w);
  w.withdraw(report_work_);
  bounce_.drain(w.host());
  w.heap().destroy_object(this);
}

graft_error_t Disk::get_size(uint64_t* out_bytes) {
  WorldScope scope(world());
  *out_bytes = disk_ ? size_bytes_ : 0;
  return disk_ ? GRAFT_OK : GRAFT_E_GONE;
}

void Disk::get_stats(graft_blk_stats_t* out_stats) {
  WorldScope scope(world());
  *out_stats = stats_;
}

graft_error_t Disk::identify(graft_blk_identity_t* out_identity) {
  *out_identity = {};
  auto body = [this, out_identity]() -> graft_error_t {
    if (!disk_) return GRAFT_E_GONE;
    graft_blk_identity_t& id = *out_identity;
    if (int rc = lx_disk_get_attribute(disk_, "serial", id.serial, sizeof id.serial)) return lx_error(rc);
    if (int rc = lx_disk_get_attribute(disk_, "model", id.model, sizeof id.model)) return lx_error(rc);
    return lx_error(lx_disk_get_attribute(disk_, "firmware_rev", id.revision, sizeof id.revision));
  };
  return in_fiber(body);
}

// ---- Starting requests
// ------------------------------------------------------------------------------------------------

/// Looks at what a request's data lies in; `*out_copy` says that it has to go through the copying adapter.
graft_error_t Disk::check_data(const graft_blk_request_t& request, bool* out_copy) const {
  const Host& host = world().host();
  uint64_t sum = 0;
  uintptr_t bits = 0;
  bool reachable = true;
  for (uint32_t i = 0; i < request.fragment_count; ++i) {
    const graft_fragment_t& f = request.fragments[i];
    sum += f.bytes;
    bits |= reinterpret_cast<uintptr_t>(f.address) | f.bytes;
    reachable &= f.bytes != 0 && host.in_window(f.address, f.bytes);
  }
  *out_copy = !reachable || (bits & (limits_.fragment_alignment - 1)) != 0 || request.fragment_count > max_fragments_ ||
              adapter_ == GRAFT_ADAPTER_COPY;
  return sum == request.bytes ? GRAFT_OK : GRAFT_E_RANGE;
}

graft_error_t Disk::check(const graft_blk_request_t& request, bool* out_copy) const {
  *out_copy = false;
  if (!disk_) return GRAFT_E_GONE;
  bool has_data = request.operation == GRAFT_BLK_READ || request.operation == GRAFT_BLK_WRITE;
  if (limits_.read_only && request.operation != GRAFT_BLK_READ && request.operation != GRAFT_BLK_FLUSH) {
    return GRAFT_E_PERM;
  }
  if (!has_data) {
    switch (request.operation) {
      case GRAFT_BLK_FLUSH:
        return request.bytes == 0 && request.fragment_count == 0 ? GRAFT_OK : GRAFT_E_RANGE;
      case GRAFT_BLK_DISCARD:
        if (limits_.max_discard_bytes == 0) return GRAFT_E_NOTSUP;
        break;
      case GRAFT_BLK_WRITE_ZEROES:
        if (limits_.max_write_zeroes_bytes == 0) return GRAFT_E_NOTSUP;
        break;
      default:
        return GRAFT_E_INVAL;
    }
  }
  uint64_t mask = limits_.block_bytes - 1;
  if (request.bytes == 0 || ((request.offset_bytes | request.bytes) & mask) != 0) return GRAFT_E_RANGE;
  if (request.offset_bytes > size_bytes_ || request.bytes > size_bytes_ - request.offset_bytes) return GRAFT_E_RANGE;
  if (has_data) GRAFT_TRY(check_data(request, out_copy));
  return stats_.in_flight < limits_.queue_depth ? GRAFT_OK : GRAFT_E_BUSY;
}

graft_error_t Disk::start(graft_blk_request_t* request) {
  bool copy;
  GRAFT_TRY(check(*request, &copy));
  Flight& flight = Flight::create(request, this);
  const graft_fragment_t* fragments = request->fragments;
  uint32_t count = request->fragment_count;
  graft_fragment_t linear;
  if (copy) {
    if (adapter_ == GRAFT_ADAPTER_SG) return GRAFT_E_NOTSUP;
    flight.bounce = bounce_.take(world().host(), request->bytes, &flight.bounce_pages);
    if (!flight.bounce) return GRAFT_E_NOMEM;
    if (request->operation == GRAFT_BLK_WRITE) copy_from_fragments(flight.bounce, *request);
    linear = {flight.bounce, request->bytes, GRAFT_REGION_WORLD, 0};
    fragments = &linear;
    count = 1;
  }
  // The disk lives as long as anything is in flight.
  if (stats_.in_flight++ == 0) addref();
  int rc = lx_blk_submit(disk_, request, fragments, count);
  if (rc != 0) {
    if (flight.bounce) bounce_.put(world().host(), flight.bounce, flight.bounce_pages);
    if (--stats_.in_flight == 0) release();
    return lx_error(rc);
  }
  return GRAFT_OK;
}

graft_error_t Disk::submit(graft_blk_request_t* const* requests, uint32_t count, uint32_t* out_accepted) {
  *out_accepted = 0;
  WorldScope scope(world());
  graft_error_t error = GRAFT_OK;
  lx_blk_batch_begin(count);
  for (uint32_t i = 0; i < count && error == GRAFT_OK; ++i) {
    error = start(requests[i]);
    if (error == GRAFT_OK) *out_accepted = i + 1;
  }
  lx_blk_batch_end();
  return error;
}

// ---- Completion
// -------------------------------------------------------------------------------------------------------

void Disk::completed(graft_blk_request_t* request, int error) {
  // Whatever the donor makes of a device that goes away.
  bool lost = error != 0 && (!disk_ || instance_->is_leaving());
  Flight::of(request).status = error == 0 ? GRAFT_OK : lost ? GRAFT_E_GONE : lx_error(error);
  if (request->on_done == synchronous_marker) {
    auto* fiber = static_cast<Fiber*>(request->arg);
    request->arg = nullptr;
    world().make_runnable(fiber);
    return;
  }
  if (done_.empty()) world().raise(report_work_);
  done_.push(request);
}

/// Ends what the copying adapter did for a request.
void Disk::end_copy(graft_blk_request_t* request) {
  Flight& flight = Flight::of(request);
  if (request->operation == GRAFT_BLK_READ && flight.status == GRAFT_OK) copy_to_fragments(*request, flight.bounce);
  bounce_.put(world().host(), flight.bounce, flight.bounce_pages);
  ++stats_.copied;
  stats_.copied_bytes += request->bytes;
}

/// Counts a completed request and ends what the driver side holds of it.
void Disk::finish(graft_blk_request_t* request) {
  const Flight& flight = Flight::of(request);
  if (flight.bounce) {
    end_copy(request);
  } else if (request->fragment_count != 0) {
    ++stats_.gathered;
  }
  switch (request->operation) {
    case GRAFT_BLK_READ:
      ++stats_.reads;
      stats_.read_bytes += request->bytes;
      break;
    case GRAFT_BLK_WRITE:
      ++stats_.writes;
      stats_.written_bytes += request->bytes;
      break;
    case GRAFT_BLK_FLUSH:
      ++stats_.flushes;
      break;
    case GRAFT_BLK_DISCARD:
      ++stats_.discards;
      break;
    default:
      break;
  }
  if (flight.status != GRAFT_OK) ++stats_.errors;
  --stats_.in_flight;
}

void Disk::report() {
  World& w = world();
  // An upcall may drop the last outside reference.
  addref();
  while (!done_.empty()) {
    Upcall upcall(w);
    if (!upcall) {
      w.raise(report_work_);
      break;
    }
    graft_blk_request_t* request = done_.pop();
    graft_error_t status = Flight::of(request).status;
    finish(request);
    w.charge(1);
    request->on_done(request, status);
    if (stats_.in_flight == 0) release();
  }
  if (done_.empty() && drain_waiter_) w.make_runnable(drain_waiter_);
  release();
}

// ---- The synchronous methods
// ------------------------------------------------------------------------------------------

graft_error_t Disk::wait_for(uint32_t operation, void* buffer, uint64_t offset, size_t bytes) {
  graft_fragment_t fragment{buffer, bytes, 0, 0};
  graft_blk_request_t request{};
  request.operation = operation;
  request.offset_bytes = offset;
  request.bytes = bytes;
  request.fragments = &fragment;
  request.fragment_count = buffer ? 1 : 0;
  request.on_done = synchronous_marker;
  request.arg = world().current_fiber();
  for (;;) {
    graft_error_t error = start(&request);
    if (error == GRAFT_OK) break;
    if (error != GRAFT_E_BUSY) return error;
    // The queue is full of others' requests; some of them complete soon.
    constexpr uint64_t kRetryNs = 100'000;
    world().sleep_until(world().now_ns() + kRetryNs);
  }
  while (request.arg) world().block();
  graft_error_t status = Flight::of(&request).status;
  finish(&request);
  if (stats_.in_flight == 0) {
    if (drain_waiter_) world().make_runnable(drain_waiter_);
    release();
  }
  return status;
}

graft_error_t Disk::synchronous(uint32_t operation, void* buffer, uint64_t offset, size_t bytes) {
  auto body = [=, this]() -> graft_error_t {
    constexpr size_t kPieceBytes = 1024 * 1024;
    uint64_t mask = limits_.block_bytes - 1;
    if (!disk_) return GRAFT_E_GONE;
    if (((offset | bytes) & mask) != 0 || offset > size_bytes_ || bytes > size_bytes_ - offset) return GRAFT_E_RANGE;
    addref();
    graft_error_t error = GRAFT_OK;
    for (size_t at = 0; at < bytes && error == GRAFT_OK; at += kPieceBytes) {
      size_t piece = bytes - at < kPieceBytes ? bytes - at : kPieceBytes;
      error = wait_for(operation, static_cast<unsigned char*>(buffer) + at, offset + at, piece);
    }
    release();
    return error;
  };
  return in_fiber(body);
}

graft_error_t Disk::read(void* to, uint64_t offset, size_t bytes) {
  return synchronous(GRAFT_BLK_READ, to, offset, bytes);
}

graft_error_t Disk::write(const void* from, uint64_t offset, size_t bytes) {
  return synchronous(GRAFT_BLK_WRITE, const_cast<void*>(from), offset, bytes);
}

graft_error_t Disk::flush() {
  auto body = [this] { return wait_for(GRAFT_BLK_FLUSH, nullptr, 0, 0); };
  return in_fiber(body);
}

// ---- The end
// ------------------------------------------------------------------------------------------------------------

void Disk::resized() {
  if (disk_) size_bytes_ = lx_disk_get_sectors(disk_) * kSectorBytes;
}

void Disk::removed() {
  disk_ = nullptr;
  interrupts_->unwatch();
  graft_attachment_withdraw(attachment_, &graft_iid_blkio, unknown(static_cast<graft_blkio_t*>(this)));
  graft_attachment_withdraw(attachment_, &graft_iid_asyncblk, unknown(static_cast<graft_asyncblk_t*>(this)));
}

void Disk::drained() {
  drain_waiter_ = world().current_fiber();
  while (stats_.in_flight != 0) world().block();
  drain_waiter_ = nullptr;
  release();
}

}  // namespace graft::lx

// ---- What the emulation calls
// -------------------------------------------------------------------------------------------

using graft::lx::Disk;

void* lxk_disk_added(lx_disk* disk, void* attachment, const char*) {
  return Disk::create(disk, *static_cast<graft::lx::Instance*>(attachment));
}

void lxk_disk_removed(void* kit_disk) { static_cast<Disk*>(kit_disk)->removed(); }

void lxk_disk_drained(void* kit_disk) { static_cast<Disk*>(kit_disk)->drained(); }

void lxk_disk_resized(void* kit_disk) { static_cast<Disk*>(kit_disk)->resized(); }

void lxk_blk_done(graft_blk_request_t* request, int error) {
  graft::lx::Flight::of(request).disk->completed(request, error);
}
