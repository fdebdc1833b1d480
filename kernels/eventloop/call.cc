// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/eventloop/call.hpp"

#include "kernels/eventloop/loop.hpp"

namespace graft::eventloop {

graft_error_t Call::start(Function fn, void* arg, Done done) {
  graft_world_t* const world = current_world();
  if (running_ || world == nullptr) return GRAFT_E_BADSTATE;
  fn_ = fn;
  arg_ = arg;
  done_ = done;
  async_ = {};
  async_.fn = run;
  async_.arg = this;
  async_.on_done = on_done;
  running_ = true;
  const graft_error_t error = graft_call_async(world, &async_);
  if (error != GRAFT_OK) running_ = false;
  return error;
}

graft_error_t Call::run(void* arg) {
  auto* self = static_cast<Call*>(arg);
  return self->fn_(self->arg_);
}

void Call::on_done(graft_async_call_t* async, graft_error_t status) {
  auto* self = static_cast<Call*>(async->arg);
  self->status_ = status;
  self->end_.add();
}

uint64_t Call::report(void* arg) {
  auto* self = static_cast<Call*>(arg);
  self->end_.remove();
  self->running_ = false;
  self->done_(self->arg_, self->status_);
  return kForever;
}

}  // namespace graft::eventloop
