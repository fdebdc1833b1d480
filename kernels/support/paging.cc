// SPDX-License-Identifier: BSD-2-Clause
// Entry format and memory types: Intel SDM volume 3A (325462-083), sections 4.5 (4-level paging) and 12.12 (PAT).
#include "kernels/support/paging.hpp"

#include <cstring>

#include "kernels/support/boot_info.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/memory.hpp"
#include "kernels/support/panic.hpp"

extern "C" char __image_start[], __text_start[], __text_end[], __rodata_start[], __rodata_end[], __data_start[],
    __image_end[];

namespace graft::support {
namespace {

using Table = uint64_t[512];

constexpr uint64_t kPresent = 1 << 0;
constexpr uint64_t kWritable = 1 << 1;
constexpr uint64_t kWriteThrough = 1 << 3;
constexpr uint64_t kCacheDisable = 1 << 4;
constexpr uint64_t kLarge = 1 << 7;
/// Bits 9..11 are free for software: this entry is a guard.
constexpr uint64_t kGuard = 1 << 9;
/// Bits 52..58 are free for software: here they count the mappings of a device page.
constexpr int kCountShift = 52;
constexpr uint64_t kCountMax = 127;
constexpr uint64_t kCountMask = kCountMax << kCountShift;
constexpr uint64_t kAddressMask = 0x000f'ffff'ffff'f000;

constexpr uint64_t kUncached = kCacheDisable | kWriteThrough;
/// The page attribute table is set up so that this combination, write-through by default, means write combining.
constexpr uint64_t kCombining = kWriteThrough;
constexpr uint32_t kPatMsr = 0x277;
constexpr uint64_t kPatValue = 0x00'07'04'06'00'07'01'06;  // entry 1: write combining; the others as at reset

constexpr uint32_t kEferMsr = 0xc000'0080;
constexpr uint64_t kEferNoExecute = 1 << 11;

Table* g_root;
uint64_t g_no_execute;

int shift_of(int level) { return 12 + 9 * level; }
size_t index_of(uint64_t va, int level) { return va >> shift_of(level) & 511; }

Table* create_table() {
  auto* table = static_cast<Table*>(allocate_pages(1));
  if (table != nullptr) memset(table, 0, kPageBytes);
  return table;
}

/// Turns a 2 MiB entry into a table of 512 small ones with the same rights.
bool split_large(uint64_t& entry) {
  Table* table = create_table();
  if (table == nullptr) return false;
  for (size_t i = 0; i < 512; ++i) (*table)[i] = (entry & ~kLarge) + i * kPageBytes;
  entry = virt_to_phys(table) | kPresent | kWritable;
  return true;
}

/// Finds the entry for `va` at `level` (0: 4 KiB, 1: 2 MiB), with the tables above it if `create`.
uint64_t* find_entry(uint64_t va, int level, bool create) {
  Table* table = g_root;
  for (int at = 3;; --at) {
    uint64_t& entry = (*table)[index_of(va, at)];
    if (at == level) return &entry;
    if (!(entry & kPresent)) {
      if (!create) return nullptr;
      Table* next = create_table();
      if (next == nullptr) return nullptr;
      entry = virt_to_phys(next) | kPresent | kWritable;
    } else if (entry & kLarge) {
      if (!create || !split_large(entry)) return nullptr;
    }
    table = phys_to_virt<Table>(entry & kAddressMask);
  }
}

void map_early(uint64_t va, uint64_t phys, uint64_t bytes, uint64_t rights, int level) {
  const uint64_t step = uint64_t{1} << shift_of(level);
  for (uint64_t offset = 0; offset < bytes; offset += step) {
    uint64_t* entry = find_entry(va + offset, level, true);
    if (entry == nullptr) panic("no memory for page tables");
    *entry = (phys + offset) | rights | kPresent | (level == 1 ? kLarge : 0);
  }
}

void map_image(const char* start, const char* end, uint64_t rights) {
  const auto va = reinterpret_cast<uint64_t>(start);
  map_early(va, va - kKernelBase, reinterpret_cast<uint64_t>(end) - va, rights, 0);
}

}  // namespace

void init_paging() {
  if (cpuid(0x8000'0001).edx & (1 << 20)) {
    write_msr(kEferMsr, read_msr(kEferMsr) | kEferNoExecute);
    g_no_execute = uint64_t{1} << 63;
  }
  write_msr(kPatMsr, kPatValue);

  g_root = create_table();
  if (g_root == nullptr) panic("no memory for page tables");
  for (const MemoryRegion& region : boot_info().memory) {
    if (!region.is_ram) continue;
    const uint64_t start = region.phys & ~uint64_t{kLargePageBytes - 1};
    const uint64_t end = (region.phys + region.bytes + kLargePageBytes - 1) & ~uint64_t{kLargePageBytes - 1};
    map_early(kDirectMapBase + start, start, end - start, kWritable | g_no_execute, 1);
  }
  map_image(__text_start, __text_end, 0);
  map_image(__rodata_start, __rodata_end, g_no_execute);
  map_image(__data_start, __image_end, kWritable | g_no_execute);
  write_cr3(virt_to_phys(g_root));
}

bool is_direct_mapped(uint64_t phys, uint64_t bytes) {
  InterruptsOff guard;
  for (uint64_t at = phys & ~uint64_t{kLargePageBytes - 1}; at < phys + bytes; at += kLargePageBytes) {
    const uint64_t* entry = find_entry(kDirectMapBase + at, 1, false);
    if (entry == nullptr || !(*entry & kPresent)) return false;
  }
  return true;
}

graft_error_t map_device(uint64_t phys, uint64_t bytes, bool write_combining, void** out_va) {
  *out_va = nullptr;
  if (!is_device_memory(phys, bytes)) return GRAFT_E_INVAL;
  const uint64_t base = write_combining ? kCombiningBase : kDeviceBase;
  const uint64_t rights = kWritable | kPresent | g_no_execute | (write_combining ? kCombining : kUncached);
  const uint64_t first = phys & ~uint64_t{kPageBytes - 1};
  InterruptsOff guard;
  for (uint64_t page = first; page < phys + bytes; page += kPageBytes) {
    uint64_t* entry = find_entry(base + page, 0, true);
    if (entry == nullptr || (*entry & kCountMask) == kCountMask) {
      if (page > first) unmap_device(reinterpret_cast<void*>(base + first), page - first);
      return GRAFT_E_NOMEM;
    }
    const uint64_t count = (*entry & kCountMask) + (uint64_t{1} << kCountShift);
    *entry = page | rights | count;
  }
  *out_va = reinterpret_cast<void*>(base + phys);
  return GRAFT_OK;
}

void unmap_device(void* va, uint64_t bytes) {
  const auto start = reinterpret_cast<uint64_t>(va);
  InterruptsOff guard;
  for (uint64_t page = start & ~uint64_t{kPageBytes - 1}; page < start + bytes; page += kPageBytes) {
    uint64_t* entry = find_entry(page, 0, false);
    if (entry == nullptr || !(*entry & kCountMask)) panic("mmio_unmap: %p is not mapped", va);
    *entry -= uint64_t{1} << kCountShift;
    if (*entry & kCountMask) continue;
    *entry = 0;
    invalidate_page(reinterpret_cast<void*>(page));
  }
}

bool guard_page(void* page) {
  InterruptsOff guard;
  uint64_t* entry = find_entry(reinterpret_cast<uint64_t>(page), 0, true);
  if (entry == nullptr) return false;
  *entry = (*entry & ~kPresent) | kGuard;
  invalidate_page(page);
  return true;
}

void unguard_page(void* page) {
  InterruptsOff guard;
  uint64_t* entry = find_entry(reinterpret_cast<uint64_t>(page), 0, false);
  if (entry == nullptr || !(*entry & kGuard)) panic("unguard_page: %p is no guard page", page);
  *entry = (*entry & ~kGuard) | kPresent;
}

bool is_guarded(uint64_t address) {
  InterruptsOff guard;
  const uint64_t* entry = g_root == nullptr ? nullptr : find_entry(address, 0, false);
  return entry != nullptr && (*entry & kGuard);
}

}  // namespace graft::support
