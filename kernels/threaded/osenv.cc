// SPDX-License-Identifier: BSD-2-Clause
// The machine's osenv with the scheduler's threads.
#include "kernels/support/osenv.hpp"

#include "kernels/threaded/host.hpp"

namespace graft::threaded {
namespace {

void* thread_self(void*) { return current_thread(); }
void thread_park(void*, uint64_t deadline_ns) { park(deadline_ns); }
void thread_unpark(void*, void* thread) { unpark(static_cast<Thread*>(thread)); }

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

}  // namespace graft::threaded
