// SPDX-License-Identifier: BSD-2-Clause
#include "tests/conformance/fakes/fake_disk.hpp"

#include <algorithm>
#include <cstring>

namespace graft::fakes {

Status FakeDisk::get_size(uint64_t* out_bytes) {
  *out_bytes = gone_ ? 0 : options_.size_bytes;
  return gone_ ? GRAFT_E_GONE : GRAFT_OK;
}

void FakeDisk::get_limits(graft_blk_limits_t* out) {
  *out = {};
  out->block_bytes = options_.block_bytes;
  out->physical_block_bytes = std::max(options_.block_bytes, 4096u);
  out->max_fragments = 128;
  out->fragment_alignment = 1;
  out->max_request_bytes = 1 << 20;
  out->max_discard_bytes = 1 << 20;
  out->max_write_zeroes_bytes = 1 << 20;
  out->queue_depth = options_.queue_depth;
  out->read_only = options_.read_only;
  out->volatile_cache = 1;
  out->fua = 1;
}

Status FakeDisk::identify(graft_blk_identity_t* out) {
  *out = {};
  if (world_.in_upcall()) return GRAFT_E_BADSTATE;
  if (gone_) return GRAFT_E_GONE;
  std::strcpy(out->model, "Fake Disk");
  std::strcpy(out->serial, "0001");
  return GRAFT_OK;
}

void FakeDisk::get_stats(graft_blk_stats_t* out) {
  *out = stats_;
  out->in_flight = queue_.size();
}

Status FakeDisk::check_range(uint64_t offset, uint64_t bytes) const {
  const uint64_t mask = options_.block_bytes - 1;
  if (((offset | bytes) & mask) && !is(DiskMutation::kAcceptMisaligned)) return GRAFT_E_RANGE;
  const bool beyond = offset > options_.size_bytes || bytes > options_.size_bytes - offset;
  if (beyond && !is(DiskMutation::kAcceptBeyondEnd)) return GRAFT_E_RANGE;
  return GRAFT_OK;
}

Status FakeDisk::check(const graft_blk_request_t& request) const {
  if (gone_ && !is(DiskMutation::kGoneAccepts)) return GRAFT_E_GONE;
  switch (request.operation) {
    case GRAFT_BLK_FLUSH:
      return GRAFT_OK;
    case GRAFT_BLK_READ:
    case GRAFT_BLK_WRITE: {
      uint64_t sum = 0;
      for (uint32_t i = 0; i < request.fragment_count; ++i) sum += request.fragments[i].bytes;
      if (sum != request.bytes && !is(DiskMutation::kAcceptWrongSum)) return GRAFT_E_RANGE;
      break;
    }
    case GRAFT_BLK_DISCARD:
    case GRAFT_BLK_WRITE_ZEROES:
      break;
    default:
      return is(DiskMutation::kInvalAccepted) ? GRAFT_OK : GRAFT_E_INVAL;
  }
  GRAFT_TRY(check_range(request.offset_bytes, request.bytes));
  const bool writes = request.operation != GRAFT_BLK_READ;
  if (writes && options_.read_only && !is(DiskMutation::kReadOnlyWritable)) return GRAFT_E_PERM;
  return GRAFT_OK;
}

Status FakeDisk::submit(graft_blk_request_t* const* requests, uint32_t count, uint32_t* out_accepted) {
  Status status;
  for (*out_accepted = 0; *out_accepted < count; ++*out_accepted) {
    graft_blk_request_t* request = requests[*out_accepted];
    status = check(*request);
    if (!status.ok()) break;
    if (queue_.size() == options_.queue_depth) {
      if (is(DiskMutation::kNeverBusy)) continue;
      if (is(DiskMutation::kBusyButAccepted)) queue_.push_back(request);
      status = GRAFT_E_BUSY;
      break;
    }
    if (is(DiskMutation::kCompleteInside)) {
      finish(request);
    } else {
      queue_.push_back(request);
    }
  }
  if (is(DiskMutation::kWrongAccepted) && *out_accepted > 1) --*out_accepted;
  post();
  return status;
}

void FakeDisk::post() {
  if (posted_ || held_ || queue_.empty()) return;
  posted_ = true;
  world_.post([this] {
    posted_ = false;
    complete_some();
  });
}

void FakeDisk::complete_some() {
  if (gone_ && is(DiskMutation::kGoneCompletesLate)) return queue_.clear();
  // What completes may submit more; that is for the next round.
  for (size_t n = queue_.size(); n && !queue_.empty(); --n) {
    const size_t index = options_.out_of_order ? random_() % queue_.size() : 0;
    graft_blk_request_t* request = queue_[index];
    queue_.erase(queue_.begin() + static_cast<ptrdiff_t>(index));
    finish(request);
  }
  post();
}

void FakeDisk::finish(graft_blk_request_t* request) {
  ++finished_;
  if (is(DiskMutation::kCompleteNever) && finished_ % 8 == 0) return;
  const Status status = carry_out(request);
  if (!status.ok()) ++stats_.errors;
  const int times = is(DiskMutation::kCompleteTwice) ? 2 : 1;
  for (int i = 0; i < times; ++i) world_.upcall([&] { request->on_done(request, status.code()); });
}

Status FakeDisk::carry_out(graft_blk_request_t* request) {
  if (gone_) return GRAFT_E_GONE;
  const uint64_t begin = request->offset_bytes;
  const uint64_t end = begin + request->bytes;
  if (end > content_.size()) return GRAFT_OK;
  if (bad_error_ != GRAFT_OK && begin < bad_end_ && end > bad_begin_) return bad_error_;
  const bool count = !is(DiskMutation::kStatsStandStill);
  switch (request->operation) {
    case GRAFT_BLK_FLUSH:
      stats_.flushes += count;
      return GRAFT_OK;
    case GRAFT_BLK_DISCARD:
      stats_.discards += count;
      return GRAFT_OK;
    case GRAFT_BLK_WRITE_ZEROES:
      if (!is(DiskMutation::kZeroesDoNothing))
        std::fill_n(content_.begin() + static_cast<ptrdiff_t>(begin), request->bytes, 0);
      return GRAFT_OK;
    default:
      break;
  }
  std::vector<graft_fragment_t> fragments(request->fragments, request->fragments + request->fragment_count);
  if (is(DiskMutation::kSwapFragments)) std::reverse(fragments.begin(), fragments.end());
  const bool read = request->operation == GRAFT_BLK_READ;
  if (!read && is(DiskMutation::kWriteLost) && finished_ % 8 == 0) return GRAFT_OK;
  uint64_t at = begin;
  if (read && is(DiskMutation::kReadWrongBlock) && end + options_.block_bytes <= content_.size())
    at += options_.block_bytes;
  for (const graft_fragment_t& f : fragments) {
    if (at + f.bytes > content_.size()) break;
    if (read) {
      std::memcpy(f.address, content_.data() + at, f.bytes - (is(DiskMutation::kReadShort) ? 1 : 0));
    } else {
      std::memcpy(content_.data() + at, f.address, f.bytes);
    }
    at += f.bytes;
  }
  (read ? stats_.reads : stats_.writes) += count;
  (read ? stats_.read_bytes : stats_.written_bytes) += count ? request->bytes : 0;
  stats_.gathered += count;
  return GRAFT_OK;
}

void FakeDisk::hold(bool on) {
  held_ = on;
  post();
}

void FakeDisk::remove() {
  gone_ = true;
  held_ = false;
  post();
}

Status FakeDisk::sync(uint32_t operation, void* memory, uint64_t offset, size_t bytes) {
  if (world_.in_upcall() && !is(DiskMutation::kBlockInUpcall)) return GRAFT_E_BADSTATE;
  if (gone_) return GRAFT_E_GONE;
  graft_fragment_t fragment = {memory, bytes, GRAFT_REGION_OTHER, 0};
  graft_blk_request_t request = {};
  request.operation = operation;
  request.offset_bytes = offset;
  request.bytes = bytes;
  request.fragments = &fragment;
  request.fragment_count = bytes ? 1 : 0;
  const Status status = check(request);
  if (!status.ok()) return is(DiskMutation::kSyncIgnoresRange) && status == GRAFT_E_RANGE ? Status() : status;
  return carry_out(&request);
}

Status FakeDisk::read(void* to, uint64_t offset, size_t bytes) { return sync(GRAFT_BLK_READ, to, offset, bytes); }

Status FakeDisk::write(const void* from, uint64_t offset, size_t bytes) {
  return sync(GRAFT_BLK_WRITE, const_cast<void*>(from), offset, bytes);
}

Status FakeDisk::flush() { return sync(GRAFT_BLK_FLUSH, nullptr, 0, 0); }

}  // namespace graft::fakes
