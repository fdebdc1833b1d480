// SPDX-License-Identifier: GPL-2.0-only
#include "glue/world/world.hpp"
#include "linux-emu/kit/environment.hpp"
#include "linux-emu/kit/net/ether_port.hpp"

namespace graft::lx {

EtherSend::EtherSend(EtherPort* port) : world_(world()), port_(port) { port_->addref(); }

graft_error_t EtherSend::push(graft_bufio_t* packet, size_t bytes) {
  WorldScope scope(world_);
  return port_->push_one(packet, bytes);
}

graft_error_t EtherSend::push_batch(const graft_packet_t* packets, uint32_t count, uint32_t* out_accepted) {
  WorldScope scope(world_);
  return port_->push_batch(packets, count, out_accepted);
}

graft_error_t EtherSend::alloc_bufio(size_t bytes, graft_bufio_t** out) { return port_->alloc_bufio(bytes, out); }

uint32_t EtherSend::get_capabilities() {
  WorldScope scope(world());
  return port_->capabilities();
}

void EtherSend::destroy() {
  EtherPort* port = port_;
  World& w = world();
  {
    WorldScope scope(w);
    w.heap().destroy_object(this);
  }
  port->release();
}

}  // namespace graft::lx
