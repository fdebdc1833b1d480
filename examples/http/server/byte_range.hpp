// SPDX-License-Identifier: BSD-2-Clause
/// ByteRange: one range of a Range field (RFC 9110, section 14).
#ifndef GRAFT_EXAMPLES_HTTP_SERVER_BYTE_RANGE_HPP
#define GRAFT_EXAMPLES_HTTP_SERVER_BYTE_RANGE_HPP

#include <cstdint>
#include <string_view>

namespace graft::http {

struct ByteRange {
  enum class Kind { kNone, kFromTo, kFrom, kSuffix };
  Kind kind = Kind::kNone;
  uint64_t first = 0;  ///< of a suffix: how many bytes
  uint64_t last = 0;

  struct Span {
    bool satisfiable;
    uint64_t begin;
    uint64_t end;
  };
  /// Applies the range to a file of `size` bytes; everything if there is no range.
  [[nodiscard]] Span of(uint64_t size) const;
};

/// Reads "bytes=...". A field that is malformed or names several ranges counts as absent, as the RFC allows.
ByteRange parse_byte_range(std::string_view field);

/// Reads a decimal number without sign; false if it is none or does not fit.
bool parse_decimal(std::string_view text, uint64_t* out);

}  // namespace graft::http

#endif
