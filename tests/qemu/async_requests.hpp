// SPDX-License-Identifier: BSD-2-Clause
/// AsyncRequests: pseudo-random requests to a disk, several in flight, in fragments of every kind.
#ifndef GRAFT_TESTS_QEMU_ASYNC_REQUESTS_HPP
#define GRAFT_TESTS_QEMU_ASYNC_REQUESTS_HPP

#include <atomic>
#include <graft/asyncblk.hpp>

#include "kernels/threaded/host.hpp"
#include "tests/qemu/pattern.hpp"

namespace graft::test {

/// Gives pages or ends the run as failed.
unsigned char* allocate(size_t bytes);

/// Where a buffer starts within its pages: mostly as a device likes it, sometimes anywhere. Less than a page.
size_t odd_start(Sequence& sequence);

/// Prints what failed and returns false.
bool complain(const char* what, Status status, uint64_t sector, uint64_t sectors);

/// Says whether a buffer holds the sectors from `first` of a disk that is filled with Sector(seed, number).
bool matches(const unsigned char* buffer, uint64_t seed, uint64_t first, uint64_t sectors);

class AsyncRequests {
 public:
  static constexpr uint32_t kMaxInFlight = 32;

  AsyncRequests(AsyncBlk disk, uint64_t seed, uint32_t in_flight, uint64_t max_sectors);

  /// Carries out `writes` writes of a plan, with a flush now and then and at the end. False if any failed.
  bool write(Plan plan, uint64_t writes);

  /// Reads the whole disk and compares it with Sector(seed, number). False if any failed or differs.
  bool check(uint64_t disk_sectors);

 private:
  static constexpr uint32_t kMaxFragments = 24;

  struct Slot {
    graft_blk_request_t request;
    graft_fragment_t fragments[kMaxFragments];
    PlannedWrite write;
    unsigned char* memory;
    unsigned char* start;  ///< of the content, in memory
    AsyncRequests* owner;
    graft_error_t status;
    bool busy;
    std::atomic<bool> done;
  };

  static void on_done(graft_blk_request_t* request, graft_error_t status);
  Slot* overlapping(const PlannedWrite& write);
  Slot* free_slot();
  /// Waits for a completion and takes what has ended.
  void collect();
  void drain();
  void finish(Slot* slot);
  Slot* prepare(uint32_t operation, const PlannedWrite& place);
  void split(Slot* slot);
  void submit(Slot* slot);
  void flush();

  AsyncBlk disk_;
  uint64_t seed_;
  Sequence sequence_;
  uint32_t count_;
  graft_blk_limits_t limits_;
  threaded::Semaphore finished_;
  bool failed_ = false;
  Slot slots_[kMaxInFlight] = {};
};

}  // namespace graft::test

#endif
