// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/page_marks.hpp"

#include <string.h>

namespace graft {
namespace {

constexpr size_t kBitsPerWord = 64;

size_t index_of(const graft_osenv_t& env, const void* va) {
  return (reinterpret_cast<uintptr_t>(va) - reinterpret_cast<uintptr_t>(env.mem_window.va)) / GRAFT_PAGE_BYTES;
}

}  // namespace

bool PageMarks::is_held(size_t index) const {
  const uint64_t* bits = root_ != nullptr ? root_[index / kBitsPerPage] : nullptr;
  return bits != nullptr && (bits[index % kBitsPerPage / kBitsPerWord] >> index % kBitsPerWord & 1) != 0;
}

/// Pages for the bits, zeroed. What the host gives is looked at before it is written to.
void* PageMarks::take(const graft_osenv_t& env, size_t pages) {
  void* va = nullptr;
  if (env.page_alloc(env.host, pages, 1, UINT64_MAX, &va) != GRAFT_OK) return nullptr;
  const size_t bytes = pages * GRAFT_PAGE_BYTES;
  const uintptr_t offset = reinterpret_cast<uintptr_t>(va) - reinterpret_cast<uintptr_t>(env.mem_window.va);
  bool good = offset % GRAFT_PAGE_BYTES == 0 && offset < env.mem_window.bytes && bytes <= env.mem_window.bytes - offset;
  for (size_t i = 0; good && i < pages; ++i) good = !is_held(index_of(env, va) + i);
  if (!good) {
    env.panic(env.host, "osenv.page_alloc: pages lie in the memory window, are aligned and are not given twice");
    __builtin_trap();
  }
  return memset(va, 0, bytes);
}

bool PageMarks::set(const graft_osenv_t& env, size_t index, bool on) {
  uint64_t*& bits = root_[index / kBitsPerPage];
  if (bits == nullptr) {
    bits = static_cast<uint64_t*>(take(env, 1));
    // Its own page is held too.
    if (bits == nullptr || !set(env, index_of(env, bits), true)) return false;
  }
  uint64_t& word = bits[index % kBitsPerPage / kBitsPerWord];
  const uint64_t bit = uint64_t{1} << index % kBitsPerWord;
  word = on ? word | bit : word & ~bit;
  return true;
}

PageMarks::Outcome PageMarks::mark(const graft_osenv_t& env, const void* va, size_t pages) {
  if (root_ == nullptr) {
    root_ = static_cast<uint64_t**>(take(env, root_pages(env)));
    if (root_ == nullptr) return Outcome::kNoMemory;
    for (size_t i = 0; i < root_pages(env); ++i) {
      if (set(env, index_of(env, root_) + i, true)) continue;
      release(env);
      return Outcome::kNoMemory;
    }
  }
  const size_t first = index_of(env, va);
  for (size_t index = first; index < first + pages; ++index) {
    if (is_held(index)) return Outcome::kHeldAlready;
    if (set(env, index, true)) continue;
    for (size_t done = first; done < index; ++done) set(env, done, false);
    return Outcome::kNoMemory;
  }
  return Outcome::kMarked;
}

void PageMarks::clear(const graft_osenv_t& env, const void* va, size_t pages) {
  const size_t first = index_of(env, va);
  for (size_t index = first; index < first + pages; ++index) {
    if (is_held(index)) set(env, index, false);
  }
}

void PageMarks::release(const graft_osenv_t& env) {
  if (root_ == nullptr) return;
  for (size_t i = 0; i < root_entries(env); ++i) {
    if (root_[i] != nullptr) env.page_free(env.host, root_[i], 1);
  }
  env.page_free(env.host, root_, root_pages(env));
  root_ = nullptr;
}

}  // namespace graft
