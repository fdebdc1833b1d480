// SPDX-License-Identifier: BSD-2-Clause
/// Host: what the example needs of the system below it: the host seam, and a way to have HttpApp::poll() called again.
#ifndef GRAFT_EXAMPLES_HTTP_HOST_HPP
#define GRAFT_EXAMPLES_HTTP_HOST_HPP

#include <graft/osenv.h>
#include <graft/sgbufio.h>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace graft::http {

class Host {
 public:
  /// `wake(wake_arg)` is called from upcalls; after it poll() must run again. @owns osenv: borrowed
  Host(const graft_osenv_t* osenv, void (*wake)(void* arg), void* wake_arg)
      : osenv_(osenv), wake_(wake), wake_arg_(wake_arg) {}

  [[nodiscard]] uint64_t now_ns() const { return osenv_->clock_now_ns(osenv_->host); }
  void log(int level, std::string_view line) const { osenv_->log(osenv_->host, level, line.data(), line.size()); }
  void panic(const char* text) const { osenv_->panic(osenv_->host, text); }

  /// Gives whole pages that devices can reach, or null.
  [[nodiscard]] void* alloc_pages(size_t pages) const {
    void* va = nullptr;
    if (osenv_->page_alloc(osenv_->host, pages, 1, UINT64_MAX, &va) != GRAFT_OK) return nullptr;
    return va;
  }
  void free_pages(void* va, size_t pages) const { osenv_->page_free(osenv_->host, va, pages); }

  [[nodiscard]] bool random(void* buffer, size_t bytes) const {
    return osenv_->entropy(osenv_->host, buffer, bytes) == GRAFT_OK;
  }

  /// Says whether devices can reach all of it.
  [[nodiscard]] bool in_window(const void* address, size_t bytes) const {
    const auto at = reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(osenv_->mem_window.va);
    return at < osenv_->mem_window.bytes && bytes <= osenv_->mem_window.bytes - at;
  }
  [[nodiscard]] uint64_t physical(const void* address) const {
    return osenv_->mem_window.phys +
           (reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(osenv_->mem_window.va));
  }
  [[nodiscard]] graft_fragment_t fragment(void* address, size_t bytes) const {
    const uint32_t region = in_window(address, bytes) ? GRAFT_REGION_WORLD : GRAFT_REGION_OTHER;
    return {address, bytes, region, 0};
  }

  /// Has poll() run again. Several wakes before it runs are one. @context thread, upcall
  void wake() {
    if (!wake_pending_.exchange(true, std::memory_order_acq_rel)) wake_(wake_arg_);
  }
  /// To be called by poll() before it looks for work.
  void begin_poll() { wake_pending_.store(false, std::memory_order_seq_cst); }

 private:
  const graft_osenv_t* osenv_;
  void (*wake_)(void*);
  void* wake_arg_;
  std::atomic<bool> wake_pending_{false};
};

inline size_t pages_for(size_t bytes) { return (bytes + GRAFT_PAGE_BYTES - 1) / GRAFT_PAGE_BYTES; }

}  // namespace graft::http

#endif
