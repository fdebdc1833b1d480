// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/archive/ustar.hpp"

#include <algorithm>
#include <cstring>

namespace graft::http {

namespace {

struct Field {
  size_t offset;
  size_t bytes;
};

constexpr Field kName = {0, 100};
constexpr Field kSize = {124, 12};
constexpr Field kChecksum = {148, 8};
constexpr size_t kType = 156;
constexpr Field kMagic = {257, 6};
constexpr Field kPrefix = {345, 155};

/// A number too large for octal digits is stored in binary, marked by the first bit (GNU, BSD and star do so).
bool parse_number(const uint8_t* block, Field field, uint64_t* out) {
  const uint8_t* at = block + field.offset;
  const uint8_t* end = at + field.bytes;
  uint64_t value = 0;
  if (*at & 0x80) {
    value = *at++ & 0x7f;
    for (; at < end; ++at) {
      if (value >> 54) return false;
      value = value << 8 | *at;
    }
    *out = value;
    return true;
  }
  while (at < end && *at == ' ') ++at;
  bool digits = false;
  for (; at < end && *at >= '0' && *at <= '7'; ++at) {
    value = value << 3 | static_cast<uint64_t>(*at - '0');
    digits = true;
  }
  for (; at < end; ++at) {
    if (*at != 0 && *at != ' ') return false;
  }
  *out = value;
  return digits;
}

bool checksum_matches(const uint8_t* block) {
  uint64_t stored;
  if (!parse_number(block, kChecksum, &stored)) return false;
  uint64_t sum = 0;
  for (size_t i = 0; i < kTarBlockBytes; ++i) {
    const bool in_field = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.bytes;
    sum += in_field ? ' ' : block[i];
  }
  return sum == stored;
}

std::string_view text(const uint8_t* block, Field field) {
  const char* at = reinterpret_cast<const char*>(block + field.offset);
  return {at, strnlen(at, field.bytes)};
}

/// Appends the segments of `path`, without empty and "." ones. False for a path that could not be asked for.
bool append_path(std::string_view path, UstarHeader* out) {
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") return false;
    if (out->name_bytes + 1 + segment.size() > sizeof out->name) return false;
    if (out->name_bytes) out->name[out->name_bytes++] = '/';
    std::memcpy(out->name + out->name_bytes, segment.data(), segment.size());
    out->name_bytes += segment.size();
  }
  return true;
}

UstarHeader::Kind kind_of(char type) {
  switch (type) {
    case 0:
    case '0':
    case '7':  // contiguous file: to be treated as a file
      return UstarHeader::Kind::kFile;
    case '5':
      return UstarHeader::Kind::kDirectory;
    default:
      return UstarHeader::Kind::kOther;
  }
}

/// Links, devices and directories have no data, whatever their size field says.
bool has_data(char type) { return type < '1' || type > '6'; }

}  // namespace

void parse_ustar_header(const uint8_t* block, UstarHeader* out) {
  *out = UstarHeader{};
  if (std::all_of(block, block + kTarBlockBytes, [](uint8_t byte) { return byte == 0; })) {
    out->kind = UstarHeader::Kind::kEnd;
    return;
  }
  if (std::memcmp(block + kMagic.offset, "ustar", 5) != 0) return;
  if (!checksum_matches(block)) {
    out->kind = UstarHeader::Kind::kBadChecksum;
    return;
  }
  out->kind = UstarHeader::Kind::kBadField;
  out->type = static_cast<char>(block[kType]);
  uint64_t size;
  if (!parse_number(block, kSize, &size) || size > INT64_MAX - kTarBlockBytes) return;
  out->size_bytes = has_data(out->type) ? size : 0;
  // GNU's own format has "ustar " there and uses the prefix field for other things.
  const bool has_prefix = block[kMagic.offset + 5] == 0;
  if (has_prefix && !append_path(text(block, kPrefix), out)) return;
  if (!append_path(text(block, kName), out)) return;
  out->kind = kind_of(out->type);
}

}  // namespace graft::http
