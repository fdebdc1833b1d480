// SPDX-License-Identifier: BSD-2-Clause
// The kit's half of the network boundary, for an image without network drivers: no port is ever made.
#include "linux-emu/boundary/net.h"

extern "C" {
void* lxk_net_port_added(lx_net_port*, void*, const char*) { return nullptr; }
void lxk_net_port_removed(void*) {}
void lxk_net_receive(void*, const lx_net_rx*) {}
void lxk_net_tx_done(void*) {}
void lxk_net_space(void*) {}
void lxk_net_link_changed(void*) {}
}
