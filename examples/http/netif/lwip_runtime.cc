// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/netif/lwip_runtime.hpp"

#include <lwip/init.h>
#include <lwip/timeouts.h>
#include <port.h>

namespace graft::http {

namespace {

constexpr uint64_t kMillisecond_ns = 1'000'000;

void* g_heap;

}  // namespace

Status start_lwip(Host& host) {
  const bool first = !g_heap;
  if (first) g_heap = host.alloc_pages(pages_for(GRAFT_LWIP_HEAP_BYTES));
  if (!g_heap) return GRAFT_E_NOMEM;
  graft_lwip_port_t port = {};
  port.arg = &host;
  port.clock_now_ns = [](void* arg) { return static_cast<Host*>(arg)->now_ns(); };
  port.panic = [](void* arg, const char* text) { static_cast<Host*>(arg)->panic(text); };
  port.heap = g_heap;
  if (!host.random(&port.seed, sizeof port.seed)) port.seed = host.now_ns();
  graft_lwip_set_port(&port);
  if (first) lwip_init();
  return GRAFT_OK;
}

uint64_t run_lwip_timers(const Host& host) {
  sys_check_timeouts();
  const uint32_t sleep_ms = sys_timeouts_sleeptime();
  if (sleep_ms == SYS_TIMEOUTS_SLEEPTIME_INFINITE) return GRAFT_FOREVER;
  return host.now_ns() + sleep_ms * kMillisecond_ns;
}

}  // namespace graft::http
