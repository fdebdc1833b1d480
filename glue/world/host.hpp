// SPDX-License-Identifier: BSD-2-Clause
/// The host's osenv, checked once and with every optional callback filled in. What callbacks give is checked where that
/// is not on the way of each packet: a host that breaks a rule is stopped through its own panic, with the callback and
/// the rule in the text, before anything is built on it. docs/errors.md lists the rules.
#ifndef GRAFT_GLUE_WORLD_HOST_HPP
#define GRAFT_GLUE_WORLD_HOST_HPP

#include <graft/osenv.h>

#include "glue/world/page_marks.hpp"

namespace graft {

class Host {
 public:
  /// Takes a copy of `env` and puts defaults where it has no callback.
  /// @errors INVAL: a mandatory callback is missing or the memory window is bad; the cause is logged if log() is there
  graft_error_t init(const graft_osenv_t* env);

  const graft_osenv_t& env() const { return env_; }

  // As in osenv.h; panic where the host breaks the contract.
  graft_error_t page_alloc(size_t pages, size_t align_pages, uint64_t max_phys, void** out_va);
  void page_free(void* va, size_t pages);
  graft_error_t mmio_map(uint64_t phys, uint64_t bytes, uint32_t flags, graft_io_cookie_t* out_cookie);
  graft_error_t port_map(uint32_t port, uint32_t count, graft_io_cookie_t* out_cookie);
  graft_error_t pci_read(graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t* out_value);
  graft_error_t dma_map(graft_pci_address_t function, void* va, uint64_t bytes, uint32_t direction,
                        uint64_t max_address, uint64_t* out_device_address);
  graft_error_t msi_alloc(graft_pci_address_t function, uint32_t count, graft_irq_t* const* irqs,
                          graft_msi_message_t* out_messages);
  graft_error_t entropy(void* buffer, size_t bytes);
  graft_error_t firmware(const char* name, const void** out_data, size_t* out_bytes);

  /// Gives back what the checks themselves hold, after the last page_free(). @context thread
  void end() { held_.release(env_); }

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
  void check_cookie(graft_io_cookie_t cookie, const char* slow_without_access);

  graft_osenv_t env_{};
  PageMarks held_;
  bool has_slow_access_ = false;
};

}  // namespace graft

#endif
