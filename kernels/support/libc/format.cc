// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/libc/format.hpp"

#include <cstdint>

namespace graft::support {
namespace {

struct Sink {
  char* out;
  size_t capacity;
  size_t length = 0;

  void put(char c) {
    if (length + 1 < capacity) out[length] = c;
    ++length;
  }
  void pad(char c, int count) {
    for (; count > 0; --count) put(c);
  }
};

struct Spec {
  bool left = false, plus = false, blank = false, alternate = false, zero = false;
  int width = 0;
  int precision = -1;
  enum { kChar, kShort, kInt, kLong } length = kInt;
};

void put_text(Sink& sink, const Spec& spec, const char* text) {
  if (text == nullptr) text = "(null)";
  int length = 0;
  while ((spec.precision < 0 || length < spec.precision) && text[length] != '\0') ++length;
  if (!spec.left) sink.pad(' ', spec.width - length);
  for (int i = 0; i < length; ++i) sink.put(text[i]);
  if (spec.left) sink.pad(' ', spec.width - length);
}

void put_number(Sink& sink, const Spec& spec, uint64_t value, unsigned base, bool upper, const char* prefix) {
  const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  char reversed[24];
  int count = 0;
  const bool was_zero = value == 0;
  for (; value != 0; value /= base) reversed[count++] = digits[value % base];

  int wanted = spec.precision < 0 ? 1 : spec.precision;
  if (base == 8 && spec.alternate && wanted <= count && !was_zero) wanted = count + 1;
  int zeros = wanted - count;
  if (zeros < 0) zeros = 0;
  int prefix_length = 0;
  while (prefix[prefix_length] != '\0') ++prefix_length;
  const int length = prefix_length + zeros + count;
  if (spec.zero && !spec.left && spec.precision < 0 && length < spec.width) zeros += spec.width - length;
  const int padding = spec.width - prefix_length - zeros - count;

  if (!spec.left) sink.pad(' ', padding);
  for (int i = 0; i < prefix_length; ++i) sink.put(prefix[i]);
  sink.pad('0', zeros);
  while (count > 0) sink.put(reversed[--count]);
  if (spec.left) sink.pad(' ', padding);
}

/// va_list decays to a pointer when it is a parameter; this carries it by reference.
struct Args {
  va_list list;
};

int64_t take_signed(const Spec& spec, Args& args) {
  if (spec.length == Spec::kLong) return va_arg(args.list, long);
  const int value = va_arg(args.list, int);
  if (spec.length == Spec::kChar) return static_cast<signed char>(value);
  if (spec.length == Spec::kShort) return static_cast<short>(value);
  return value;
}

uint64_t take_unsigned(const Spec& spec, Args& args) {
  if (spec.length == Spec::kLong) return va_arg(args.list, unsigned long);
  const unsigned value = va_arg(args.list, unsigned);
  if (spec.length == Spec::kChar) return static_cast<unsigned char>(value);
  if (spec.length == Spec::kShort) return static_cast<unsigned short>(value);
  return value;
}

int parse_count(const char*& at, Args& args) {
  if (*at == '*') {
    ++at;
    return va_arg(args.list, int);
  }
  int value = 0;
  while (*at >= '0' && *at <= '9') value = value * 10 + (*at++ - '0');
  return value;
}

Spec parse_spec(const char*& at, Args& args) {
  Spec spec;
  for (;; ++at) {
    if (*at == '-') {
      spec.left = true;
    } else if (*at == '+') {
      spec.plus = true;
    } else if (*at == ' ') {
      spec.blank = true;
    } else if (*at == '#') {
      spec.alternate = true;
    } else if (*at == '0') {
      spec.zero = true;
    } else {
      break;
    }
  }
  spec.width = parse_count(at, args);
  if (spec.width < 0) {
    spec.left = true;
    spec.width = -spec.width;
  }
  if (*at == '.') {
    ++at;
    spec.precision = parse_count(at, args);
  }
  for (;; ++at) {
    if (*at == 'h') {
      spec.length = spec.length == Spec::kShort ? Spec::kChar : Spec::kShort;
    } else if (*at == 'l' || *at == 'z' || *at == 'j' || *at == 't') {
      spec.length = Spec::kLong;  // all of them 64 bits here
    } else {
      return spec;
    }
  }
}

}  // namespace

int format_text(char* out, size_t capacity, const char* format, va_list list) {
  Sink sink{out, capacity};
  Args args;
  va_copy(args.list, list);
  for (const char* at = format; *at != '\0'; ++at) {
    if (*at != '%') {
      sink.put(*at);
      continue;
    }
    const char* const start = at++;
    Spec spec = parse_spec(at, args);
    switch (*at) {
      case 'd':
      case 'i': {
        const int64_t value = take_signed(spec, args);
        const char* sign = value < 0 ? "-" : spec.plus ? "+" : spec.blank ? " " : "";
        put_number(sink, spec, value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value), 10, false,
                   sign);
        break;
      }
      case 'u':
        put_number(sink, spec, take_unsigned(spec, args), 10, false, "");
        break;
      case 'o':
        put_number(sink, spec, take_unsigned(spec, args), 8, false, "");
        break;
      case 'x':
      case 'X': {
        const uint64_t value = take_unsigned(spec, args);
        const bool upper = *at == 'X';
        put_number(sink, spec, value, 16, upper, !spec.alternate || value == 0 ? "" : upper ? "0X" : "0x");
        break;
      }
      case 'p':
        put_number(sink, spec, reinterpret_cast<uintptr_t>(va_arg(args.list, void*)), 16, false, "0x");
        break;
      case 's':
        put_text(sink, spec, va_arg(args.list, const char*));
        break;
      case 'c': {
        const char text[2] = {static_cast<char>(va_arg(args.list, int)), '\0'};
        if (!spec.left) sink.pad(' ', spec.width - 1);
        sink.put(text[0]);
        if (spec.left) sink.pad(' ', spec.width - 1);
        break;
      }
      case '%':
        sink.put('%');
        break;
      default:
        for (const char* c = start; c != at; ++c) sink.put(*c);
        if (*at == '\0') {
          --at;
        } else {
          sink.put(*at);
        }
    }
  }
  va_end(args.list);
  if (capacity > 0) out[sink.length < capacity ? sink.length : capacity - 1] = '\0';
  return static_cast<int>(sink.length);
}

}  // namespace graft::support
