// SPDX-License-Identifier: BSD-2-Clause
/// Reads 4 KiB blocks at pseudo-random places of the first disk in measured regions: 32 in flight, submitted together
/// by a thread that waits for all of them or by the upcall of the last one, and one in flight.
#include <graft/kit.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <graft/asyncblk.hpp>

#include "kernels/threaded/host.hpp"
#include "tests/bench/marker.h"
#include "tests/qemu/kit.hpp"

namespace {

using namespace graft;

constexpr uint32_t kReads = 8192;
constexpr uint32_t kWarmUpReads = 1024;
constexpr uint32_t kPasses = 7;
constexpr uint32_t kInFlight = 32;
constexpr uint32_t kBytes = 4096;

class Reader {
 public:
  Reader(AsyncBlk disk, uint64_t blocks, unsigned char* memory) : disk_(disk), blocks_(blocks) {
    const graft_osenv_t* env = threaded::osenv();
    thread_ = env->thread_self(env->host);
    for (uint32_t i = 0; i < kInFlight; ++i) {
      fragments_[i] = {memory + i * kBytes, kBytes, GRAFT_REGION_WORLD, 0};
      requests_[i] = {};
      requests_[i].operation = GRAFT_BLK_READ;
      requests_[i].bytes = kBytes;
      requests_[i].fragments = &fragments_[i];
      requests_[i].fragment_count = 1;
      requests_[i].on_done = on_done;
      requests_[i].arg = this;
      pointers_[i] = &requests_[i];
    }
  }

  /// Reads `reads` blocks, `in_flight` at a time; the next ones are started by this thread or from the last upcall.
  bool read(uint32_t reads, uint32_t in_flight, bool from_upcall) {
    in_flight_ = in_flight;
    batches_from_upcall_ = from_upcall ? reads / in_flight - 1 : 0;
    for (uint32_t batches = from_upcall ? 1 : reads / in_flight; batches != 0; --batches) {
      submit();
      const graft_osenv_t* env = threaded::osenv();
      while (!finished_.exchange(false)) env->thread_park(env->host, GRAFT_FOREVER);
    }
    return error_ == GRAFT_OK;
  }

 private:
  static void on_done(graft_blk_request_t* request, graft_error_t status) {
    auto* self = static_cast<Reader*>(request->arg);
    if (status != GRAFT_OK) self->fail("read", status);
    if (--self->left_ == 0) self->on_all_done();
  }

  void on_all_done() {
    if (batches_from_upcall_ != 0) {
      --batches_from_upcall_;
      submit();
      return;
    }
    finished_ = true;
    threaded::osenv()->thread_unpark(threaded::osenv()->host, thread_);
  }

  void submit() {
    for (uint32_t i = 0; i < in_flight_; ++i) {
      place_ = place_ * 6364136223846793005u + 1442695040888963407u;
      requests_[i].offset_bytes = (place_ >> 33) % blocks_ * kBytes;
    }
    left_ = in_flight_;
    uint32_t accepted;
    const Status status = disk_.submit(pointers_, in_flight_, &accepted);
    if (accepted != in_flight_) fail("submit", status);
  }

  void fail(const char* what, Status status) {
    if (error_ == GRAFT_OK) std::printf("%s: %s\n", what, status.name());
    error_ = GRAFT_E_IO;
  }

  AsyncBlk disk_;
  uint64_t blocks_;
  uint64_t place_ = 1;
  void* thread_;
  uint32_t in_flight_ = 0;
  uint32_t left_ = 0;
  uint32_t batches_from_upcall_ = 0;
  graft_error_t error_ = GRAFT_OK;
  std::atomic<bool> finished_{false};
  graft_fragment_t fragments_[kInFlight];
  graft_blk_request_t requests_[kInFlight];
  graft_blk_request_t* pointers_[kInFlight];
};

bool is_zero(const unsigned char* memory, size_t bytes) {
  return std::all_of(memory, memory + bytes, [](unsigned char byte) { return byte == 0; });
}

bool run(const AsyncBlk& disk) {
  uint64_t size_bytes;
  void* va;
  const graft_osenv_t* env = threaded::osenv();
  if (!disk.get_size(&size_bytes).ok()) return false;
  if (env->page_alloc(env->host, kInFlight * kBytes / GRAFT_PAGE_BYTES, 1, UINT64_MAX, &va) != GRAFT_OK) return false;
  auto* memory = static_cast<unsigned char*>(va);
  static Reader reader(disk, size_bytes / kBytes, memory);

  // The disk holds zeroes, and every buffer is written by a read.
  std::memset(memory, 0xee, kInFlight * kBytes);
  if (!reader.read(kWarmUpReads, kInFlight, false) || !is_zero(memory, kInFlight * kBytes)) return false;

#define PASSES(region, name, reads, in_flight, from_upcall)                   \
  for (uint32_t pass = 0; pass < kPasses; ++pass) {                           \
    GRAFT_BENCH_BEGIN(region);                                                \
    const bool ok = reader.read(reads, in_flight, from_upcall);               \
    GRAFT_BENCH_END(region);                                                  \
    if (!ok) return false;                                                    \
    std::printf("[BENCH] region=%d units=%u name=%s\n", region, reads, name); \
  }
  PASSES(0, "qd32,thread", kReads, kInFlight, false);
  PASSES(1, "qd32,upcall", kReads, kInFlight, true);
  PASSES(2, "qd1,thread", kReads / 4, 1, false);
#undef PASSES
  return true;
}

}  // namespace

int host_main() {
  const AsyncBlk disk = test::find<graft_asyncblk_t>(test::start_kit());
  if (!disk) {
    std::printf("no disk\n");
    return 1;
  }
  return run(disk) ? 0 : 1;
}
