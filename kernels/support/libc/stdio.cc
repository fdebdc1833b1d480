// SPDX-License-Identifier: BSD-2-Clause
// <stdio.h> of a freestanding image: output goes to the console, there are no files.
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "kernels/support/console.hpp"
#include "kernels/support/libc/format.hpp"

struct graft_file {};
static graft_file g_console;

extern "C" {

FILE* stdin = nullptr;
FILE* stdout = &g_console;
FILE* stderr = &g_console;

int vsnprintf(char* out, size_t capacity, const char* format, va_list args) {
  return graft::support::format_text(out, capacity, format, args);
}

int snprintf(char* out, size_t capacity, const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int length = vsnprintf(out, capacity, format, args);
  va_end(args);
  return length;
}

int vsprintf(char* out, const char* format, va_list args) { return vsnprintf(out, 0x7fff'ffff, format, args); }

int sprintf(char* out, const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int length = vsprintf(out, format, args);
  va_end(args);
  return length;
}

int vfprintf(FILE*, const char* format, va_list args) {
  char buffer[1024];
  const int length = vsnprintf(buffer, sizeof buffer, format, args);
  const int shown = length < static_cast<int>(sizeof buffer) ? length : static_cast<int>(sizeof buffer) - 1;
  graft::support::console_write(buffer, static_cast<size_t>(shown));
  return length;
}

int vprintf(const char* format, va_list args) { return vfprintf(stdout, format, args); }

int fprintf(FILE* file, const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int length = vfprintf(file, format, args);
  va_end(args);
  return length;
}

int printf(const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int length = vfprintf(stdout, format, args);
  va_end(args);
  return length;
}

int fputs(const char* text, FILE*) {
  graft::support::console_write(text, strlen(text));
  return 0;
}

int puts(const char* text) { return printf("%s\n", text); }

int fputc(int c, FILE*) {
  const char text = static_cast<char>(c);
  graft::support::console_write(&text, 1);
  return static_cast<unsigned char>(c);
}

int putc(int c, FILE* file) { return fputc(c, file); }
int putchar(int c) { return fputc(c, stdout); }

size_t fwrite(const void* data, size_t size, size_t count, FILE*) {
  graft::support::console_write(static_cast<const char*>(data), size * count);
  return count;
}

int fflush(FILE*) { return 0; }

}  // extern "C"
