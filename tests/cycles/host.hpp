// SPDX-License-Identifier: BSD-2-Clause
/// The threaded host with a layer around it: it counts what the kit holds of the host, can put registers behind slow
/// cookies and take devices away, and can map memory for devices.
#ifndef GRAFT_TESTS_CYCLES_HOST_HPP
#define GRAFT_TESTS_CYCLES_HOST_HPP

#include <graft/device.h>
#include <graft/osenv.h>

namespace graft::test {

struct HostOptions {
  bool slow_registers;
  bool map_dma;  ///< there is a dma_map, which gives physical addresses
};

/// The callbacks, once and for all with these options. @context thread
const graft_osenv_t* layered_osenv(const HostOptions& options);

/// What was given out and has not come back.
struct HostHoldings {
  uint64_t pages, register_windows, port_windows, lines, messages, dma_maps;
};
HostHoldings host_holdings();

/// DMA maps given back that were never given out.
uint64_t dma_errors();

/// Takes a device away as if it had been pulled out: it does nothing any more, and where registers are slow they read
/// all ones, as the configuration space does. @context thread
void pull_out(const graft_device_info_t& device);

/// The same at the `accesses`-th access to its registers from now on, counted where registers are slow.
void pull_out_at(const graft_device_info_t& device, uint32_t accesses);

}  // namespace graft::test

#endif
