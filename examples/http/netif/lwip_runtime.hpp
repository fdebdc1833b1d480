// SPDX-License-Identifier: BSD-2-Clause
/// The one lwIP of an image: started once, driven by the polling thread.
#ifndef GRAFT_EXAMPLES_HTTP_NETIF_LWIP_RUNTIME_HPP
#define GRAFT_EXAMPLES_HTTP_NETIF_LWIP_RUNTIME_HPP

#include <graft/status.hpp>

#include "examples/http/host.hpp"

namespace graft::http {

/// Starts lwIP, or, if it runs already, gives it this host's clock and panic. Its heap is kept for ever.
/// @context the polling thread  @owns host: borrowed while lwIP is used  @errors NOMEM: no heap
Status start_lwip(Host& host);

/// Runs expired timers and gives the moment of the next. @context the polling thread
uint64_t run_lwip_timers(const Host& host);

}  // namespace graft::http

#endif
