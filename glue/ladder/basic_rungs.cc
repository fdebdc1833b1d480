// SPDX-License-Identifier: BSD-2-Clause
// table, print, entropy.
#include <initializer_list>

#include "glue/ladder/climb.hpp"

namespace graft::ladder {
namespace {

constexpr const char* kMissing = "mandatory, but its pointer is null (or size_bytes ends before it)";
constexpr const char* kHalf = "present exactly if its counterpart is";
constexpr const char* kStack = "it is aligned to 16 bytes when a function is called";

}  // namespace

Verdict check_table(Climb& climb) {
  const graft_osenv_t& env = climb.env;
  LADDER_RULE(climb.flags_fault == nullptr, "compiler flags", climb.flags_fault);
  LADDER_RULE(climb.stack_is_aligned, "stack", kStack);
  LADDER_RULE(env.size_bytes >= offsetof(graft_osenv_t, dma_map), "size_bytes", "it covers the mandatory callbacks");
#define MANDATORY(name) LADDER_RULE(env.name != nullptr, #name, kMissing)
  MANDATORY(page_alloc);
  MANDATORY(page_free);
  MANDATORY(mmio_map);
  MANDATORY(mmio_unmap);
  MANDATORY(pci_read);
  MANDATORY(pci_write);
  MANDATORY(irq_route);
  MANDATORY(irq_claim);
  MANDATORY(irq_release);
  MANDATORY(irq_mask);
  MANDATORY(irq_unmask);
  MANDATORY(clock_now_ns);
  MANDATORY(thread_self);
  MANDATORY(thread_park);
  MANDATORY(thread_unpark);
  MANDATORY(log);
  MANDATORY(panic);
  MANDATORY(entropy);
#undef MANDATORY
  LADDER_RULE((env.dma_map == nullptr) == (env.dma_unmap == nullptr), env.dma_map ? "dma_unmap" : "dma_map", kHalf);
  LADDER_RULE((env.msi_alloc == nullptr) == (env.msi_free == nullptr), env.msi_alloc ? "msi_free" : "msi_alloc", kHalf);
  LADDER_RULE((env.port_map == nullptr) == (env.port_unmap == nullptr), env.port_map ? "port_unmap" : "port_map",
              kHalf);
  LADDER_RULE((env.io_read == nullptr) == (env.io_write == nullptr), env.io_read ? "io_write" : "io_read", kHalf);
  LADDER_RULE(env.cpu_count == nullptr || env.cpu_count(env.host) >= 1, "cpu_count", "there is at least one CPU");

  const graft_mem_window_t& window = env.mem_window;
  const auto va = reinterpret_cast<uintptr_t>(window.va);
  LADDER_RULE(window.va != nullptr && window.bytes != 0, "mem_window", "it is not empty");
  LADDER_RULE((va | window.phys | window.bytes) % GRAFT_PAGE_BYTES == 0, "mem_window", "it is page aligned");
  LADDER_RULE(window.bytes - 1 <= UINTPTR_MAX - va && window.bytes - 1 <= UINT64_MAX - window.phys, "mem_window",
              "it ends inside the address space");
  return kPassed;
}

Verdict check_print(Climb& climb) {
  // The text goes on after the length that is given.
  constexpr char kText[] = "ladder: print|this is past the end of the line";
  constexpr size_t kLength = 13;
  for (const int level : {GRAFT_LOG_ERROR, GRAFT_LOG_INFO}) {
    climb.begin("log");
    climb.env.log(climb.env.host, level, kText, kLength);
    if (climb.options.was_logged == nullptr) continue;
    LADDER_RULE(climb.options.was_logged(climb.options.was_logged_arg, kText, kLength), "log",
                "it puts out `length` bytes as one line, no more and no less");
  }
  return kPassed;
}

Verdict check_entropy(Climb& climb) {
  constexpr size_t kBytes = 64;
  constexpr unsigned char kMark = 0x5a;
  unsigned char a[kBytes + 1], b[kBytes + 1];
  for (unsigned char* buffer : {a, b}) {
    for (size_t i = 0; i <= kBytes; ++i) buffer[i] = kMark;
    climb.begin("entropy");
    LADDER_RULE(climb.env.entropy(climb.env.host, buffer, kBytes) == GRAFT_OK, "entropy",
                "it returns OK: without random numbers sequence numbers can be guessed");
    LADDER_RULE(buffer[kBytes] == kMark, "entropy", "it writes no further than `bytes`");
  }
  size_t same = 0, repeated = 0;
  for (size_t i = 0; i < kBytes; ++i) {
    same += a[i] == b[i];
    repeated += a[i] == a[0];
  }
  // Each has a chance below 2^-64 in random bytes.
  LADDER_RULE(same < 16, "entropy", "two calls give different bytes");
  LADDER_RULE(repeated < 16, "entropy", "it fills the whole buffer with different bytes");
  return kPassed;
}

}  // namespace graft::ladder
