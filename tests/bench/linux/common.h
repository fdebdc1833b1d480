// SPDX-License-Identifier: BSD-2-Clause
/// What the subjects of the baseline share: marks, lines for the benchmark, failure.
#ifndef GRAFT_TESTS_BENCH_LINUX_COMMON_H
#define GRAFT_TESTS_BENCH_LINUX_COMMON_H

#include <stdnoreturn.h>

/// Stops the machine and has QEMU exit with failure, after saying what went wrong and errno's text.
noreturn void die(const char* what);

/// Stops the machine and has QEMU exit with success.
noreturn void finish(void);

/// Begins and ends one pass of a measured region, 0 to 31. Every form has a region of its own.
void begin_region(unsigned region);
void end_region(unsigned region);

/// Says what the pass that ended last was: how much work of which form.
void report_pass(unsigned region, int units, const char* name);

/// Loads the module at `path` with "name=value" parameters, or "".
void load_module(const char* path, const char* parameters);

// ---- The subjects; each measures all of its forms -------------------------------------------------------------------

/// Blocks read from the first nvme or virtio disk.
void measure_disk(void);

/// Packets out of eth0 by pktgen.
void measure_transmit(void);

/// Packets from eth0 into eth1.
void measure_receive(void);

#endif
