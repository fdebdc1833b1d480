// SPDX-License-Identifier: BSD-2-Clause
// From the machine support's entry to the loop, on a stack with a guard page below it.
#include "kernels/eventloop/loop.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/memory.hpp"
#include "kernels/support/paging.hpp"
#include "kernels/support/panic.hpp"
#include "kernels/support/start.hpp"

namespace {

constexpr size_t kStackPages = 32;

[[noreturn]] void run() {
  graft::support::enable_interrupts();
  graft::eventloop::loop();
}

}  // namespace

int kernel_main() {
  using namespace graft::support;
  auto* const stack = static_cast<char*>(allocate_pages(kStackPages + 1));
  if (stack == nullptr || !guard_page(stack)) panic("no memory for the loop's stack");
  // A call from an aligned stack, with no frame below it.
  asm volatile(
      "mov %0, %%rsp\n\t"
      "xor %%ebp, %%ebp\n\t"
      "call *%1\n\t"
      "ud2"
      :
      : "r"(stack + (kStackPages + 1) * kPageBytes), "r"(run)
      : "memory");
  __builtin_unreachable();
}
