// SPDX-License-Identifier: BSD-2-Clause
#include "tests/cycles/host.hpp"

#include <algorithm>
#include <atomic>

#include "kernels/threaded/host.hpp"

namespace graft::test {
namespace {

constexpr uint32_t kMaxWindows = 256, kMaxPulled = 16, kMaxMaps = 16384, kBuckets = 1024;
constexpr graft_io_cookie_t kTopBits = graft_io_cookie_t{3} << 62;

struct Window {
  graft_io_cookie_t cookie;
  uint64_t bytes, phys;
  bool port;
};

struct Map {
  Map* next;
  uint64_t address, bytes;
  graft_pci_address_t function;
  uint32_t direction;
};

const graft_osenv_t* g_below;
HostOptions g_options;
std::atomic<uint64_t> g_pages;
HostHoldings g_held;
uint64_t g_dma_errors;

// All of this is touched by whoever has the executor role, or with the role held.
Window g_windows[kMaxWindows];
graft_device_info_t g_pulled[kMaxPulled];
uint32_t g_pulled_count;
Map g_maps[kMaxMaps];
Map* g_free_maps;
Map* g_buckets[kBuckets];

graft_device_info_t g_doomed;
uint32_t g_accesses_left;

bool has_register(const graft_device_info_t& device, uint64_t phys) {
  for (int bar = 0; bar < 6; ++bar) {
    if (phys - device.bar_phys[bar] < device.bar_bytes[bar]) return true;
  }
  return false;
}

bool is_pulled(graft_pci_address_t function) {
  return std::any_of(g_pulled, g_pulled + g_pulled_count,
                     [=](const graft_device_info_t& info) { return info.address == function; });
}

bool is_pulled_register(uint64_t phys) {
  if (g_accesses_left != 0 && has_register(g_doomed, phys) && --g_accesses_left == 0) pull_out(g_doomed);
  return std::any_of(g_pulled, g_pulled + g_pulled_count,
                     [=](const graft_device_info_t& info) { return has_register(info, phys); });
}

// ---- Memory and interrupts: counted, and handed on
// --------------------------------------------------------------------

graft_error_t page_alloc(void*, size_t pages, size_t align_pages, uint64_t max_phys, void** out_va) {
  const graft_error_t error = g_below->page_alloc(g_below->host, pages, align_pages, max_phys, out_va);
  if (error == GRAFT_OK) g_pages += pages;
  return error;
}

void page_free(void*, void* va, size_t pages) {
  g_pages -= pages;
  g_below->page_free(g_below->host, va, pages);
}

graft_error_t irq_claim(void*, uint32_t line, graft_irq_t* irq) {
  const graft_error_t error = g_below->irq_claim(g_below->host, line, irq);
  g_held.lines += error == GRAFT_OK;
  return error;
}

void irq_release(void*, uint32_t line, graft_irq_t* irq) {
  --g_held.lines;
  g_below->irq_release(g_below->host, line, irq);
}

graft_error_t msi_alloc(void*, graft_pci_address_t function, uint32_t count, graft_irq_t* const* irqs,
                        graft_msi_message_t* out_messages) {
  const graft_error_t error = g_below->msi_alloc(g_below->host, function, count, irqs, out_messages);
  if (error == GRAFT_OK) g_held.messages += count;
  return error;
}

void msi_free(void*, graft_pci_address_t function, uint32_t count, graft_irq_t* const* irqs) {
  g_held.messages -= count;
  g_below->msi_free(g_below->host, function, count, irqs);
}

// ---- Registers
// --------------------------------------------------------------------------------------------------------

Window* window_of(graft_io_cookie_t cookie) {
  Window* found = std::find_if(g_windows, g_windows + kMaxWindows,
                               [=](const Window& w) { return w.bytes != 0 && cookie - w.cookie < w.bytes; });
  if (found == g_windows + kMaxWindows) g_below->panic(g_below->host, "an access outside every window");
  return found;
}

void add_window(const Window& window) {
  Window* free = std::find_if(g_windows, g_windows + kMaxWindows, [](const Window& w) { return w.bytes == 0; });
  if (free == g_windows + kMaxWindows) g_below->panic(g_below->host, "the test's host has no window left");
  *free = window;
}

void drop_window(graft_io_cookie_t cookie, uint64_t bytes) {
  Window* window = window_of(cookie);
  if (window->cookie != cookie || window->bytes != bytes) g_below->panic(g_below->host, "not a window that was given");
  window->bytes = 0;
}

graft_io_cookie_t real_cookie(graft_io_cookie_t cookie) {
  return g_options.slow_registers ? cookie | kTopBits : cookie;
}

graft_error_t mmio_map(void*, uint64_t phys, uint64_t bytes, uint32_t flags, graft_io_cookie_t* out_cookie) {
  const graft_error_t error = g_below->mmio_map(g_below->host, phys, bytes, flags, out_cookie);
  if (error != GRAFT_OK) return error;
  if (g_options.slow_registers) *out_cookie = (*out_cookie & ~kTopBits) | GRAFT_IO_SLOW;
  add_window({*out_cookie, bytes, phys, false});
  ++g_held.register_windows;
  return GRAFT_OK;
}

void mmio_unmap(void*, graft_io_cookie_t cookie, uint64_t bytes) {
  drop_window(cookie, bytes);
  --g_held.register_windows;
  g_below->mmio_unmap(g_below->host, real_cookie(cookie), bytes);
}

graft_error_t port_map(void*, uint32_t port, uint32_t count, graft_io_cookie_t* out_cookie) {
  *out_cookie = port;
  if (g_options.slow_registers) {
    *out_cookie |= GRAFT_IO_SLOW;
    add_window({*out_cookie, count, port, true});
  }
  ++g_held.port_windows;
  return GRAFT_OK;
}

void port_unmap(void*, graft_io_cookie_t cookie, uint32_t count) {
  if (g_options.slow_registers) drop_window(cookie, count);
  --g_held.port_windows;
}

uint64_t read_port(uint16_t port, uint32_t width) {
  uint32_t value = 0;
  if (width == 1) asm volatile("inb %w1, %b0" : "+a"(value) : "d"(port));
  if (width == 2) asm volatile("inw %w1, %w0" : "+a"(value) : "d"(port));
  if (width == 4) asm volatile("inl %w1, %0" : "=a"(value) : "d"(port));
  return value;
}

void write_port(uint16_t port, uint32_t width, uint32_t value) {
  if (width == 1) asm volatile("outb %b0, %w1" : : "a"(value), "d"(port));
  if (width == 2) asm volatile("outw %w0, %w1" : : "a"(value), "d"(port));
  if (width == 4) asm volatile("outl %0, %w1" : : "a"(value), "d"(port));
}

template <typename T>
volatile T& at(graft_io_cookie_t cookie) {
  return *reinterpret_cast<volatile T*>(real_cookie(cookie));
}

uint64_t io_read(void*, graft_io_cookie_t cookie, uint32_t width) {
  const Window& window = *window_of(cookie);
  const uint64_t place = window.phys + (cookie - window.cookie);
  if (is_pulled_register(place)) return UINT64_MAX;
  if (window.port) return read_port(static_cast<uint16_t>(place), width);
  switch (width) {
    case 1:
      return at<uint8_t>(cookie);
    case 2:
      return at<uint16_t>(cookie);
    case 4:
      return at<uint32_t>(cookie);
    default:
      return at<uint64_t>(cookie);
  }
}

void io_write(void*, graft_io_cookie_t cookie, uint32_t width, uint64_t value) {
  const Window& window = *window_of(cookie);
  const uint64_t place = window.phys + (cookie - window.cookie);
  if (is_pulled_register(place)) return;
  if (window.port) return write_port(static_cast<uint16_t>(place), width, static_cast<uint32_t>(value));
  switch (width) {
    case 1:
      at<uint8_t>(cookie) = static_cast<uint8_t>(value);
      break;
    case 2:
      at<uint16_t>(cookie) = static_cast<uint16_t>(value);
      break;
    case 4:
      at<uint32_t>(cookie) = static_cast<uint32_t>(value);
      break;
    default:
      at<uint64_t>(cookie) = value;
      break;
  }
}

graft_error_t pci_read(void*, graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t* out_value) {
  const graft_error_t error = g_below->pci_read(g_below->host, function, offset, width, out_value);
  if (is_pulled(function)) *out_value = UINT32_MAX >> (32 - 8 * width);
  return error;
}

graft_error_t pci_write(void*, graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t value) {
  return is_pulled(function) ? GRAFT_OK : g_below->pci_write(g_below->host, function, offset, width, value);
}

// ---- DMA
// --------------------------------------------------------------------------------------------------------------

Map*& bucket_of(uint64_t address) { return g_buckets[address / 64 % kBuckets]; }

graft_error_t dma_map(void*, graft_pci_address_t function, void* va, uint64_t bytes, uint32_t direction,
                      uint64_t max_address, uint64_t* out_device_address) {
  const auto offset = reinterpret_cast<uint64_t>(va) - reinterpret_cast<uint64_t>(g_below->mem_window.va);
  const uint64_t address = g_below->mem_window.phys + offset;
  if (bytes == 0 || offset >= g_below->mem_window.bytes || bytes > g_below->mem_window.bytes - offset) {
    g_below->panic(g_below->host, "dma_map of memory outside the window");
  }
  if (address + bytes - 1 > max_address) return GRAFT_E_RANGE;
  Map* map = g_free_maps;
  if (map == nullptr) return GRAFT_E_NOMEM;
  g_free_maps = map->next;
  *map = {bucket_of(address), address, bytes, function, direction};
  bucket_of(address) = map;
  ++g_held.dma_maps;
  *out_device_address = address;
  return GRAFT_OK;
}

void dma_unmap(void*, graft_pci_address_t function, uint64_t address, uint64_t bytes, uint32_t direction) {
  for (Map** link = &bucket_of(address); *link != nullptr; link = &(*link)->next) {
    Map* map = *link;
    if (map->address != address || map->bytes != bytes || map->function != function || map->direction != direction) {
      continue;
    }
    *link = map->next;
    map->next = g_free_maps;
    g_free_maps = map;
    --g_held.dma_maps;
    return;
  }
  ++g_dma_errors;
}

}  // namespace

const graft_osenv_t* layered_osenv(const HostOptions& options) {
  static graft_osenv_t env;
  g_below = threaded::osenv();
  g_options = options;
  env = *g_below;
  env.page_alloc = page_alloc;
  env.page_free = page_free;
  env.irq_claim = irq_claim;
  env.irq_release = irq_release;
  env.msi_alloc = msi_alloc;
  env.msi_free = msi_free;
  env.mmio_map = mmio_map;
  env.mmio_unmap = mmio_unmap;
  env.port_map = port_map;
  env.port_unmap = port_unmap;
  env.pci_read = pci_read;
  env.pci_write = pci_write;
  env.io_read = io_read;
  env.io_write = io_write;
  if (options.map_dma) {
    for (Map& map : g_maps) {
      map.next = g_free_maps;
      g_free_maps = &map;
    }
    env.dma_map = dma_map;
    env.dma_unmap = dma_unmap;
  }
  return &env;
}

HostHoldings host_holdings() {
  HostHoldings held = g_held;
  held.pages = g_pages;
  return held;
}

uint64_t dma_errors() { return g_dma_errors; }

void pull_out(const graft_device_info_t& device) {
  // The command register off: the machine's device neither answers nor interrupts nor masters the bus any more.
  constexpr uint32_t kCommand = 4, kInterruptsOff = 0x400;
  g_below->pci_write(g_below->host, device.address, kCommand, 2, kInterruptsOff);
  g_pulled[g_pulled_count++] = device;
}

void pull_out_at(const graft_device_info_t& device, uint32_t accesses) {
  g_doomed = device;
  g_accesses_left = accesses;
}

}  // namespace graft::test
