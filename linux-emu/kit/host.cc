// SPDX-License-Identifier: GPL-2.0-only
// boundary/host.h, pci.h (configuration access) and dma.h, each a call of osenv.
#include "linux-emu/boundary/host.h"

#include "linux-emu/boundary/dma.h"
#include "linux-emu/boundary/pci.h"
#include "linux-emu/kit/environment.hpp"

using graft::lx::world;

namespace {

const graft_osenv_t& env() { return world().host().env(); }

}  // namespace

extern "C" {

int lx_dma_has_iommu;

void* lxk_pages_alloc(size_t pages, size_t align_pages, uint64_t max_phys) {
  void* va = nullptr;
  return world().host().page_alloc(pages, align_pages, max_phys, &va) == GRAFT_OK ? va : nullptr;
}

void lxk_pages_free(void* va, size_t pages) { world().host().page_free(va, pages); }

uint64_t lxk_now_ns(void) { return world().now_ns(); }

void lxk_log(int level, const char* text, size_t length) { env().log(env().host, level, text, length); }

void lxk_panic(const char* text) { world().host().panic(text); }

int32_t lxk_entropy(void* buffer, size_t bytes) { return world().host().entropy(buffer, bytes); }

int32_t lxk_firmware(const char* name, const void** out_data, size_t* out_bytes) {
  return world().host().firmware(name, out_data, out_bytes);
}

int32_t lxk_pci_read(uint32_t function, uint32_t offset, uint32_t width, uint32_t* out_value) {
  return world().host().pci_read(function, offset, width, out_value);
}

int32_t lxk_pci_write(uint32_t function, uint32_t offset, uint32_t width, uint32_t value) {
  return env().pci_write(env().host, function, offset, width, value);
}

int32_t lxk_irq_route(uint32_t function, uint32_t pin, uint32_t* out_line) {
  return env().irq_route(env().host, function, pin, out_line);
}

int32_t lxk_dma_map(uint32_t function, void* va, uint64_t bytes, uint32_t direction, uint64_t max_address,
                    uint64_t* out_device_address) {
  return world().host().dma_map(function, va, bytes, direction, max_address, out_device_address);
}

void lxk_dma_unmap(uint32_t function, uint64_t device_address, uint64_t bytes, uint32_t direction) {
  env().dma_unmap(env().host, function, device_address, bytes, direction);
}
}
