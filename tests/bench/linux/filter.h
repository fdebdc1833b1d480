// SPDX-License-Identifier: BSD-2-Clause
/// Filters that drop whatever an interface receives, before any protocol sees it.
#ifndef GRAFT_TESTS_BENCH_LINUX_FILTER_H
#define GRAFT_TESTS_BENCH_LINUX_FILTER_H

#include <stdbool.h>

/// Puts a program that drops every packet in front of the stack (generic XDP), or takes it away.
void set_xdp_drop(const char* name, bool on);

/// Does the same at the ingress hook of traffic control.
void set_ingress_drop(const char* name, bool on);

#endif
