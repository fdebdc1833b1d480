// SPDX-License-Identifier: BSD-2-Clause
#include "glue/pci/libpci/format.hpp"

namespace graft::libpci {
namespace {

class Output {
 public:
  Output(char* out, size_t capacity) : out_(out), capacity_(capacity) {}

  void put(char c) {
    if (length_ + 1 < capacity_) out_[length_] = c;
    ++length_;
  }
  void put_field(const char* text, size_t length, size_t width, bool left, char pad) {
    size_t gap = width > length ? width - length : 0;
    if (!left) put_times(pad, gap);
    for (size_t i = 0; i < length; ++i) put(text[i]);
    if (left) put_times(' ', gap);
  }
  int finish() {
    if (capacity_ != 0) out_[length_ < capacity_ ? length_ : capacity_ - 1] = 0;
    return static_cast<int>(length_);
  }

 private:
  void put_times(char c, size_t times) {
    while (times-- != 0) put(c);
  }

  char* out_;
  size_t capacity_;
  size_t length_ = 0;
};

constexpr size_t kDigits = 24;

/// Writes digits backwards from the end of `buffer`; returns the first.
const char* to_digits(char (&buffer)[kDigits], unsigned long value, unsigned base, bool negative) {
  char* at = buffer + kDigits;
  do {
    *--at = "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0);
  if (negative) *--at = '-';
  return at;
}

}  // namespace

int format(char* out, size_t capacity, const char* text, va_list args) {
  Output output(out, capacity);
  for (; *text != 0; ++text) {
    if (*text != '%') {
      output.put(*text);
      continue;
    }
    ++text;
    bool left = false;
    char pad = ' ';
    for (; *text == '-' || *text == '0'; ++text) (*text == '-' ? left = true : (pad = '0') != 0);
    size_t width = 0;
    for (; *text >= '0' && *text <= '9'; ++text) width = width * 10 + static_cast<size_t>(*text - '0');
    bool is_long = false;
    for (; *text == 'l'; ++text) is_long = true;

    char buffer[kDigits];
    const char* end = buffer + kDigits;
    const char* field;
    switch (*text) {
      case 's': {
        field = va_arg(args, const char*);
        if (field == nullptr) field = "(null)";
        end = field;
        while (*end != 0) ++end;
        break;
      }
      case 'c':
        buffer[kDigits - 1] = static_cast<char>(va_arg(args, int));
        field = buffer + kDigits - 1;
        break;
      case 'd':
      case 'i': {
        long value = is_long ? va_arg(args, long) : va_arg(args, int);
        unsigned long magnitude = static_cast<unsigned long>(value);
        field = to_digits(buffer, value < 0 ? 0 - magnitude : magnitude, 10, value < 0);
        break;
      }
      case 'u':
        field = to_digits(buffer, is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned), 10, false);
        break;
      case 'x':
      case 'X':
        field = to_digits(buffer, is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned), 16, false);
        break;
      case 'p':
        field = to_digits(buffer, reinterpret_cast<unsigned long>(va_arg(args, void*)), 16, false);
        break;
      case 0:
        return output.finish();
      default:  // '%', or a letter that is not known: shown as it is
        buffer[kDigits - 1] = *text;
        field = buffer + kDigits - 1;
    }
    output.put_field(field, static_cast<size_t>(end - field), width, left, pad);
  }
  return output.finish();
}

}  // namespace graft::libpci
