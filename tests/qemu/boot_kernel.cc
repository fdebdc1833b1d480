// SPDX-License-Identifier: BSD-2-Clause
// The machine support on its own: memory, clock, timer, interrupt lines, PCI configuration space.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "kernels/support/acpi.hpp"
#include "kernels/support/boot_info.hpp"
#include "kernels/support/clock.hpp"
#include "kernels/support/command_line.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/entropy.hpp"
#include "kernels/support/interrupts.hpp"
#include "kernels/support/local_apic.hpp"
#include "kernels/support/memory.hpp"
#include "kernels/support/paging.hpp"
#include "kernels/support/pci_config.hpp"
#include "kernels/support/reference_timer.hpp"
#include "kernels/support/start.hpp"
#include "tests/qemu/kernel_test.hpp"

using namespace graft::support;

namespace {

uint64_t option_number(const char* name) {
  const auto value = find_option(boot_info().command_line, name);
  return value ? strtoull(value->data(), nullptr, 0) : 0;
}

int g_constructed = 0;
struct Constructed {
  Constructed() { g_constructed = 42; }
} g_object;

}  // namespace

KERNEL_TEST(command_line_arrives) { EXPECT(find_option(boot_info().command_line, "greeting") == "hello"); }
KERNEL_TEST(static_constructors_ran) { EXPECT(g_constructed == 42); }

KERNEL_TEST(all_ram_is_found) {
  const uint64_t expected_pages = option_number("ram_mib") * 256;
  // The firmware's first MiB, the image and ACPI's tables are not given out.
  EXPECT(page_stats().pages_total <= expected_pages);
  EXPECT(page_stats().pages_total + 1024 >= expected_pages);
}

KERNEL_TEST(pages_respect_limit_and_alignment) {
  const size_t free_before = page_stats().pages_free;
  for (const uint64_t limit : {uint64_t{16} << 20, uint64_t{4} << 30, UINT64_MAX}) {
    for (const size_t align : {1, 4, 512}) {
      void* va = allocate_pages(5, align, limit == UINT64_MAX ? limit : limit - 1);
      ASSERT(va != nullptr);
      const uint64_t phys = virt_to_phys(va);
      EXPECT(phys % (align * kPageBytes) == 0);
      EXPECT(phys + 5 * kPageBytes - 1 < limit);
      memset(va, 0xa5, 5 * kPageBytes);
      free_pages(va, 5);
    }
  }
  EXPECT(page_stats().pages_free == free_before);
}

KERNEL_TEST(every_page_holds_its_own_content) {
  // All RAM at once, each page marked with its own address: overlapping or unmapped pages cannot pass.
  struct Link {
    Link* next;
    uint64_t self;
  };
  Link* first = nullptr;
  size_t count = 0;
  while (void* va = allocate_pages(1)) {
    first = new (va) Link{first, reinterpret_cast<uint64_t>(va)};
    ++count;
  }
  EXPECT(count + 64 > page_stats().pages_total - 64);
  EXPECT(allocate_pages(1) == nullptr);
  EXPECT(aligned_alloc(64, 1 << 20) == nullptr);
  bool all_right = true;
  while (first != nullptr) {
    Link* const next = first->next;
    all_right &= first->self == reinterpret_cast<uint64_t>(first);
    free_pages(first, 1);
    first = next;
  }
  EXPECT(all_right);
}

KERNEL_TEST(malloc_gives_and_takes) {
  const HeapStats before = heap_stats();
  auto text = std::make_unique<char[]>(100'000);
  memset(text.get(), 7, 100'000);
  char* small = static_cast<char*>(malloc(24));
  small = static_cast<char*>(realloc(memcpy(small, "abc", 4), 5000));
  EXPECT(strcmp(small, "abc") == 0);
  free(small);
  text.reset();
  EXPECT(heap_stats().bytes_in_use == before.bytes_in_use);
}

KERNEL_TEST(clock_agrees_with_the_reference_timer) {
  ReferenceTimer reference;
  reference.take_elapsed();
  const uint64_t start = now_ns();
  uint64_t ticks = 0;
  while (ticks < reference.rate_hz() / 10) ticks += reference.take_elapsed();
  const uint64_t clock_us = (now_ns() - start) / 1000;
  const uint64_t reference_us = ticks * 1'000'000 / reference.rate_hz();
  printf("100 ms: clock %lu us, reference %lu us, tsc %lu Hz, apic timer %lu Hz\n", clock_us, reference_us,
         clock_rates().tsc_hz, clock_rates().apic_timer_hz);
  EXPECT(clock_us > reference_us * 98 / 100 && clock_us < reference_us * 102 / 100);
}

KERNEL_TEST(timer_interrupts_once_at_its_deadline) {
  static uint64_t fired_at;
  static int fired;
  set_timer_handler([] {
    fired_at = now_ns();
    ++fired;
  });
  const uint64_t deadline = now_ns() + 20'000'000;
  arm_timer(deadline);
  enable_interrupts();
  while (fired == 0 && now_ns() < deadline + 5'000'000'000) {
    disable_interrupts();
    if (fired == 0) wait_for_interrupt();
    enable_interrupts();
  }
  const uint64_t until = now_ns() + 30'000'000;
  while (now_ns() < until) relax();
  disable_interrupts();
  EXPECT(fired == 1);
  EXPECT(fired_at + 100'000 >= deadline);
}

KERNEL_TEST(vectors_are_aligned_and_come_back) {
  const uint8_t one = allocate_vectors(1);
  const uint8_t eight = allocate_vectors(8);
  const uint8_t five = allocate_vectors(5);
  EXPECT(one != 0 && eight != 0 && five != 0);
  EXPECT(eight % 8 == 0 && five % 8 == 0);
  EXPECT(allocate_vectors(250) == 0);
  free_vectors(one, 1);
  free_vectors(eight, 8);
  free_vectors(five, 5);
  EXPECT(allocate_vectors(1) == one);
  free_vectors(one, 1);
}

KERNEL_TEST(configuration_space_reads_the_same_at_every_width) {
  uint32_t whole, half, byte;
  const graft_pci_address_t host_bridge = pci_address(0, 0, 0);
  ASSERT(read_pci_config(host_bridge, 0, 4, &whole) == GRAFT_OK);
  EXPECT(whole == 0x29c08086);  // 82G33/Q35 host bridge
  EXPECT(read_pci_config(host_bridge, 2, 2, &half) == GRAFT_OK && half == whole >> 16);
  EXPECT(read_pci_config(host_bridge, 3, 1, &byte) == GRAFT_OK && byte == whole >> 24);
  EXPECT(read_pci_config(pci_address(0, 17, 5), 0, 2, &half) == GRAFT_OK && half == 0xffff);
  EXPECT(read_pci_config(host_bridge, 1, 2, &half) == GRAFT_E_RANGE);
  EXPECT(read_pci_config(host_bridge, 4096, 4, &whole) == GRAFT_E_RANGE);
}

KERNEL_TEST(device_windows_are_counted) {
  void *first, *second;
  const uint64_t apic = acpi_info().local_apic_phys;
  ASSERT(map_device(apic + 0x20, 4, false, &first) == GRAFT_OK);
  EXPECT(map_device(apic, 4096, false, &second) == GRAFT_OK);
  unmap_device(second, 4096);
  EXPECT(*static_cast<volatile uint32_t*>(first) >> 24 == local_apic_id());
  unmap_device(first, 4);
  EXPECT(map_device(0x200000, 4096, false, &first) == GRAFT_E_INVAL);  // RAM
  EXPECT(first == nullptr);
  EXPECT(map_device(apic, 0, false, &first) == GRAFT_E_INVAL);
}

KERNEL_TEST(a_window_above_4_gib_is_reached) {
  if (!find_option(boot_info().command_line, "wide_window")) return;
  // QEMU's shared memory device: its third base address is plain memory, as large as asked for.
  graft_pci_address_t device = 0;
  uint32_t ids = 0, low, high;
  for (; ids != 0x11101af4; ++device) {
    ASSERT(device < 256);
    read_pci_config(device, 0, 4, &ids);
  }
  --device;
  read_pci_config(device, 0x18, 4, &low);
  read_pci_config(device, 0x1c, 4, &high);
  const uint64_t phys = uint64_t{high} << 32 | (low & ~15u);
  const uint64_t last = option_number("wide_window") - kPageBytes;
  printf("window at %lx\n", phys);
  ASSERT(phys >= uint64_t{4} << 30);

  void *first_page, *last_page, *combining;
  ASSERT(map_device(phys, kPageBytes, false, &first_page) == GRAFT_OK);
  ASSERT(map_device(phys + last, kPageBytes, false, &last_page) == GRAFT_OK);
  ASSERT(map_device(phys, kPageBytes, true, &combining) == GRAFT_OK);
  *static_cast<volatile uint64_t*>(first_page) = 0x1122'3344'5566'7788;
  *static_cast<volatile uint64_t*>(last_page) = 0x99aa'bbcc'ddee'ff00;
  EXPECT(*static_cast<volatile uint64_t*>(combining) == 0x1122'3344'5566'7788);
  EXPECT(*static_cast<volatile uint64_t*>(last_page) == 0x99aa'bbcc'ddee'ff00);
  unmap_device(first_page, kPageBytes);
  unmap_device(last_page, kPageBytes);
  unmap_device(combining, kPageBytes);
}

KERNEL_TEST(random_bytes_differ) {
  unsigned char a[64] = {}, b[64] = {};
  fill_random(a, sizeof a);
  fill_random(b, sizeof b);
  EXPECT(memcmp(a, b, sizeof a) != 0);
  int distinct = 0;
  bool seen[256] = {};
  for (unsigned char c : a) {
    distinct += !seen[c];
    seen[c] = true;
  }
  EXPECT(distinct > 32);
}

int kernel_main() { return graft::test::KernelTest::run_all(); }
