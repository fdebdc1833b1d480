// SPDX-License-Identifier: BSD-2-Clause
/// TestBuffer: a packet to send, in pieces anywhere in memory, that watches how its references are treated. It is never
/// freed before its case ends, so that a reference released once too often is seen and harms nothing.
#ifndef GRAFT_TESTS_CONFORMANCE_TEST_BUFFER_HPP
#define GRAFT_TESTS_CONFORMANCE_TEST_BUFFER_HPP

#include <atomic>
#include <graft/bufio.hpp>
#include <graft/sgbufio.hpp>

#include "tests/conformance/context.hpp"

namespace graft::conformance {

class TestBuffer final : public Object<TestBuffer, graft_bufio_t, graft_sgbufio_t> {
 public:
  static constexpr uint32_t kMaxPieces = 20;

  TestBuffer() = default;

  /// Empties the buffer. `gather`: whether it offers its pieces.
  void clear(bool gather = true) {
    count_ = 0;
    size_ = 0;
    gather_ = gather;
  }
  void add(const Context& context, void* address, size_t bytes) {
    pieces_[count_++] = {address, bytes, context.in_window(address, bytes) ? GRAFT_REGION_WORLD : GRAFT_REGION_OTHER,
                         0};
    size_ += bytes;
  }

  /// Only the test's own reference is left, and it was never gone.
  [[nodiscard]] bool is_back() const { return reference_count() == 1 && destroyed_ == 0; }
  /// Somebody released a reference that was not theirs.
  [[nodiscard]] bool was_destroyed() const { return destroyed_ > 0; }

  size_t size() { return size_; }
  Status read(void* to, size_t offset, size_t bytes);
  Status write(const void*, size_t, size_t) { return GRAFT_E_PERM; }
  Status map(void** out, size_t offset, size_t bytes);
  void unmap(void*, size_t, size_t) {}
  Status wire(uint64_t*, size_t, size_t) { return GRAFT_E_NOTSUP; }
  void unwire(uint64_t, size_t, size_t) {}
  Status copy(size_t, size_t, graft_bufio_t** out);
  Status fragments(size_t offset, size_t bytes, graft_fragment_t* out, uint32_t capacity, uint32_t* out_count);

  graft_error_t query(const graft_iid_t* iid, void** out);
  void destroy() { ++destroyed_; }

 private:
  graft_fragment_t pieces_[kMaxPieces];
  uint32_t count_ = 0;
  size_t size_ = 0;
  bool gather_ = true;
  std::atomic<int> destroyed_{0};
};

}  // namespace graft::conformance

#endif
