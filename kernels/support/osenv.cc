// SPDX-License-Identifier: BSD-2-Clause
// DMA addresses are physical ones, ports are accessed directly, there is one CPU and no firmware store: those callbacks
// stay null, which selects the defaults.
#include "kernels/support/osenv.hpp"

#include <graft/world.h>

#include <cstdio>

#include "kernels/support/boot_info.hpp"
#include "kernels/support/clock.hpp"
#include "kernels/support/console.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/entropy.hpp"
#include "kernels/support/interrupts.hpp"
#include "kernels/support/io_apic.hpp"
#include "kernels/support/memory.hpp"
#include "kernels/support/msi.hpp"
#include "kernels/support/paging.hpp"
#include "kernels/support/panic.hpp"
#include "kernels/support/pci_config.hpp"
#include "kernels/support/pci_routing.hpp"
#include "kernels/support/program.hpp"

namespace graft::support {
namespace {

graft_error_t page_alloc(void*, size_t pages, size_t align_pages, uint64_t max_phys, void** out_va) {
  *out_va = allocate_pages(pages, align_pages, max_phys);
  return *out_va == nullptr ? GRAFT_E_NOMEM : GRAFT_OK;
}

void page_free(void*, void* va, size_t pages) { free_pages(va, pages); }

graft_error_t mmio_map(void*, uint64_t phys, uint64_t bytes, uint32_t flags, graft_io_cookie_t* out_cookie) {
  void* va;
  const graft_error_t error = map_device(phys, bytes, flags & GRAFT_MMIO_WRITE_COMBINING, &va);
  *out_cookie = reinterpret_cast<graft_io_cookie_t>(va);
  return error;
}

void mmio_unmap(void*, graft_io_cookie_t cookie, uint64_t bytes) {
  unmap_device(reinterpret_cast<void*>(cookie), bytes);
}

graft_error_t pci_read(void*, graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t* out_value) {
  return read_pci_config(function, offset, width, out_value);
}

graft_error_t pci_write(void*, graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t value) {
  return write_pci_config(function, offset, width, value);
}

graft_error_t irq_route(void*, graft_pci_address_t function, uint32_t pin, uint32_t* out_line) {
  // A pin that does not exist is wired to nothing.
  return route_machine_pin(function, pin, out_line) == GRAFT_OK ? GRAFT_OK : GRAFT_E_NOENT;
}

graft_error_t irq_claim(void*, uint32_t line, graft_irq_t* irq) {
  return claim_line(
      line, [](void* context) { graft_world_irq(static_cast<graft_irq_t*>(context)); }, irq);
}

void irq_release(void*, uint32_t line, graft_irq_t*) { release_line(line); }
void irq_mask(void*, uint32_t line) { mask_line(line); }
void irq_unmask(void*, uint32_t line) { unmask_line(line); }

uint64_t clock_now_ns(void*) { return now_ns(); }

void log(void*, int level, const char* text, size_t length) {
  static const bool shows_debug = option("log") == "debug";
  if (level >= GRAFT_LOG_DEBUG && !shows_debug) return;
  const char* const mark = level == GRAFT_LOG_ERROR ? "error: " : level == GRAFT_LOG_WARNING ? "warning: " : "";
  const uint64_t now_us = now_ns() / 1000;
  console_printf("[%4lu.%06lu] %s%.*s\n", now_us / 1'000'000, now_us % 1'000'000, mark, static_cast<int>(length), text);
}

void panic_callback(void*, const char* text) { panic("%s", text); }

graft_error_t entropy(void*, void* buffer, size_t bytes) {
  fill_random(buffer, bytes);
  return GRAFT_OK;
}

}  // namespace

graft_osenv_t machine_osenv() {
  graft_osenv_t env{};
  env.size_bytes = sizeof env;
  const uint64_t window_bytes = (boot_info().ram_end_phys + kPageBytes - 1) & ~uint64_t{kPageBytes - 1};
  env.mem_window = {reinterpret_cast<void*>(kDirectMapBase), 0, window_bytes};
  env.page_alloc = page_alloc;
  env.page_free = page_free;
  env.mmio_map = mmio_map;
  env.mmio_unmap = mmio_unmap;
  env.pci_read = pci_read;
  env.pci_write = pci_write;
  env.irq_route = irq_route;
  env.irq_claim = irq_claim;
  env.irq_release = irq_release;
  env.irq_mask = irq_mask;
  env.irq_unmask = irq_unmask;
  env.clock_now_ns = clock_now_ns;
  env.log = log;
  env.panic = panic_callback;
  env.entropy = entropy;
  env.msi_alloc = allocate_msi;
  env.msi_free = free_msi;
  return env;
}

}  // namespace graft::support
