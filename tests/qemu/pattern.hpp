// SPDX-License-Identifier: BSD-2-Clause
/// Pseudo-random disk content and a plan of writes; tests/e2e/pattern.py generates the same outside the machine.
#ifndef GRAFT_TESTS_QEMU_PATTERN_HPP
#define GRAFT_TESTS_QEMU_PATTERN_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace graft::test {

inline constexpr size_t kSectorBytes = 512;
inline constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;

/// splitmix64's output function: spreads every input bit over all output bits.
constexpr uint64_t mix(uint64_t value) {
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
  value = (value ^ value >> 27) * 0x94D049BB133111EB;
  return value ^ value >> 31;
}

/// Sector `index` of what the write with `seed` brings.
struct Sector {
  uint64_t words[kSectorBytes / 8];

  constexpr Sector(uint64_t seed, uint64_t index) : words{} {
    const uint64_t start = mix(seed + (index + 1) * kGolden);
    for (uint64_t i = 0; i < kSectorBytes / 8; ++i) words[i] = start + i * 0xD1342543DE82EF95;
  }
};

static_assert(Sector(1, 2).words[0] == 0xF893A2EEFB32555E && Sector(1, 2).words[63] == 0x7468CEA2BD6B4B09);

/// splitmix64.
class Sequence {
 public:
  explicit constexpr Sequence(uint64_t seed) : state_(seed) {}

  constexpr uint64_t next() { return mix(state_ += kGolden); }
  constexpr uint64_t below(uint64_t limit) { return next() % limit; }

 private:
  uint64_t state_;
};

/// One write of a plan, in sectors.
struct PlannedWrite {
  uint64_t first;
  uint64_t sectors;
  uint64_t seed;

  /// Some writes bring zeroes, so that the operation for that is exercised.
  [[nodiscard]] constexpr bool is_zeroes() const { return seed % 16 == 0; }

  void fill(void* to) const {
    auto* at = static_cast<unsigned char*>(to);
    for (uint64_t i = 0; i < sectors; ++i, at += kSectorBytes) {
      if (is_zeroes()) {
        std::memset(at, 0, kSectorBytes);
      } else {
        const Sector sector(seed, i);
        std::memcpy(at, sector.words, kSectorBytes);
      }
    }
  }

  [[nodiscard]] constexpr bool overlaps(const PlannedWrite& other) const {
    return first < other.first + other.sectors && other.first < first + sectors;
  }
};

/// Writes of random place and length; later ones lie over earlier ones.
class Plan {
 public:
  Plan(uint64_t seed, uint64_t disk_sectors, uint64_t max_sectors)
      : sequence_(seed), disk_sectors_(disk_sectors), max_sectors_(max_sectors) {}

  PlannedWrite next() {
    // Short ones are the common case, and the longest possible must occur too.
    const uint64_t limit = sequence_.below(8) == 0 || max_sectors_ < 16 ? max_sectors_ : 16;
    PlannedWrite write;
    write.sectors = 1 + sequence_.below(limit);
    write.first = sequence_.below(disk_sectors_ - write.sectors + 1);
    write.seed = sequence_.next();
    return write;
  }

 private:
  Sequence sequence_;
  uint64_t disk_sectors_;
  uint64_t max_sectors_;
};

}  // namespace graft::test

#endif
