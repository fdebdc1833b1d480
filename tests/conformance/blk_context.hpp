// SPDX-License-Identifier: BSD-2-Clause
/// BlkContext: a disk under test, and the means that most cases of the blkio suites share. The cases write to the first
/// kScratchBytes of the disk and leave something else there.
#ifndef GRAFT_TESTS_CONFORMANCE_BLK_CONTEXT_HPP
#define GRAFT_TESTS_CONFORMANCE_BLK_CONTEXT_HPP

#include <atomic>
#include <graft/asyncblk.hpp>
#include <graft/blkio.hpp>

#include "tests/conformance/context.hpp"

namespace graft::conformance {

class BlkContext;

/// A request that watches how it is completed.
struct TestRequest {
  static constexpr uint32_t kMaxFragments = 160;

  graft_blk_request_t request = {};
  graft_fragment_t fragments[kMaxFragments];
  BlkContext* context = nullptr;
  std::atomic<uint32_t> completions{0};
  graft_error_t status = GRAFT_OK;
  bool accepted = false;
  /// Called inside the upcall.
  void (*on_done)(TestRequest* self) = nullptr;
  void* arg = nullptr;

  [[nodiscard]] bool is_done() const { return completions.load(std::memory_order_acquire) > 0; }
};

/// Large: not for a stack.
class BlkContext : public Context {
 public:
  static constexpr uint64_t kScratchBytes = 1 << 20;
  static constexpr uint32_t kMaxRequests = 1100;

  BlkContext(const graft_osenv_t* osenv, graft_asyncblk_t* disk);

  // What not every setup can do; false says so.

  /// Keeps the device from completing, so that its queue fills up; and lets it again.
  virtual bool hold(bool) { return false; }
  /// Takes the device away.
  virtual bool remove() { return false; }
  /// Requests that touch the block at `offset_bytes` fail with IO from now on, or no more.
  virtual bool break_block(uint64_t, bool) { return false; }

  void end_case() override {
    hold(false);
    wait([&] { return all_done(); });
  }

  // ---- For cases ----------------------------------------------------------------------------------------------------

  [[nodiscard]] graft_asyncblk_t* disk() const { return disk_; }
  [[nodiscard]] const graft_blk_limits_t& limits() const { return limits_; }
  [[nodiscard]] uint32_t block() const { return limits_.block_bytes; }
  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] bool writable() const { return !limits_.read_only; }
  /// The synchronous interface of the same disk, or null.
  [[nodiscard]] Ref<graft_blkio_t> sync() const;

  /// Gives a fresh request for one piece of memory (none if `memory` is null).
  [[nodiscard]] TestRequest* make(uint32_t operation, uint64_t offset, uint64_t bytes, void* memory);
  /// Adds a piece to a request; does not change request.bytes.
  void add_fragment(TestRequest* r, void* memory, size_t bytes);
  /// Submits one request.
  Status submit(TestRequest* r);
  Status submit(TestRequest* const* rs, uint32_t count, uint32_t* out_accepted);
  /// Submits, waits and gives the status of the completion (or of a refusal).
  Status run(TestRequest* r);
  Status run(uint32_t operation, uint64_t offset, uint64_t bytes, void* memory) {
    return run(make(operation, offset, bytes, memory));
  }
  /// No request of this case is in flight.
  [[nodiscard]] bool all_done() const;
  /// Waits until every accepted request has completed, and checks that each did once and no other did.
  bool expect_all_done();
  /// Forgets the requests made so far; none may be in flight.
  void forget() { request_count_ = 0; }

  /// Fills memory with content that depends on place and generation.
  static void fill(uint8_t* to, uint64_t offset, size_t bytes, uint32_t generation);
  [[nodiscard]] static bool matches(const uint8_t* data, uint64_t offset, size_t bytes, uint32_t generation);
  /// Writes known content; notes a failure if that does not work.
  bool prepare(uint64_t offset, size_t bytes, uint32_t generation);

 protected:
  ~BlkContext() = default;

 private:
  static void on_done(graft_blk_request_t* request, graft_error_t status);

  graft_asyncblk_t* disk_;
  graft_blk_limits_t limits_ = {};
  uint64_t size_ = 0;
  std::atomic<void*> submitting_{nullptr};  ///< the thread that is inside submit
  std::atomic<int> upcalls_{0};
  TestRequest requests_[kMaxRequests];
  uint32_t request_count_ = 0;
};

/// The cases, by subject. The last case of the rules takes the disk away where that is possible.
Suite<BlkContext> asyncblk_transfer_suite();
Suite<BlkContext> blkio_suite();
Suite<BlkContext> asyncblk_rules_suite();

}  // namespace graft::conformance

#endif
