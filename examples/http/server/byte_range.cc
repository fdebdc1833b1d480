// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/server/byte_range.hpp"

#include <algorithm>

namespace graft::http {

bool parse_decimal(std::string_view text, uint64_t* out) {
  *out = 0;
  uint64_t value = 0;
  if (text.empty()) return false;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (value > (UINT64_MAX - digit) / 10) return false;
    value = value * 10 + digit;
  }
  *out = value;
  return true;
}

ByteRange parse_byte_range(std::string_view field) {
  constexpr std::string_view kUnit = "bytes=";
  if (!field.starts_with(kUnit)) return {};
  field.remove_prefix(kUnit.size());
  const size_t dash = field.find('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view left = field.substr(0, dash);
  const std::string_view right = field.substr(dash + 1);
  ByteRange range;
  if (left.empty()) {
    if (!parse_decimal(right, &range.first)) return {};
    range.kind = ByteRange::Kind::kSuffix;
  } else if (right.empty()) {
    if (!parse_decimal(left, &range.first)) return {};
    range.kind = ByteRange::Kind::kFrom;
  } else {
    if (!parse_decimal(left, &range.first) || !parse_decimal(right, &range.last)) return {};
    if (range.last < range.first) return {};
    range.kind = ByteRange::Kind::kFromTo;
  }
  return range;
}

ByteRange::Span ByteRange::of(uint64_t size) const {
  switch (kind) {
    case Kind::kNone:
      return {true, 0, size};
    case Kind::kSuffix:
      return {first > 0 && size > 0, size - std::min(first, size), size};
    case Kind::kFrom:
      return {first < size, std::min(first, size), size};
    case Kind::kFromTo:
      return {first < size, std::min(first, size), last < size ? last + 1 : size};
  }
  return {false, 0, 0};
}

}  // namespace graft::http
