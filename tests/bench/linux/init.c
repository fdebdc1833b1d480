// SPDX-License-Identifier: BSD-2-Clause
/// The only process of the baseline: loads modules, measures what it was told to, stops the machine.
///
/// Arguments, carried out in order: "module=PATH" loads a module, with parameters if ":NAME=VALUE" follows once or
/// more, "measure=SUBJECT" measures all forms of a subject.
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/bench/linux/common.h"

typedef struct subject {
  const char* name;
  void (*measure)(void);
} subject_t;

static const subject_t kSubjects[] = {
    {"disk", measure_disk},
    {"transmit", measure_transmit},
    {"receive", measure_receive},
};

static void measure(const char* name) {
  for (size_t i = 0; i < sizeof(kSubjects) / sizeof(kSubjects[0]); ++i) {
    if (!strcmp(kSubjects[i].name, name)) {
      kSubjects[i].measure();
      return;
    }
  }
  errno = EINVAL;
  die(name);
}

static void load(char* module) {
  char* parameters = strchr(module, ':');
  if (parameters) *parameters++ = 0;
  for (char* next = parameters; next && (next = strchr(next, ':'));) *next = ' ';
  load_module(module, parameters ? parameters : "");
}

int main(int argc, char** argv) {
  mkdir("/proc", 0555);
  if (mount("proc", "/proc", "proc", 0, NULL)) die("/proc");
  for (int i = 1; i < argc; ++i) {
    if (!strncmp(argv[i], "module=", 7)) load(argv[i] + 7);
    if (!strncmp(argv[i], "measure=", 8)) measure(argv[i] + 8);
  }
  finish();
}
