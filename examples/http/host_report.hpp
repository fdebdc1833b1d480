// SPDX-License-Identifier: BSD-2-Clause
/// What every host on bare metal says of itself on /status.
#ifndef GRAFT_EXAMPLES_HTTP_HOST_REPORT_HPP
#define GRAFT_EXAMPLES_HTTP_HOST_REPORT_HPP

#include "examples/http/server/report.hpp"
#include "kernels/support/program.hpp"

namespace graft::http {

inline void report_host_memory(Report& out) {
  const support::MemoryStats memory = support::memory_stats();
  out.begin_facts("host_memory", "Memory of the host");
  out.fact("total_bytes", memory.total_bytes);
  out.fact("in_use_bytes", memory.total_bytes - memory.free_bytes);
  out.fact("lowest_free_bytes", memory.lowest_free_bytes);
  out.fact("heap_bytes", memory.heap_bytes);
  out.end_facts();
}

}  // namespace graft::http

#endif
