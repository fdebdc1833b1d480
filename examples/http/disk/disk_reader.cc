// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/disk/disk_reader.hpp"

namespace graft::http {

namespace {

constexpr uint64_t kRetry_ns = 10'000'000;

}  // namespace

DiskReader::~DiskReader() {
  if (!idle()) host_.panic("http: reads are in flight on a disk reader that is destroyed");
}

Status DiskReader::attach(const Ref<graft_asyncblk_t>& disk) {
  GRAFT_TRY(graft_asyncblk_get_size(disk.get(), &size_bytes_));
  graft_asyncblk_get_limits(disk.get(), &limits_);
  disk_ = disk;
  return GRAFT_OK;
}

void DiskReader::read(DiskRead* read) {
  read->fragment_ = host_.fragment(read->memory, read->bytes);
  read->request_ = {};
  read->request_.operation = GRAFT_BLK_READ;
  read->request_.offset_bytes = read->offset_bytes;
  read->request_.bytes = read->bytes;
  read->request_.fragments = &read->fragment_;
  read->request_.fragment_count = 1;
  read->request_.on_done = on_done;
  read->request_.arg = read;
  read->reader_ = this;
  waiting_.push_back(*read);
}

void DiskReader::on_done(graft_blk_request_t* request, graft_error_t status) {
  auto* read = static_cast<DiskRead*>(request->arg);
  DiskReader* self = read->reader_;
  read->status_ = status;
  DiskRead* head = self->completed_.load(std::memory_order_relaxed);
  do {
    read->next_completed_ = head;
  } while (!self->completed_.compare_exchange_weak(head, read, std::memory_order_release, std::memory_order_relaxed));
  self->host_.wake();
}

bool DiskReader::submit_waiting() {
  bool progress = false;
  while (!waiting_.empty() && !blocked_) {
    graft_blk_request_t* requests[kBatch];
    DiskRead* reads[kBatch];
    uint32_t count = 0;
    while (count < kBatch && !waiting_.empty()) {
      reads[count] = &waiting_.front();
      requests[count] = &reads[count]->request_;
      ++count;
      waiting_.pop_front();
    }
    stats_.in_flight += count;
    uint32_t accepted = 0;
    const Status status = graft_asyncblk_submit(disk_.get(), requests, count, &accepted);
    progress |= accepted > 0;
    stats_.in_flight -= count - accepted;
    uint32_t next = accepted;
    if (!status.ok() && status != GRAFT_E_BUSY && next < count) {
      ++stats_.in_flight;
      complete(reads[next++], status);
      progress = true;
    }
    for (uint32_t i = count; i > next; --i) waiting_.push_front(*reads[i - 1]);
    if (status == GRAFT_E_BUSY) {
      ++stats_.busy;
      blocked_ = true;
    }
  }
  return progress;
}

void DiskReader::complete(DiskRead* read, Status status) {
  --stats_.in_flight;
  ++stats_.reads;
  if (status.ok()) {
    stats_.bytes += read->bytes;
  } else {
    ++stats_.errors;
  }
  read->on_read(read->arg, read, status);
}

bool DiskReader::poll() {
  DiskRead* stack = completed_.exchange(nullptr, std::memory_order_acquire);
  const bool progress = stack != nullptr;
  DiskRead* oldest_first = nullptr;
  while (stack) {
    DiskRead* next = stack->next_completed_;
    stack->next_completed_ = oldest_first;
    oldest_first = stack;
    stack = next;
  }
  while (oldest_first) {
    DiskRead* next = oldest_first->next_completed_;
    complete(oldest_first, oldest_first->status_);
    oldest_first = next;
  }
  blocked_ = false;
  return submit_waiting() || progress;
}

uint64_t DiskReader::retry_deadline_ns(uint64_t now_ns) const {
  return blocked_ && stats_.in_flight == 0 ? now_ns + kRetry_ns : GRAFT_FOREVER;
}

}  // namespace graft::http
