// SPDX-License-Identifier: BSD-2-Clause
/// Which pages of the memory window the kit holds: one bit each, so that a page given twice is noticed when it is
/// given.
#ifndef GRAFT_GLUE_WORLD_PAGE_MARKS_HPP
#define GRAFT_GLUE_WORLD_PAGE_MARKS_HPP

#include <graft/osenv.h>

namespace graft {

/// The bits lie in pages of the host themselves, each taken when the first page of its 128 MiB is.
class PageMarks {
 public:
  enum class Outcome { kMarked, kHeldAlready, kNoMemory };

  /// Marks pages as held, which lie in the window; none of them if memory ran out. @context thread
  Outcome mark(const graft_osenv_t& env, const void* va, size_t pages);
  /// Takes the marks away. @context thread
  void clear(const graft_osenv_t& env, const void* va, size_t pages);
  /// Gives the bits back to the host. @context thread
  void release(const graft_osenv_t& env);

 private:
  static constexpr size_t kBitsPerPage = GRAFT_PAGE_BYTES * 8;

  size_t root_entries(const graft_osenv_t& env) const {
    return (env.mem_window.bytes / GRAFT_PAGE_BYTES + kBitsPerPage - 1) / kBitsPerPage;
  }
  size_t root_pages(const graft_osenv_t& env) const {
    return (root_entries(env) * sizeof(void*) + GRAFT_PAGE_BYTES - 1) / GRAFT_PAGE_BYTES;
  }
  bool is_held(size_t index) const;
  void* take(const graft_osenv_t& env, size_t pages);
  bool set(const graft_osenv_t& env, size_t index, bool on);

  uint64_t** root_ = nullptr;
};

}  // namespace graft

#endif
