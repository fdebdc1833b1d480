// SPDX-License-Identifier: BSD-2-Clause
#include "tests/fakes/osenv/fake_host.hpp"

#include <graft/world.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

namespace graft::fakes {
namespace {

/// Bits 61..36 of a slow cookie are the mapping's index + 1, the rest the offset.
constexpr uint64_t kCookieShift = 36;

/// Physical and virtual addresses of the arena agree in the bits below this.
constexpr size_t kArenaAlignBytes = 2 << 20;

[[noreturn]] void broken(const char* rule) {
  std::fprintf(stderr, "osenv contract broken: %s\n", rule);
  std::abort();
}

}  // namespace

FakeHost::FakeHost(const Options& options) : options_(options) {
  const size_t bytes = options_.arena_bytes + kArenaAlignBytes;
  memory_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory_ == MAP_FAILED) broken("no memory for the arena");
  // What is aligned for the program must be so for a device.
  const uintptr_t past = (reinterpret_cast<uintptr_t>(memory_) - options_.phys) % kArenaAlignBytes;
  arena_ = static_cast<char*>(memory_) + (kArenaAlignBytes - past) % kArenaAlignBytes;
  page_used_.resize(options_.arena_bytes / GRAFT_PAGE_BYTES);
  lines_.resize(options_.lines);
  fill_env();
}

FakeHost::~FakeHost() { munmap(memory_, options_.arena_bytes + kArenaAlignBytes); }

void FakeHost::fill_env() {
  env_.size_bytes = sizeof(env_);
  env_.host = this;
  env_.mem_window = {arena_, options_.phys, options_.arena_bytes};
  env_.page_alloc = [](void* host, size_t pages, size_t align, uint64_t max_phys, void** out_va) {
    return of(host).page_alloc(pages, align, max_phys, out_va);
  };
  env_.page_free = [](void* host, void* va, size_t pages) { of(host).page_free(va, pages); };
  env_.mmio_map = [](void* host, uint64_t phys, uint64_t bytes, uint32_t, graft_io_cookie_t* out_cookie) {
    return of(host).map_registers(of(host).mmio_, phys, bytes, out_cookie);
  };
  env_.mmio_unmap = [](void* host, graft_io_cookie_t, uint64_t) { --of(host).mappings_in_use_; };
  env_.pci_read = [](void* host, graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t* out_value) {
    auto it = of(host).pci_.find(function);
    *out_value = width == 4 ? UINT32_MAX : (1u << (8 * width)) - 1;
    if (offset + width > 256 || offset % width != 0) return GRAFT_E_RANGE;
    if (it != of(host).pci_.end() && it->second) *out_value = static_cast<uint32_t>(it->second->read(offset, width));
    return GRAFT_OK;
  };
  env_.pci_write = [](void* host, graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t value) {
    auto it = of(host).pci_.find(function);
    if (offset + width > 256 || offset % width != 0) return GRAFT_E_RANGE;
    if (it != of(host).pci_.end() && it->second) it->second->write(offset, width, value);
    return GRAFT_OK;
  };
  env_.irq_route = [](void* host, graft_pci_address_t function, uint32_t pin, uint32_t* out_line) {
    auto it = of(host).routes_.find({function, pin});
    if (it == of(host).routes_.end()) return GRAFT_E_NOENT;
    *out_line = it->second;
    return GRAFT_OK;
  };
  env_.irq_claim = [](void* host, uint32_t line, graft_irq_t* irq) {
    FakeHost& h = of(host);
    {
      std::lock_guard lock(h.irq_mutex_);
      if (line >= h.lines_.size()) return GRAFT_E_INVAL;
      if (h.lines_[line].irq != nullptr) return GRAFT_E_EXIST;
      h.lines_[line].irq = irq;
      h.lines_[line].masked = false;
    }
    h.service_line(line);
    return GRAFT_OK;
  };
  env_.irq_release = [](void* host, uint32_t line, graft_irq_t* irq) {
    FakeHost& h = of(host);
    for (;;) {
      std::unique_lock lock(h.irq_mutex_);
      if (h.lines_.at(line).irq != irq) broken("irq_release of a line that was not claimed with this source");
      if (!h.lines_[line].in_service) {
        h.lines_[line].irq = nullptr;
        return;
      }
      lock.unlock();
      std::this_thread::yield();
    }
  };
  env_.irq_mask = [](void* host, uint32_t line) {
    std::lock_guard lock(of(host).irq_mutex_);
    of(host).lines_.at(line).masked = true;
    ++of(host).mask_calls_;
  };
  env_.irq_unmask = [](void* host, uint32_t line) {
    {
      std::lock_guard lock(of(host).irq_mutex_);
      of(host).lines_.at(line).masked = false;
    }
    of(host).service_line(line);
  };
  env_.clock_now_ns = [](void* host) { return of(host).clock_now_ns(); };
  env_.thread_self = [](void* host) { return of(host).thread_self(); };
  env_.thread_park = [](void* host, uint64_t deadline_ns) { of(host).park(deadline_ns); };
  env_.thread_unpark = [](void* host, void* thread) { of(host).unpark(thread); };
  env_.log = [](void* host, int, const char* text, size_t length) {
    std::lock_guard lock(of(host).log_mutex_);
    of(host).log_.emplace_back(text, length);
  };
  env_.panic = [](void*, const char* text) {
    std::fprintf(stderr, "panic: %s\n", text);
    std::abort();
  };
  env_.entropy = [](void*, void* buffer, size_t bytes) {
    std::random_device source;
    for (size_t i = 0; i < bytes; ++i) static_cast<unsigned char*>(buffer)[i] = static_cast<unsigned char>(source());
    return GRAFT_OK;
  };
  env_.port_map = [](void* host, uint32_t port, uint32_t count, graft_io_cookie_t* out_cookie) {
    return of(host).map_registers(of(host).ports_, port, count, out_cookie);
  };
  env_.port_unmap = [](void* host, graft_io_cookie_t, uint32_t) { --of(host).mappings_in_use_; };
  env_.io_read = [](void* host, graft_io_cookie_t cookie, uint32_t width) {
    uint64_t offset;
    return of(host).mapping_of(cookie, &offset).model->read(offset, width);
  };
  env_.io_write = [](void* host, graft_io_cookie_t cookie, uint32_t width, uint64_t value) {
    uint64_t offset;
    of(host).mapping_of(cookie, &offset).model->write(offset, width, value);
  };
  if (!options_.with_msi) return;
  env_.msi_alloc = [](void* host, graft_pci_address_t, uint32_t count, graft_irq_t* const* irqs,
                      graft_msi_message_t* out_messages) {
    FakeHost& h = of(host);
    std::lock_guard lock(h.irq_mutex_);
    for (uint32_t i = 0; i < count; ++i) {
      out_messages[i] = {0xfee00000, h.next_msi_, 0};
      h.msi_[h.next_msi_++] = irqs[i];
    }
    return GRAFT_OK;
  };
  env_.msi_free = [](void* host, graft_pci_address_t, uint32_t count, graft_irq_t* const* irqs) {
    FakeHost& h = of(host);
    std::lock_guard lock(h.irq_mutex_);
    for (uint32_t i = 0; i < count; ++i) {
      std::erase_if(h.msi_, [&](const auto& entry) { return entry.second == irqs[i]; });
    }
  };
}

graft_error_t FakeHost::page_alloc(size_t pages, size_t align_pages, uint64_t max_phys, void** out_va) {
  std::lock_guard lock(memory_mutex_);
  *out_va = nullptr;
  if (pages == 0 || align_pages == 0 || (align_pages & (align_pages - 1)) != 0) broken("page_alloc arguments");
  if (page_alloc_budget_ == 0) return GRAFT_E_NOMEM;
  if (page_alloc_budget_ > 0) --page_alloc_budget_;
  // Alignment concerns the virtual address as well as the device's view of it.
  uintptr_t base = reinterpret_cast<uintptr_t>(arena_);
  for (size_t first = 0; first + pages <= page_used_.size(); ++first) {
    if ((base / GRAFT_PAGE_BYTES + first) % align_pages != 0) continue;
    if (options_.phys + (first + pages) * GRAFT_PAGE_BYTES - 1 > max_phys) break;
    size_t run = 0;
    while (run < pages && !page_used_[first + run]) ++run;
    if (run < pages) {
      first += run;
      continue;
    }
    for (size_t i = 0; i < pages; ++i) page_used_[first + i] = true;
    *out_va = arena_ + first * GRAFT_PAGE_BYTES;
    std::fill_n(static_cast<unsigned char*>(*out_va), pages * GRAFT_PAGE_BYTES, 0xa5);
    allocations_[*out_va] = pages;
    ++page_allocations_;
    return GRAFT_OK;
  }
  return GRAFT_E_NOMEM;
}

void FakeHost::page_free(void* va, size_t pages) {
  std::lock_guard lock(memory_mutex_);
  auto it = allocations_.find(va);
  if (it == allocations_.end() || it->second != pages) broken("page_free of what page_alloc did not give");
  allocations_.erase(it);
  size_t first = static_cast<size_t>(static_cast<char*>(va) - arena_) / GRAFT_PAGE_BYTES;
  for (size_t i = 0; i < pages; ++i) page_used_[first + i] = false;
  std::fill_n(static_cast<unsigned char*>(va), pages * GRAFT_PAGE_BYTES, 0xdd);
}

size_t FakeHost::pages_in_use() {
  std::lock_guard lock(memory_mutex_);
  size_t total = 0;
  for (const auto& entry : allocations_) total += entry.second;
  return total;
}

graft_error_t FakeHost::map_registers(const std::vector<Range>& ranges, uint64_t start, uint64_t bytes,
                                      graft_io_cookie_t* out_cookie) {
  *out_cookie = 0;
  for (const Range& range : ranges) {
    if (start < range.start || start + bytes > range.start + range.bytes) continue;
    mappings_.push_back({range.model, start - range.start, bytes});
    ++mappings_in_use_;
    *out_cookie = GRAFT_IO_SLOW | static_cast<uint64_t>(mappings_.size()) << kCookieShift;
    return GRAFT_OK;
  }
  return GRAFT_E_INVAL;
}

FakeHost::Mapping& FakeHost::mapping_of(graft_io_cookie_t cookie, uint64_t* out_offset) {
  uint64_t index = (cookie & ~GRAFT_IO_SLOW) >> kCookieShift;
  if (!graft_io_is_slow(cookie) || index == 0 || index > mappings_.size()) broken("register access by a bad cookie");
  Mapping& mapping = mappings_[index - 1];
  uint64_t offset = cookie & ((uint64_t{1} << kCookieShift) - 1);
  if (offset >= mapping.bytes) broken("register access beyond its mapping");
  *out_offset = mapping.offset + offset;
  return mapping;
}

void FakeHost::set_line(uint32_t line, bool asserted) {
  {
    std::lock_guard lock(irq_mutex_);
    lines_.at(line).asserted = asserted;
  }
  service_line(line);
}

void FakeHost::service_line(uint32_t line) {
  for (;;) {
    graft_irq_t* irq;
    {
      std::lock_guard lock(irq_mutex_);
      Line& l = lines_.at(line);
      if (!l.asserted || l.masked || l.irq == nullptr || l.in_service) return;
      l.in_service = true;
      irq = l.irq;
    }
    graft_world_irq(irq);
    std::lock_guard lock(irq_mutex_);
    lines_.at(line).in_service = false;
  }
}

bool FakeHost::is_masked(uint32_t line) {
  std::lock_guard lock(irq_mutex_);
  return lines_.at(line).masked;
}

bool FakeHost::is_claimed(uint32_t line) {
  std::lock_guard lock(irq_mutex_);
  return lines_.at(line).irq != nullptr;
}

void FakeHost::send_msi(const graft_msi_message_t& message) {
  graft_irq_t* irq = nullptr;
  {
    std::lock_guard lock(irq_mutex_);
    if (auto it = msi_.find(message.data); it != msi_.end()) irq = it->second;
  }
  if (irq != nullptr) graft_world_irq(irq);
}

size_t FakeHost::msi_in_use() {
  std::lock_guard lock(irq_mutex_);
  return msi_.size();
}

bool FakeHost::logged(const std::string& part) {
  std::lock_guard lock(log_mutex_);
  for (const std::string& line : log_) {
    if (line.find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace graft::fakes
