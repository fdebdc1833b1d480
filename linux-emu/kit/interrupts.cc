// SPDX-License-Identifier: GPL-2.0-only
// boundary/interrupt.h on the world's interrupt sources.
#include "linux-emu/boundary/interrupt.h"
#include "linux-emu/kit/environment.hpp"

using graft::lx::world;

struct lx_source {
  graft::IrqSource source;
  unsigned int virq;

  static bool handle(void* arg) { return lx_interrupt(static_cast<lx_source*>(arg)->virq) != 0; }
};

extern "C" {

lx_source_t* lxk_source_create(unsigned int virq) {
  auto* source = world().heap().make<lx_source>();
  if (source == nullptr) return nullptr;
  source->virq = virq;
  source->source.init(world(), lx_source::handle, source);
  return source;
}

void lxk_source_destroy(lx_source_t* source) { world().heap().destroy_object(source); }

int32_t lxk_source_claim(lx_source_t* source, uint32_t line) { return source->source.claim_line(line); }

void lxk_source_release(lx_source_t* source) { source->source.release_line(); }

void lxk_source_disable(lx_source_t* source) { source->source.disable(); }

void lxk_source_enable(lx_source_t* source) { source->source.enable(); }

int32_t lxk_source_alloc_message(lx_source_t* source, uint32_t function, uint64_t* out_address, uint32_t* out_data) {
  graft::IrqSource* sources[] = {&source->source};
  graft_msi_message_t message{};
  graft_error_t error = graft::IrqSource::alloc_msi(world(), function, 1, sources, &message);
  *out_address = message.address;
  *out_data = message.data;
  return error;
}

void lxk_source_free_message(lx_source_t* source, uint32_t function) {
  graft::IrqSource* sources[] = {&source->source};
  graft::IrqSource::free_msi(world(), function, 1, sources);
}
}
