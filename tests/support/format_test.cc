// SPDX-License-Identifier: BSD-2-Clause
// The formatter against the host's own, which follows the same standard.
#include "kernels/support/libc/format.hpp"

#include <gtest/gtest.h>

#include <climits>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

[[gnu::format(printf, 2, 3)]] int format_into(std::string* out, const char* format, ...) {
  char buffer[256];
  va_list args;
  va_start(args, format);
  const int length = graft::support::format_text(buffer, sizeof buffer, format, args);
  va_end(args);
  *out = buffer;
  return length;
}

#define EXPECT_AS_LIBC(...)                                                 \
  do {                                                                      \
    std::string ours;                                                       \
    char theirs[256];                                                       \
    const int ours_length = format_into(&ours, __VA_ARGS__);                \
    const int theirs_length = snprintf(theirs, sizeof theirs, __VA_ARGS__); \
    EXPECT_EQ(ours, theirs);                                                \
    EXPECT_EQ(ours_length, theirs_length);                                  \
  } while (0)

#pragma GCC diagnostic ignored "-Wformat"

TEST(Format, Integers) {
  for (const int value : {0, 1, -1, 42, INT32_MAX, INT32_MIN}) {
    EXPECT_AS_LIBC("%d|%i|%u|%x|%X|%o", value, value, value, value, value, value);
    EXPECT_AS_LIBC("%8d|%-8d|%08d|%+d|% d", value, value, value, value, value);
    EXPECT_AS_LIBC("%.3d|%8.5d|%-8.5dx|%08.5d|%.0d", value, value, value, value, value);
    EXPECT_AS_LIBC("%#x|%#X|%#o|%#10x|%#010x|%-#10xx", value, value, value, value, value, value);
    EXPECT_AS_LIBC("%hd|%hhd|%hu|%hhx", value, value, value, value);
  }
}

TEST(Format, WideIntegers) {
  for (const long long value : {0LL, -1LL, LLONG_MAX, LLONG_MIN, 0x1234'5678'9abcLL}) {
    EXPECT_AS_LIBC("%lld|%llu|%llx|%ld|%lx", value, value, value, static_cast<long>(value), static_cast<long>(value));
    EXPECT_AS_LIBC("%zu|%zx|%jd|%td|%016llx", static_cast<size_t>(value), static_cast<size_t>(value),
                   static_cast<intmax_t>(value), static_cast<ptrdiff_t>(value), value);
  }
}

TEST(Format, Text) {
  EXPECT_AS_LIBC("%s|%10s|%-10s|%.2s|%5.1s|%.0s", "abc", "abc", "abc", "abc", "abc", "abc");
  EXPECT_AS_LIBC("%c|%3c|%-3c|%%", 'x', 'y', 'z');
  const char unterminated[3] = {'a', 'b', 'c'};
  EXPECT_AS_LIBC("%.*s|%*d|%-*d", 3, unterminated, 6, 12, 6, 12);
  EXPECT_AS_LIBC("%*d", -6, 12);
}

TEST(Format, Pointers) {
  int object;
  EXPECT_AS_LIBC("%p|%20p|%-20p", static_cast<void*>(&object), static_cast<void*>(&object),
                 static_cast<void*>(&object));
}

TEST(Format, NullTextIsShown) {
  std::string out;
  const char* none = nullptr;
  format_into(&out, "[%s]", none);
  EXPECT_EQ(out, "[(null)]");
}

TEST(Format, CutsAtTheCapacityAndReturnsTheFullLength) {
  const auto cut = [](char* out, size_t capacity, const char* format, ...) {
    va_list args;
    va_start(args, format);
    const int length = graft::support::format_text(out, capacity, format, args);
    va_end(args);
    return length;
  };
  char buffer[8];
  memset(buffer, '#', sizeof buffer);
  EXPECT_EQ(cut(buffer, 5, "%d", 1234567), 7);
  EXPECT_STREQ(buffer, "1234");
  EXPECT_EQ(buffer[5], '#');
  EXPECT_EQ(cut(nullptr, 0, "%s", "abc"), 3);
  EXPECT_EQ(cut(buffer, 1, "abc"), 3);
  EXPECT_STREQ(buffer, "");
}

TEST(Format, UnknownConversionsStayAsTheyAre) {
  std::string out;
  EXPECT_EQ(format_into(&out, "100%"), 4);
  EXPECT_EQ(out, "100%");
  format_into(&out, "%-5q|");
  EXPECT_EQ(out, "%-5q|");
}

}  // namespace
