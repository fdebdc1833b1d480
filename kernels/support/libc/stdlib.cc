// SPDX-License-Identifier: BSD-2-Clause
// <stdlib.h>, <ctype.h>, errno and assert of a freestanding image; malloc is in kernels/support/memory.cc.
#include <cctype>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "kernels/support/panic.hpp"

namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

/// Digits of `base` (0: by prefix) after blanks and a sign.
unsigned long parse(const char* text, char** end, int base, bool* negative, bool* overflow) {
  const char* at = text;
  while (isspace(static_cast<unsigned char>(*at))) ++at;
  *negative = *at == '-';
  *overflow = false;
  if (*at == '-' || *at == '+') ++at;
  const bool has_hex_prefix = at[0] == '0' && (at[1] == 'x' || at[1] == 'X') && digit_of(at[2]) < 16;
  if ((base == 0 || base == 16) && has_hex_prefix) {
    at += 2;
    base = 16;
  } else if (base == 0) {
    base = *at == '0' ? 8 : 10;
  }
  unsigned long value = 0;
  const char* const first = at;
  for (; digit_of(*at) < base; ++at) {
    if (__builtin_mul_overflow(value, static_cast<unsigned long>(base), &value) ||
        __builtin_add_overflow(value, static_cast<unsigned long>(digit_of(*at)), &value)) {
      *overflow = true;
    }
  }
  if (end != nullptr) *end = const_cast<char*>(at == first ? text : at);
  return value;
}

}  // namespace

extern "C" {

int errno;

int isdigit(int c) { return c >= '0' && c <= '9'; }
int isupper(int c) { return c >= 'A' && c <= 'Z'; }
int islower(int c) { return c >= 'a' && c <= 'z'; }
int isalpha(int c) { return isupper(c) || islower(c); }
int isalnum(int c) { return isalpha(c) || isdigit(c); }
int isspace(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
int isblank(int c) { return c == ' ' || c == '\t'; }
int isprint(int c) { return c >= ' ' && c < 0x7f; }
int isgraph(int c) { return c > ' ' && c < 0x7f; }
int iscntrl(int c) { return (c >= 0 && c < ' ') || c == 0x7f; }
int ispunct(int c) { return isgraph(c) && !isalnum(c); }
int isxdigit(int c) { return isdigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
int tolower(int c) { return isupper(c) ? c + 32 : c; }
int toupper(int c) { return islower(c) ? c - 32 : c; }

int abs(int value) { return value < 0 ? -value : value; }
long labs(long value) { return value < 0 ? -value : value; }

unsigned long strtoul(const char* text, char** end, int base) {
  bool negative, overflow;
  const unsigned long value = parse(text, end, base, &negative, &overflow);
  if (overflow) {
    errno = ERANGE;
    return ULONG_MAX;
  }
  return negative ? -value : value;
}

long strtol(const char* text, char** end, int base) {
  bool negative, overflow;
  const unsigned long value = parse(text, end, base, &negative, &overflow);
  const unsigned long limit = negative ? static_cast<unsigned long>(LONG_MAX) + 1 : LONG_MAX;
  if (overflow || value > limit) {
    errno = ERANGE;
    return negative ? LONG_MIN : LONG_MAX;
  }
  return static_cast<long>(negative ? -value : value);
}

unsigned long long strtoull(const char* text, char** end, int base) { return strtoul(text, end, base); }
long long strtoll(const char* text, char** end, int base) { return strtol(text, end, base); }
int atoi(const char* text) { return static_cast<int>(strtol(text, nullptr, 10)); }
long atol(const char* text) { return strtol(text, nullptr, 10); }

/// An image ends with the machine: static objects are never destroyed, and what would do it is not kept.
int atexit(void (*)()) { return 0; }
void exit(int status) { graft::support::exit_machine(status == 0); }
void _Exit(int status) { graft::support::exit_machine(status == 0); }
void abort() { graft::support::panic("abort"); }

[[noreturn]] void __assert_fail(const char* expression, const char* file, unsigned line, const char* function) {
  graft::support::panic("%s:%u: %s: assertion failed: %s", file, line, function, expression);
}

}  // extern "C"
