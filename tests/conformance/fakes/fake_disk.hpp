// SPDX-License-Identifier: BSD-2-Clause
/// FakeDisk: blkio and asyncblk over memory, completing in FakeWorld::run(), in any order if asked. Each mutation
/// breaks one promise of the contract, to show that the suite notices.
#ifndef GRAFT_TESTS_CONFORMANCE_FAKES_FAKE_DISK_HPP
#define GRAFT_TESTS_CONFORMANCE_FAKES_FAKE_DISK_HPP

#include <graft/asyncblk.hpp>
#include <graft/blkio.hpp>
#include <random>
#include <vector>

#include "tests/conformance/fakes/fake_world.hpp"

namespace graft::fakes {

enum class DiskMutation {
  kNone,
  kCompleteInside,     ///< on_done comes inside submit
  kCompleteTwice,      ///< it comes twice
  kCompleteNever,      ///< every eighth request is forgotten
  kAcceptMisaligned,   ///< an offset off the block is taken
  kAcceptBeyondEnd,    ///< a request beyond the end is taken
  kAcceptWrongSum,     ///< fragments that do not add up are taken
  kReadWrongBlock,     ///< reads give the neighbour's content
  kReadShort,          ///< the last byte of a read is left as it was
  kWriteLost,          ///< every eighth write changes nothing
  kSwapFragments,      ///< fragments are filled in the wrong order
  kNeverBusy,          ///< beyond the queue depth requests are lost instead of refused
  kBusyButAccepted,    ///< a refused request completes nevertheless
  kWrongAccepted,      ///< the number of accepted requests is one too small
  kReadOnlyWritable,   ///< a read-only disk takes writes
  kStatsStandStill,    ///< nothing is counted
  kZeroesDoNothing,    ///< write-zeroes changes nothing
  kInvalAccepted,      ///< unknown operations are taken
  kBlockInUpcall,      ///< the synchronous read works inside an upcall
  kSyncIgnoresRange,   ///< the synchronous read beyond the end says OK
  kGoneCompletesLate,  ///< after removal requests in flight never complete
  kGoneAccepts,        ///< after removal requests are still taken
};

class FakeDisk final : public Object<FakeDisk, graft_blkio_t, graft_asyncblk_t> {
 public:
  struct Options {
    uint32_t block_bytes = 512;
    uint64_t size_bytes = 4 << 20;
    uint32_t queue_depth = 32;
    bool read_only = false;
    bool out_of_order = false;
    DiskMutation mutation = DiskMutation::kNone;
  };

  FakeDisk(FakeWorld& world, const Options& options)
      : world_(world), options_(options), content_(options.size_bytes), random_(1) {}

  // ---- For the test -------------------------------------------------------------------------------------------------

  std::vector<uint8_t>& content() { return content_; }
  /// Requests that touch bytes from `begin` to `end` fail with `error`; OK: no more.
  void fail(uint64_t begin, uint64_t end, graft_error_t error) {
    bad_begin_ = begin, bad_end_ = end, bad_error_ = error;
  }
  /// Nothing completes until it is released.
  void hold(bool on);
  void remove();
  [[nodiscard]] size_t in_flight() const { return queue_.size(); }

  // ---- blkio --------------------------------------------------------------------------------------------------------

  uint32_t get_block_size() { return options_.block_bytes; }
  Status get_size(uint64_t* out_bytes);
  Status read(void* to, uint64_t offset, size_t bytes);
  Status write(const void* from, uint64_t offset, size_t bytes);
  Status flush();

  // ---- asyncblk -----------------------------------------------------------------------------------------------------

  Status submit(graft_blk_request_t* const* requests, uint32_t count, uint32_t* out_accepted);
  void get_limits(graft_blk_limits_t* out);
  Status identify(graft_blk_identity_t* out);
  void get_stats(graft_blk_stats_t* out);

  void destroy() {}

 private:
  Status check(const graft_blk_request_t& request) const;
  Status check_range(uint64_t offset, uint64_t bytes) const;
  void complete_some();
  void finish(graft_blk_request_t* request);
  Status carry_out(graft_blk_request_t* request);
  Status sync(uint32_t operation, void* memory, uint64_t offset, size_t bytes);
  void post();
  bool is(DiskMutation m) const { return options_.mutation == m; }

  FakeWorld& world_;
  Options options_;
  std::vector<uint8_t> content_;
  std::vector<graft_blk_request_t*> queue_;
  std::mt19937 random_;
  uint64_t bad_begin_ = 0;
  uint64_t bad_end_ = 0;
  graft_error_t bad_error_ = GRAFT_OK;
  bool held_ = false;
  bool gone_ = false;
  bool posted_ = false;
  uint64_t finished_ = 0;
  graft_blk_stats_t stats_ = {};
};

}  // namespace graft::fakes

#endif
