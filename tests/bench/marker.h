// SPDX-License-Identifier: BSD-2-Clause
/// Marks in the instruction stream of a guest, seen by the counting plugin and by nobody else.
///
/// A measured region number r begins with mark 2r and ends with mark 2r + 1; each pass is one sample. The guest says
/// what it was by a console line, before or after:
///     [BENCH] region=<r> units=<work per pass> name=<form>
#ifndef GRAFT_TESTS_BENCH_MARKER_H
#define GRAFT_TESTS_BENCH_MARKER_H

/// A no-operation of eight bytes that carries `mark` (a constant, 0..255); works in any ring.
#define GRAFT_BENCH_MARK(mark) \
  __asm__ volatile(".byte 0x0f, 0x1f, 0x84, 0x00, %c0, 0x5a, 0xa5, 0x12" : : "i"((mark)&0xff) : "memory")

#define GRAFT_BENCH_BEGIN(region) GRAFT_BENCH_MARK(2 * (region))
#define GRAFT_BENCH_END(region) GRAFT_BENCH_MARK(2 * (region) + 1)

#endif
