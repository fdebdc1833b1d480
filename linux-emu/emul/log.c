// SPDX-License-Identifier: GPL-2.0-only
// printk, warnings and panic. A line goes to the host's log with the level the donor gave it.
#include "linux-emu/emul/log.h"

#include <graft/osenv.h>
#include <linux/bug.h>
#include <linux/dev_printk.h>
#include <linux/kern_levels.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>

#include "linux-emu/boundary/host.h"

unsigned long lx_warnings;

int console_printk[4] = {7, 4, 1, 7};
int dmesg_restrict, suppress_printk, oops_in_progress;
int panic_timeout, panic_on_warn, panic_on_oops;

/// A line that pr_cont() goes on with; text of it that has no line end yet.
static char line[512];
static size_t line_length;
static int line_level = GRAFT_LOG_INFO;

static int level_of(int donor_level) {
  if (donor_level <= LOGLEVEL_ERR) return GRAFT_LOG_ERROR;
  if (donor_level == LOGLEVEL_WARNING) return GRAFT_LOG_WARNING;
  return donor_level <= LOGLEVEL_INFO ? GRAFT_LOG_INFO : GRAFT_LOG_DEBUG;
}

static void flush_line(void) {
  if (line_length) lxk_log(line_level, line, line_length);
  line_length = 0;
}

static void print_text(const char* text, int level) {
  int donor_level;

  while ((donor_level = printk_get_level(text)) != 0) {
    if (donor_level >= '0' && donor_level <= '7') {
      flush_line();
      level = donor_level - '0';
    }
    text += 2;
  }
  if (!line_length) line_level = level_of(level == LOGLEVEL_DEFAULT ? LOGLEVEL_INFO : level);
  for (; *text; ++text) {
    if (*text == '\n') {
      flush_line();
    } else if (line_length < sizeof(line)) {
      line[line_length++] = *text;
    }
  }
}

int vprintk_emit(int facility, int level, const struct dev_printk_info* info, const char* format, va_list args) {
  static char text[512];
  int length = vscnprintf(text, sizeof(text), format, args);

  if (level == LOGLEVEL_SCHED) level = LOGLEVEL_DEFAULT;
  if (info && info->subsystem[0]) flush_line();
  print_text(text, level);
  return length;
}

asmlinkage int vprintk(const char* format, va_list args) {
  return vprintk_emit(0, LOGLEVEL_DEFAULT, NULL, format, args);
}

asmlinkage int _printk(const char* format, ...) {
  va_list args;
  int length;

  va_start(args, format);
  length = vprintk(format, args);
  va_end(args);
  return length;
}

int _printk_deferred(const char* format, ...) {
  va_list args;
  int length;

  va_start(args, format);
  length = vprintk(format, args);
  va_end(args);
  return length;
}

void __printk_safe_enter(void) {}

void __printk_safe_exit(void) {}

DEFINE_RATELIMIT_STATE(printk_ratelimit_state, 5 * HZ, 10);

int __printk_ratelimit(const char* caller) { return ___ratelimit(&printk_ratelimit_state, caller); }

void panic(const char* format, ...) {
  static char text[256];
  va_list args;

  flush_line();
  va_start(args, format);
  vscnprintf(text, sizeof(text), format, args);
  va_end(args);
  lxk_panic(text);
}

void warn_slowpath_fmt(const char* file, int line_number, unsigned taint, const char* format, ...) {
  va_list args;

  ++lx_warnings;
  flush_line();
  pr_warn("warning at %s:%d from %px\n", file, line_number, __builtin_return_address(0));
  if (!format) return;
  va_start(args, format);
  vprintk_emit(0, LOGLEVEL_WARNING, NULL, format, args);
  va_end(args);
  flush_line();
}

void __warn_printk(const char* format, ...) {
  va_list args;

  ++lx_warnings;
  va_start(args, format);
  vprintk_emit(0, LOGLEVEL_WARNING, NULL, format, args);
  va_end(args);
  flush_line();
}

void console_verbose(void) {}

void dump_stack(void) {}

void dump_stack_lvl(const char* level) {}

void add_taint(unsigned flag, enum lockdep_ok lockdep_ok) {}
