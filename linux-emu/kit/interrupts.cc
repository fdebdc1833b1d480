// SPDX-License-Identifier: GPL-2.0-only
// boundary/interrupt.h on the world's interrupt sources.
#include "glue/world/shared_line.hpp"
#include "linux-emu/boundary/interrupt.h"
#include "linux-emu/kit/device_interrupts.hpp"
#include "linux-emu/kit/environment.hpp"
#include "linux-emu/kit/source.hpp"

using graft::lx::DeviceInterrupts;
using graft::lx::world;

constinit graft::lx::Chain<lx_source> lx_source::all;

extern "C" {

lx_source_t* lxk_source_create(unsigned int virq) { return world().heap().make<lx_source>(virq); }

void lxk_source_destroy(lx_source_t* source) { world().heap().destroy_object(source); }

int32_t lxk_source_claim(lx_source_t* source, uint32_t line) {
  source->line = line;
  source->on_a_line = true;
  graft_error_t error = graft::SharedLine::add(world(), line, source->on_line);
  if (error != GRAFT_OK) source->on_a_line = false;
  return error;
}

void lxk_source_release(lx_source_t* source) {
  source->on_a_line = false;
  graft::SharedLine::remove(world(), source->on_line);
}

void lxk_source_disable(lx_source_t* source) {
  if (source->has_message) {
    source->message.disable();
  } else {
    graft::SharedLine::disable(source->on_line);
  }
}

void lxk_source_enable(lx_source_t* source) {
  if (source->has_message) {
    source->message.enable();
  } else {
    graft::SharedLine::enable(source->on_line);
  }
}

int32_t lxk_source_alloc_message(lx_source_t* source, uint32_t function, uint64_t* out_address, uint32_t* out_data) {
  graft::IrqSource* sources[] = {&source->message};
  graft_msi_message_t message{};
  graft_error_t error = graft::IrqSource::alloc_msi(world(), function, 1, sources, &message);
  *out_address = message.address;
  *out_data = message.data;
  source->has_message = error == GRAFT_OK;
  source->device = error == GRAFT_OK ? DeviceInterrupts::of_function(function) : nullptr;
  if (source->device) source->device->message_added();
  return error;
}

void lxk_source_free_message(lx_source_t* source, uint32_t function) {
  graft::IrqSource* sources[] = {&source->message};
  graft::IrqSource::free_msi(world(), function, 1, sources);
  source->has_message = false;
  if (source->device) source->device->message_removed();
  source->device = nullptr;
}
}
