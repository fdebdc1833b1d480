// SPDX-License-Identifier: BSD-2-Clause
// Exception names and error code bits: Intel SDM volume 3A (325462-083), sections 6.3.1 and 6.15.
#include "kernels/support/fault.hpp"

#include <cstdarg>
#include <cstdio>

#include "kernels/support/console.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/paging.hpp"
#include "kernels/support/panic.hpp"

extern "C" char __text_start[], __text_end[], __data_start[], __image_end[];

namespace graft::support {
namespace {

constexpr const char* kNames[] = {
    "divide error",
    "debug",
    "non-maskable interrupt",
    "breakpoint",
    "overflow",
    "bound range",
    "invalid opcode",
    "device not available",
    "double fault",
    nullptr,
    "invalid TSS",
    "segment not present",
    "stack-segment",
    "general protection",
    "page fault",
    nullptr,
    "x87 floating-point",
    "alignment check",
    "machine check",
    "SIMD floating-point",
};
constexpr uint64_t kPageFault = 14;

const char* (*g_thread_name)();
bool g_ending;

bool is_code(uint64_t address) {
  return address >= reinterpret_cast<uint64_t>(__text_start) && address < reinterpret_cast<uint64_t>(__text_end);
}

/// Says whether 8 bytes of stack can be read: the image's data, or RAM in the direct map that is no guard page.
bool is_stack(uint64_t address) {
  if (address % 8 != 0) return false;
  if (address >= reinterpret_cast<uint64_t>(__data_start) && address < reinterpret_cast<uint64_t>(__image_end))
    return true;
  if (address < kDirectMapBase || address >= kDirectMapBase + kPhysLimit) return false;
  return is_direct_mapped(address - kDirectMapBase, 8) && !is_guarded(address);
}

uint64_t read_stack(uint64_t address) { return *reinterpret_cast<const uint64_t*>(address); }

void print_page_fault(const InterruptFrame& frame) {
  const uint64_t address = read_cr2();
  console_printf("  %s of %016lx, %s%s\n",
                 frame.error & 16  ? "fetch"
                 : frame.error & 2 ? "write"
                                   : "read",
                 address, frame.error & 1 ? "not permitted" : "not mapped",
                 is_guarded(address)    ? ": the guard page below a stack (stack overflow)"
                 : address < kPageBytes ? ": null pointer"
                                        : "");
}

/// Only one end is reported: a fault while printing a dump, or a panic inside it, ends at once.
void begin_end() {
  disable_interrupts();
  if (g_ending) {
    static constexpr char kText[] = "\n(another fault or panic while reporting)\n";
    console_write(kText, sizeof kText - 1);
    exit_machine(false);
  }
  g_ending = true;
}

}  // namespace

void set_thread_name_hook(const char* (*hook)()) { g_thread_name = hook; }

void print_call_chain(uint64_t rip, uint64_t rbp, uint64_t rsp) {
  console_printf("  call chain:");
  if (rip != 0) console_printf(" %lx", rip);
  for (int depth = 0; depth < 16 && is_stack(rbp) && is_stack(rbp + 8); ++depth) {
    const uint64_t caller = read_stack(rbp + 8);
    if (!is_code(caller)) break;
    console_printf(" %lx", caller);
    const uint64_t next = read_stack(rbp);
    if (next <= rbp) break;
    rbp = next;
  }
  console_printf("\n  on the stack:");
  int shown = 0;
  for (uint64_t at = rsp & ~uint64_t{7}; at < rsp + 2048 && shown < 16 && is_stack(at); at += 8) {
    if (!is_code(read_stack(at))) continue;
    console_printf(" %lx", read_stack(at));
    ++shown;
  }
  console_printf("\n");
}

void report_fault(const InterruptFrame& frame) {
  begin_end();
  const char* name = frame.vector < sizeof kNames / sizeof kNames[0] ? kNames[frame.vector] : nullptr;
  console_printf("\nfault: %s (vector %lu, error code %lx)", name != nullptr ? name : "reserved exception",
                 frame.vector, frame.error);
  const char* thread = g_thread_name != nullptr ? g_thread_name() : nullptr;
  if (thread != nullptr) console_printf(" in thread \"%s\"", thread);
  console_printf("%s\n", at_interrupt_level() ? " at interrupt level" : "");
  if (frame.vector == kPageFault) print_page_fault(frame);
  console_printf("  rip %016lx  rsp %016lx  rflags %08lx  cr2 %016lx  cr3 %016lx\n", frame.rip, frame.rsp, frame.rflags,
                 read_cr2(), read_cr3());
  console_printf("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n", frame.rax, frame.rbx, frame.rcx, frame.rdx);
  console_printf("  rsi %016lx  rdi %016lx  rbp %016lx  r8  %016lx\n", frame.rsi, frame.rdi, frame.rbp, frame.r8);
  console_printf("  r9  %016lx  r10 %016lx  r11 %016lx  r12 %016lx\n", frame.r9, frame.r10, frame.r11, frame.r12);
  console_printf("  r13 %016lx  r14 %016lx  r15 %016lx\n", frame.r13, frame.r14, frame.r15);
  print_call_chain(frame.rip, frame.rbp, frame.rsp);
  exit_machine(false);
}

void panic(const char* format, ...) {
  begin_end();
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  console_printf("\npanic: %s\n", text);
  const char* thread = g_thread_name != nullptr ? g_thread_name() : nullptr;
  if (thread != nullptr) console_printf("  in thread \"%s\"%s\n", thread, at_interrupt_level() ? ", interrupted" : "");
  const auto frame = reinterpret_cast<uint64_t>(__builtin_frame_address(0));
  print_call_chain(0, frame, frame);
  exit_machine(false);
}

}  // namespace graft::support
