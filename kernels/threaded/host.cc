// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/threaded/host.hpp"

#include "kernels/support/boot_info.hpp"
#include "kernels/support/clock.hpp"
#include "kernels/support/command_line.hpp"
#include "kernels/support/memory.hpp"
#include "kernels/support/panic.hpp"

namespace graft::threaded {

uint64_t now_ns() { return support::now_ns(); }
void sleep_ns(uint64_t duration_ns) { sleep_until(support::now_ns() + duration_ns); }
std::string_view command_line() { return support::boot_info().command_line; }
std::optional<std::string_view> option(std::string_view name) { return support::find_option(command_line(), name); }

MemoryStats memory_stats() {
  const support::PageStats pages = support::page_stats();
  return {pages.pages_total * support::kPageBytes, pages.pages_free * support::kPageBytes,
          pages.pages_free_lowest * support::kPageBytes, support::heap_stats().bytes_in_use};
}

void exit(bool passed) { support::exit_machine(passed); }

}  // namespace graft::threaded
