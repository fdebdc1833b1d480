// SPDX-License-Identifier: BSD-2-Clause
// Writes a plan of pseudo-random content to the first disk, or checks content that was put there outside.
//   do=sync         through blkio, one write at a time
//   do=async        through asyncblk, several in flight, in fragments
//   do=check        reads the whole disk, which holds Sector(seed, number), through blkio
//   do=check_async  the same through asyncblk
// seed=, writes=, max_sectors= and in_flight= choose the plan.
#include <algorithm>
#include <cstdio>
#include <graft/blkio.hpp>

#include "kernels/threaded/host.hpp"
#include "tests/qemu/async_requests.hpp"
#include "tests/qemu/kit.hpp"

using namespace graft;
using namespace graft::test;

namespace {

uint64_t g_disk_sectors;
uint64_t g_max_sectors;

bool write_in_turn(const BlkIo& disk, Plan plan, uint64_t writes, uint64_t seed) {
  Sequence starts(~seed);
  unsigned char* memory = allocate(g_max_sectors * kSectorBytes + GRAFT_PAGE_BYTES);
  for (uint64_t i = 0; i < writes; ++i) {
    const PlannedWrite write = plan.next();
    unsigned char* buffer = memory + odd_start(starts);
    write.fill(buffer);
    Status status = disk.write(buffer, write.first * kSectorBytes, write.sectors * kSectorBytes);
    if (!status.ok()) return complain("write", status, write.first, write.sectors);
    if (i % 64 == 63 && !(status = disk.flush()).ok()) return complain("flush", status, 0, 0);
  }
  const Status status = disk.flush();
  return status.ok() || complain("flush", status, 0, 0);
}

bool check_in_turn(const BlkIo& disk, uint64_t seed) {
  Sequence sequence(seed);
  unsigned char* memory = allocate(g_max_sectors * kSectorBytes + GRAFT_PAGE_BYTES);
  for (uint64_t first = 0; first < g_disk_sectors;) {
    const uint64_t sectors = std::min(1 + sequence.below(g_max_sectors), g_disk_sectors - first);
    unsigned char* buffer = memory + odd_start(sequence);
    std::memset(buffer, 0xEE, sectors * kSectorBytes);
    const Status status = disk.read(buffer, first * kSectorBytes, sectors * kSectorBytes);
    if (!status.ok()) return complain("read", status, first, sectors);
    if (!matches(buffer, seed, first, sectors)) return false;
    first += sectors;
  }
  return true;
}

bool check_refusals(const BlkIo& disk) {
  unsigned char* memory = allocate(2 * kSectorBytes);
  const uint64_t end = g_disk_sectors * kSectorBytes;
  const struct {
    uint64_t offset;
    size_t bytes;
  } bad[] = {{end, kSectorBytes},
             {end - kSectorBytes, 2 * kSectorBytes},
             {1, kSectorBytes},
             {0, 1},
             {UINT64_MAX - kSectorBytes + 1, kSectorBytes}};
  for (const auto& [offset, bytes] : bad) {
    const Status status = disk.read(memory, offset, bytes);
    if (status == GRAFT_E_RANGE) continue;
    printf("a read of %zu bytes at %lu: %s\n", bytes, offset, status.name());
    return false;
  }
  return true;
}

void print_stats(const AsyncBlk& disk) {
  graft_blk_stats_t s;
  disk.get_stats(&s);
  printf("disk: reads=%lu read_bytes=%lu writes=%lu written_bytes=%lu flushes=%lu errors=%lu\n", s.reads, s.read_bytes,
         s.writes, s.written_bytes, s.flushes, s.errors);
  printf("disk: gathered=%lu copied=%lu copied_bytes=%lu in_flight=%lu\n", s.gathered, s.copied, s.copied_bytes,
         s.in_flight);
}

}  // namespace

int host_main() {
  graft_kit_t* kit = start_kit();
  const BlkIo blkio = find<graft_blkio_t>(kit);
  const AsyncBlk asyncblk = find<graft_asyncblk_t>(kit);
  uint64_t bytes = 0;
  if (!blkio || !asyncblk || !blkio.get_size(&bytes).ok()) {
    printf("no disk\n");
    return 1;
  }
  g_disk_sectors = bytes / kSectorBytes;
  g_max_sectors = number_option("max_sectors", 256);
  const uint64_t seed = number_option("seed", 1);
  const uint64_t writes = number_option("writes", 100);
  const auto in_flight = static_cast<uint32_t>(number_option("in_flight", 8));
  if (in_flight < 1 || in_flight > AsyncRequests::kMaxInFlight || g_max_sectors < 256) {
    printf("in_flight is 1 to %u, max_sectors at least 256\n", AsyncRequests::kMaxInFlight);
    return 1;
  }
  static AsyncRequests requests(asyncblk, seed, in_flight, g_max_sectors);
  const Plan plan(seed, g_disk_sectors, g_max_sectors);
  const auto what = threaded::option("do").value_or("");
  bool fine = false;
  if (what == "sync") {
    fine = write_in_turn(blkio, plan, writes, seed);
  } else if (what == "async") {
    fine = requests.write(plan, writes);
  } else if (what == "check") {
    fine = check_in_turn(blkio, seed) && check_refusals(blkio);
  } else if (what == "check_async") {
    fine = requests.check(g_disk_sectors);
  } else {
    printf("what to do? do=sync, async, check or check_async\n");
  }
  print_stats(asyncblk);
  return fine ? 0 : 1;
}
