// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/fiber.hpp"

#include <new>

namespace graft {

bool Fiber::canary_intact() const {
  const auto* words = static_cast<const uint64_t*>(stack_base_);
  uint64_t difference = 0;
  for (size_t i = 0; i < kCanaryWords; ++i) difference |= words[i] ^ kCanary;
  return difference == 0;
}

void Fiber::write_canary() {
  auto* words = static_cast<uint64_t*>(stack_base_);
  for (size_t i = 0; i < kStackBytes / 2 / sizeof(uint64_t); ++i) words[i] = kCanary;
}

size_t Fiber::stack_high_water_bytes() const {
  if (stack_base_ == nullptr) return 0;
  const auto* words = static_cast<const uint64_t*>(stack_base_);
  size_t untouched = 0;
  while (untouched < kStackBytes / 2 / sizeof(uint64_t) && words[untouched] == kCanary) ++untouched;
  return stack_bytes() - untouched * sizeof(uint64_t);
}

Fiber* FiberPool::take(Host& host) {
  if (!free_.empty()) {
    Fiber* fiber = &free_.back();
    free_.pop_back();
    // Frames that exited by switching away never cleaned up their red zones.
    asan::unpoison(fiber->stack_base_, fiber->stack_bytes());
    return fiber;
  }
  void* stack;
  if (host.page_alloc(Fiber::kStackPages, Fiber::kStackPages, UINT64_MAX, &stack) != GRAFT_OK) return nullptr;
  bytes_ += Fiber::kStackBytes;
  static_assert(sizeof(Fiber) <= Fiber::kHeaderBytes);
  auto* fiber = new (static_cast<char*>(stack) + Fiber::kStackBytes - Fiber::kHeaderBytes) Fiber;
  fiber->stack_base_ = stack;
  fiber->asan_bottom_ = stack;
  fiber->asan_bytes_ = fiber->stack_bytes();
  fiber->write_canary();
  return fiber;
}

void FiberPool::put(Host& host, Fiber* fiber) {
  // The environments' objects stay with a pooled stack; a fiber that still has one is never given back here.
  bool keep = free_.size() < kKeep;
  for (void* env : fiber->env_) keep |= env != nullptr;
  if (keep) {
    free_.push_back(*fiber);
    return;
  }
  void* stack = fiber->stack_base_;
  asan::unpoison(stack, Fiber::kStackBytes);
  fiber->~Fiber();
  host.page_free(stack, Fiber::kStackPages);
  bytes_ -= Fiber::kStackBytes;
}

void FiberPool::drain(Host& host, void (*before_free)(void*, Fiber*), void* arg) {
  while (!free_.empty()) {
    Fiber* fiber = &free_.back();
    free_.pop_back();
    before_free(arg, fiber);
    void* stack = fiber->stack_base_;
    asan::unpoison(stack, Fiber::kStackBytes);
    fiber->~Fiber();
    host.page_free(stack, Fiber::kStackPages);
    bytes_ -= Fiber::kStackBytes;
  }
}

}  // namespace graft
