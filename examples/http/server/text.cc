// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/server/text.hpp"

namespace graft::http {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr char kUpperHexDigits[] = "0123456789ABCDEF";

/// Length of the UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629, section 4).
size_t utf8_length(std::string_view text) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = at(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xc2 && lead <= 0xdf   ? 2
                        : (lead & 0xf0) == 0xe0        ? 3
                        : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                       : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  const uint8_t second = at(1);
  const bool overlong_or_surrogate = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
                                     (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
  return overlong_or_surrogate ? 0 : length;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

Text& Text::decimal(uint64_t number) {
  char digits[20];
  size_t at = sizeof digits;
  do {
    digits[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number);
  return *this << std::string_view(digits + at, sizeof digits - at);
}

Text& Text::hex(uint64_t number, int digits) {
  char text[16];
  int at = 16;
  do {
    text[--at] = kHexDigits[number & 15];
    number >>= 4;
  } while (number || 16 - at < digits);
  return *this << std::string_view(text + at, static_cast<size_t>(16 - at));
}

Text& Text::size(uint64_t bytes) {
  if (bytes < 1024) return *this << bytes << " B";
  static constexpr const char* kUnits[] = {" KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
  int unit = 0;
  for (; bytes >= 1024 * 1024; bytes /= 1024) ++unit;
  const uint64_t tenths = bytes * 10 / 1024;
  return *this << tenths / 10 << '.' << tenths % 10 << kUnits[unit];
}

Text& Text::html(std::string_view text) {
  for (char c : text) {
    switch (c) {
      case '&':
        *this << "&amp;";
        break;
      case '<':
        *this << "&lt;";
        break;
      case '>':
        *this << "&gt;";
        break;
      case '"':
        *this << "&quot;";
        break;
      case '\'':
        *this << "&#39;";
        break;
      default:
        *this << c;
    }
  }
  return *this;
}

Text& Text::json(std::string_view text) {
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const char c = text[0];
    if (length == 0) {
      *this << "\\ufffd";
    } else if (length > 1) {
      *this << text.substr(0, length);
    } else if (c == '"' || c == '\\') {
      *this << '\\' << c;
    } else if (static_cast<uint8_t>(c) < 0x20) {
      *this << "\\u";
      hex(static_cast<uint8_t>(c), 4);
    } else {
      *this << c;
    }
    text.remove_prefix(length ? length : 1);
  }
  return *this;
}

Text& Text::url(std::string_view path) {
  for (char c : path) {
    if (is_unreserved(c) || c == '/') {
      *this << c;
    } else {
      const auto byte = static_cast<uint8_t>(c);
      const char escaped[] = {'%', kUpperHexDigits[byte >> 4], kUpperHexDigits[byte & 15]};
      *this << std::string_view(escaped, 3);
    }
  }
  return *this;
}

}  // namespace graft::http
