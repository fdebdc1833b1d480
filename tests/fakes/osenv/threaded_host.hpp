// SPDX-License-Identifier: BSD-2-Clause
/// A fake host with real threads and the real clock.
#ifndef GRAFT_TESTS_FAKES_OSENV_THREADED_HOST_HPP
#define GRAFT_TESTS_FAKES_OSENV_THREADED_HOST_HPP

#include "tests/fakes/osenv/fake_host.hpp"

namespace graft::fakes {

class ThreadedHost : public FakeHost {
 public:
  explicit ThreadedHost(const Options& options = {}) : FakeHost(options) {}

 protected:
  uint64_t clock_now_ns() override;
  void* thread_self() override;
  void park(uint64_t deadline_ns) override;
  void unpark(void* thread) override;
};

}  // namespace graft::fakes

#endif
