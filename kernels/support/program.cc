// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/program.hpp"

#include "kernels/support/boot_info.hpp"
#include "kernels/support/command_line.hpp"
#include "kernels/support/memory.hpp"
#include "kernels/support/panic.hpp"

namespace graft::support {

std::string_view command_line() { return boot_info().command_line; }
std::optional<std::string_view> option(std::string_view name) { return find_option(command_line(), name); }

MemoryStats memory_stats() {
  const PageStats pages = page_stats();
  return {pages.pages_total * kPageBytes, pages.pages_free * kPageBytes, pages.pages_free_lowest * kPageBytes,
          heap_stats().bytes_in_use};
}

void exit(bool passed) { exit_machine(passed); }

}  // namespace graft::support
