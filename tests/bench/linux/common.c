// SPDX-License-Identifier: BSD-2-Clause
#include "tests/bench/linux/common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/bench/marker.h"

enum { EXIT_PORT = 0xf4, EXIT_GOOD = 0x10, EXIT_BAD = 0x20 };

noreturn static void stop(int code) {
  sync();
  if (!ioperm(EXIT_PORT, 4, 1)) outl((unsigned)code, EXIT_PORT);
  reboot(RB_POWER_OFF);
  for (;;) pause();
}

noreturn void die(const char* what) {
  printf("init: %s: %s\n", what, strerror(errno));
  stop(EXIT_BAD);
}

noreturn void finish(void) { stop(EXIT_GOOD); }

// A mark is a constant in the code; the few instructions that choose it are nothing beside a pass.
#define CASE(mark)          \
  case mark:                \
    GRAFT_BENCH_MARK(mark); \
    break
#define FOUR_CASES(mark) \
  CASE(mark);            \
  CASE(mark + 1);        \
  CASE(mark + 2);        \
  CASE(mark + 3)
#define SIXTEEN_CASES(mark) \
  FOUR_CASES(mark);         \
  FOUR_CASES(mark + 4);     \
  FOUR_CASES(mark + 8);     \
  FOUR_CASES(mark + 12)

static void mark(unsigned number) {
  switch (number) {
    SIXTEEN_CASES(0);
    SIXTEEN_CASES(16);
    SIXTEEN_CASES(32);
    SIXTEEN_CASES(48);
    default:
      errno = ERANGE;
      die("no such region");
  }
}

void begin_region(unsigned region) { mark(2 * region); }

void end_region(unsigned region) { mark(2 * region + 1); }

void report_pass(unsigned region, int units, const char* name) {
  printf("[BENCH] region=%u units=%d name=%s\n", region, units, name);
}

void load_module(const char* path, const char* parameters) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0)) die(path);
  close(fd);
}
