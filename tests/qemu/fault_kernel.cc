// SPDX-License-Identifier: BSD-2-Clause
// Breaks in the way the command line says; what it prints is the test.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "kernels/support/boot_info.hpp"
#include "kernels/support/command_line.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/memory.hpp"
#include "kernels/support/paging.hpp"
#include "kernels/support/panic.hpp"
#include "kernels/support/start.hpp"

using namespace graft::support;

extern "C" char __rodata_start[];

namespace {

/// Writes where no object is, out of the compiler's sight.
void write_at(uint64_t address) { asm volatile("movl $1, (%0)" ::"r"(address) : "memory"); }

[[gnu::noinline]] int recurse(volatile char* page, int depth) {
  volatile char local[512];
  local[0] = page[0];
  return depth == 0 ? local[0] : recurse(local, depth - 1) + local[0];
}

void overflow_stack() {
  auto* stack = static_cast<char*>(allocate_pages(5));
  guard_page(stack);
  asm volatile("mov %0, %%rsp; xor %%ebp, %%ebp; call *%1" ::"r"(stack + 5 * kPageBytes),
               "r"(+[] { recurse(static_cast<char*>(aligned_alloc(64, 64)), 1 << 20); })
               : "memory");
}

void break_down(std::string_view how) {
  if (how == "null") write_at(8);
  if (how == "unmapped") (void)*reinterpret_cast<volatile int*>(uintptr_t{0xffff'e000'1234'5678});
  if (how == "constant") write_at(reinterpret_cast<uint64_t>(__rodata_start));
  if (how == "divide") asm volatile("xor %%ecx, %%ecx; mov $1, %%eax; cltd; idivl %%ecx" ::: "eax", "ecx", "edx");
  if (how == "opcode") asm volatile("ud2");
  if (how == "sse") asm volatile(".byte 0x0f, 0x57, 0xc0");  // xorps: no FPU state is kept, so SSE stays off
  if (how == "overflow") overflow_stack();
  if (how == "panic") panic("broken on purpose: %d", 7);
  if (how == "abort") abort();
  if (how == "double_free") {
    void* page = allocate_pages(1);
    free_pages(page, 1);
    free_pages(page, 1);
  }
  if (how == "fail_line") printf("FAIL some_case: on purpose\n");
  if (how == "hang") {
    for (;;) relax();
  }
  if (how == "triple") {
    const struct [[gnu::packed]] {
      uint16_t limit;
      uint64_t base;
    } none{};
    asm volatile("lidt %0; ud2" ::"m"(none));
  }
}

}  // namespace

int kernel_main() {
  break_down(find_option(boot_info().command_line, "how").value_or(""));
  return 0;
}
