// SPDX-License-Identifier: BSD-2-Clause
// The machine's osenv with the one thread there is: the loop.
#include "kernels/support/osenv.hpp"

#include "kernels/eventloop/host.hpp"
#include "kernels/eventloop/loop.hpp"

namespace graft::eventloop {
namespace {

void* thread_self(void*) {
  static char name;
  return &name;
}

void thread_park(void*, uint64_t) { note_park(); }
void thread_unpark(void*, void*) { wake_world(); }

graft_osenv_t make_osenv() {
  graft_osenv_t env = support::machine_osenv();
  env.thread_self = thread_self;
  env.thread_park = thread_park;
  env.thread_unpark = thread_unpark;
  return env;
}

}  // namespace

const graft_osenv_t* osenv() {
  static const graft_osenv_t env = make_osenv();
  return &env;
}

}  // namespace graft::eventloop
