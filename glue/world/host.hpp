// SPDX-License-Identifier: BSD-2-Clause
/// The host's osenv, checked once and with every optional callback filled in.
#ifndef GRAFT_GLUE_WORLD_HOST_HPP
#define GRAFT_GLUE_WORLD_HOST_HPP

#include <graft/osenv.h>

namespace graft {

class Host {
 public:
  /// Takes a copy of `env` and puts defaults where it has no callback.
  /// @errors INVAL: a mandatory callback is missing or the memory window is bad; the cause is logged if log() is there
  graft_error_t init(const graft_osenv_t* env);

  const graft_osenv_t& env() const { return env_; }

  graft_error_t page_alloc(size_t pages, size_t align_pages, uint64_t max_phys, void** out_va) {
    return env_.page_alloc(env_.host, pages, align_pages, max_phys, out_va);
  }
  void page_free(void* va, size_t pages) { env_.page_free(env_.host, va, pages); }

  uint64_t now_ns() { return env_.clock_now_ns(env_.host); }
  void* thread_self() { return env_.thread_self(env_.host); }
  void park(uint64_t deadline_ns) { env_.thread_park(env_.host, deadline_ns); }
  void unpark(void* thread) { env_.thread_unpark(env_.host, thread); }

  graft_error_t irq_claim(uint32_t line, graft_irq_t* irq) { return env_.irq_claim(env_.host, line, irq); }
  void irq_release(uint32_t line, graft_irq_t* irq) { env_.irq_release(env_.host, line, irq); }
  void irq_mask(uint32_t line) { env_.irq_mask(env_.host, line); }
  void irq_unmask(uint32_t line) { env_.irq_unmask(env_.host, line); }

  /// Logs a line made of up to three pieces, cut at 200 characters; null pieces are skipped.
  void log(int level, const char* a, const char* b = nullptr, const char* c = nullptr);

  /// Stops the component, naming the rule that was broken.
  [[noreturn]] void panic(const char* rule);

  /// Says whether every byte lies in the memory window, where devices can reach it.
  bool in_window(const void* va, size_t bytes) const {
    uintptr_t offset = reinterpret_cast<uintptr_t>(va) - reinterpret_cast<uintptr_t>(env_.mem_window.va);
    return offset < env_.mem_window.bytes && bytes <= env_.mem_window.bytes - offset;
  }

  /// Physical address of memory inside the window.
  uint64_t phys_of(const void* va) const {
    return env_.mem_window.phys + (reinterpret_cast<uintptr_t>(va) - reinterpret_cast<uintptr_t>(env_.mem_window.va));
  }

 private:
  graft_osenv_t env_{};
};

}  // namespace graft

#endif
