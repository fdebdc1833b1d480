// SPDX-License-Identifier: BSD-2-Clause
/// What a program uses of the machine on every host; each host's header makes these names its own.
#ifndef GRAFT_KERNELS_SUPPORT_PROGRAM_HPP
#define GRAFT_KERNELS_SUPPORT_PROGRAM_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "kernels/support/clock.hpp"

namespace graft::support {

/// The whole command line. @context thread+irq
std::string_view command_line();

/// The value of the word `name=value`, "" for a bare `name`, nothing without either. @context thread+irq
std::optional<std::string_view> option(std::string_view name);

struct MemoryStats {
  uint64_t total_bytes;
  uint64_t free_bytes;
  uint64_t lowest_free_bytes;  ///< since the start
  uint64_t heap_bytes;         ///< in blocks of malloc
};
/// @context thread+irq
MemoryStats memory_stats();

/// Ends the run. @context thread+irq
[[noreturn]] void exit(bool passed);

}  // namespace graft::support

#endif
