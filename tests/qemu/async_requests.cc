// SPDX-License-Identifier: BSD-2-Clause
#include "tests/qemu/async_requests.hpp"

#include <algorithm>
#include <cstdio>

namespace graft::test {

unsigned char* allocate(size_t bytes) {
  void* va = nullptr;
  const size_t pages = (bytes + GRAFT_PAGE_BYTES - 1) / GRAFT_PAGE_BYTES;
  if (threaded::osenv()->page_alloc(threaded::osenv()->host, pages, 1, UINT64_MAX, &va) != GRAFT_OK) {
    printf("no memory for %zu bytes\n", bytes);
    threaded::exit(false);
  }
  return static_cast<unsigned char*>(va);
}

size_t odd_start(Sequence& sequence) {
  constexpr size_t kStarts[] = {0, 0, 512, 1024, 64, 4, 1, 3071};
  return kStarts[sequence.below(std::size(kStarts))];
}

bool complain(const char* what, Status status, uint64_t sector, uint64_t sectors) {
  printf("%s of %lu sectors at %lu: %s\n", what, sectors, sector, status.name());
  return false;
}

bool matches(const unsigned char* buffer, uint64_t seed, uint64_t first, uint64_t sectors) {
  for (uint64_t i = 0; i < sectors; ++i) {
    const Sector expected(seed, first + i);
    if (std::memcmp(buffer + i * kSectorBytes, expected.words, kSectorBytes) == 0) continue;
    printf("sector %lu is not what was written outside\n", first + i);
    return false;
  }
  return true;
}

AsyncRequests::AsyncRequests(AsyncBlk disk, uint64_t seed, uint32_t in_flight, uint64_t max_sectors)
    : disk_(disk), seed_(seed), sequence_(~seed), count_(in_flight) {
  disk_.get_limits(&limits_);
  for (uint32_t i = 0; i < count_; ++i) {
    slots_[i].memory = allocate(max_sectors * kSectorBytes + GRAFT_PAGE_BYTES);
    slots_[i].owner = this;
  }
}

bool AsyncRequests::write(Plan plan, uint64_t writes) {
  for (uint64_t i = 0; i < writes && !failed_; ++i) {
    const PlannedWrite write = plan.next();
    // The order of two writes in flight is open, so the later of two that overlap waits.
    while (overlapping(write)) collect();
    const bool zeroes = write.is_zeroes() && write.sectors * kSectorBytes <= limits_.max_write_zeroes_bytes;
    submit(prepare(zeroes ? GRAFT_BLK_WRITE_ZEROES : GRAFT_BLK_WRITE, write));
    if (i % 100 == 99) flush();
  }
  flush();
  return !failed_;
}

bool AsyncRequests::check(uint64_t disk_sectors) {
  for (uint64_t first = 0; first < disk_sectors && !failed_;) {
    const uint64_t sectors = std::min(1 + sequence_.below(256), disk_sectors - first);
    submit(prepare(GRAFT_BLK_READ, {first, sectors, seed_}));
    first += sectors;
  }
  drain();
  return !failed_;
}

void AsyncRequests::on_done(graft_blk_request_t* request, graft_error_t status) {
  auto* slot = static_cast<Slot*>(request->arg);
  slot->status = status;
  slot->done = true;
  slot->owner->finished_.release();
}

AsyncRequests::Slot* AsyncRequests::overlapping(const PlannedWrite& write) {
  Slot* const end = slots_ + count_;
  Slot* found = std::find_if(slots_, end, [&](const Slot& s) { return s.busy && s.write.overlaps(write); });
  return found == end ? nullptr : found;
}

AsyncRequests::Slot* AsyncRequests::free_slot() {
  Slot* const end = slots_ + count_;
  for (;;) {
    Slot* found = std::find_if(slots_, end, [](const Slot& s) { return !s.busy; });
    if (found != end) return found;
    collect();
  }
}

void AsyncRequests::collect() {
  // Each completion left a permit; one that finds nothing belongs to a slot that was taken before.
  finished_.acquire();
  for (Slot& slot : slots_) {
    if (slot.busy && slot.done) finish(&slot);
  }
}

void AsyncRequests::drain() {
  while (std::any_of(slots_, slots_ + count_, [](const Slot& s) { return s.busy; })) collect();
}

void AsyncRequests::finish(Slot* slot) {
  slot->busy = false;
  const PlannedWrite& place = slot->write;
  if (slot->status != GRAFT_OK) {
    failed_ = !complain("request", slot->status, place.first, place.sectors);
  } else if (slot->request.operation == GRAFT_BLK_READ && !matches(slot->start, seed_, place.first, place.sectors)) {
    failed_ = true;
  }
}

AsyncRequests::Slot* AsyncRequests::prepare(uint32_t operation, const PlannedWrite& place) {
  Slot* slot = free_slot();
  slot->write = place;
  slot->request = {};
  slot->request.operation = operation;
  slot->request.offset_bytes = place.first * kSectorBytes;
  slot->request.bytes = place.sectors * kSectorBytes;
  slot->request.on_done = on_done;
  slot->request.arg = slot;
  if (operation != GRAFT_BLK_READ && operation != GRAFT_BLK_WRITE) return slot;
  slot->start = slot->memory + odd_start(sequence_);
  if (operation == GRAFT_BLK_WRITE) {
    if (sequence_.below(16) == 0) slot->request.flags = GRAFT_BLK_FUA;
    place.fill(slot->start);
  } else {
    std::memset(slot->start, 0xEE, slot->request.bytes);
  }
  split(slot);
  return slot;
}

/// Cuts the content into fragments of whole sectors, or of any length.
void AsyncRequests::split(Slot* slot) {
  unsigned char* at = slot->start;
  uint64_t left = slot->request.bytes;
  const uint64_t unit = sequence_.below(4) == 0 ? 1 : kSectorBytes;
  const uint64_t wanted = 1 + sequence_.below(kMaxFragments);
  uint32_t count = 0;
  while (left > 0) {
    const bool last = count + 1 == wanted || left <= unit;
    const uint64_t bytes = last ? left : unit * (1 + sequence_.below(left / unit));
    slot->fragments[count++] = {at, bytes, GRAFT_REGION_WORLD, 0};
    at += bytes;
    left -= bytes;
  }
  slot->request.fragments = slot->fragments;
  slot->request.fragment_count = count;
}

void AsyncRequests::submit(Slot* slot) {
  graft_blk_request_t* request = &slot->request;
  slot->busy = true;
  slot->done = false;
  for (;;) {
    uint32_t accepted = 0;
    const Status status = disk_.submit(&request, 1, &accepted);
    if (status.ok() && accepted == 1) return;
    if (status != GRAFT_E_BUSY) {
      slot->busy = false;
      failed_ = !complain("submit", status, slot->write.first, slot->write.sectors);
      return;
    }
    // A completion makes room; its permit is for collect().
    threaded::sleep_ns(100'000);
  }
}

void AsyncRequests::flush() {
  drain();
  submit(prepare(GRAFT_BLK_FLUSH, {}));
  drain();
}

}  // namespace graft::test
