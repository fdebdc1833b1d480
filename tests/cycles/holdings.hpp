// SPDX-License-Identifier: BSD-2-Clause
/// Holdings: what the kit and its drivers hold at a moment, by their own counters and by the host's.
#ifndef GRAFT_TESTS_CYCLES_HOLDINGS_HPP
#define GRAFT_TESTS_CYCLES_HOLDINGS_HPP

#include <graft/kit.h>

#include <cstddef>
#include <cstdint>

namespace graft::test {

class Holdings {
 public:
  /// Takes stock. @context thread
  static Holdings take(graft_kit_t* kit);

  /// Takes stock until nothing is more than it was `before`, for some seconds at most: detach leaves work behind that
  /// is done later, by RCU, by a worker or by a timer.
  static Holdings settled(graft_kit_t* kit, const Holdings& before);

  /// Prints what differs from `before` in the wrong way, and says whether nothing does.
  bool agrees_with(const Holdings& before, const char* when) const;
  /// Says whether something is more than it was `earlier` by more than `more`, and prints what.
  bool has_grown(const Holdings& earlier, uint64_t more, const char* when) const;
  /// Prints what of a driver is there though none is attached, and says whether nothing is.
  bool is_free_of_drivers(const char* when) const;

 private:
  static constexpr size_t kItems = 25;

  bool is_within(const Holdings& before) const;

  uint64_t values_[kItems] = {};
};

}  // namespace graft::test

#endif
