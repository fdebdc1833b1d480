// SPDX-License-Identifier: BSD-2-Clause
#include "tests/conformance/context.hpp"

namespace graft::conformance {

Context::~Context() {
  for (size_t i = 0; i < allocation_count_; ++i)
    osenv_->page_free(osenv_->host, allocations_[i].va, allocations_[i].pages);
}

void* Context::alloc(size_t bytes) {
  if (allocation_count_ == kMaxAllocations) return nullptr;
  const size_t pages = (bytes + GRAFT_PAGE_BYTES - 1) / GRAFT_PAGE_BYTES;
  void* va = nullptr;
  if (osenv_->page_alloc(osenv_->host, pages, 1, UINT64_MAX, &va) != GRAFT_OK) return nullptr;
  allocations_[allocation_count_++] = {va, pages};
  return va;
}

void Context::fail(const char* file, int line, const char* what) {
  if (what_) return;
  file_ = file;
  line_ = line;
  what_ = what;
}

uint32_t Context::random() {
  random_state_ ^= random_state_ << 13;
  random_state_ ^= random_state_ >> 7;
  random_state_ ^= random_state_ << 17;
  return static_cast<uint32_t>(random_state_ >> 16);
}

}  // namespace graft::conformance
