// SPDX-License-Identifier: BSD-2-Clause
/// Fixtures of the world's tests: a world on each of the fake hosts, with a check that everything was given back.
#ifndef GRAFT_GLUE_WORLD_WORLD_FIXTURE_HPP
#define GRAFT_GLUE_WORLD_WORLD_FIXTURE_HPP

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "glue/world/wait.hpp"
#include "glue/world/world.hpp"
#include "tests/fakes/osenv/manual_host.hpp"
#include "tests/fakes/osenv/threaded_host.hpp"

namespace graft {

template <typename HostType>
class WorldFixture : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(World::create(&host_.env(), &world_), GRAFT_OK); }
  void TearDown() override {
    if (world_ != nullptr) world_->destroy();
    EXPECT_EQ(host_.pages_in_use(), 0u);
  }

  /// Starts a fiber that runs `body`, which must live as long as the fiber.
  Fiber* spawn(std::function<void()>& body) {
    return world_->spawn([](void* arg) { (*static_cast<std::function<void()>*>(arg))(); }, &body, "test");
  }

  /// Runs the world until nothing is left to do at this moment. @returns the next deadline
  uint64_t run_until_idle() {
    bool more = true;
    uint64_t deadline_ns = 0;
    for (int i = 0; more && i < 100000; ++i) {
      EXPECT_EQ(graft_world_run(world_, UINT32_MAX, &more, &deadline_ns), GRAFT_OK);
    }
    EXPECT_FALSE(more);
    return deadline_ns;
  }

  graft_world_stats_t stats() {
    graft_world_stats_t s;
    graft_world_get_stats(world_, &s);
    return s;
  }

  HostType host_;
  World* world_ = nullptr;
};

using ManualWorld = WorldFixture<fakes::ManualHost>;
using ThreadedWorld = WorldFixture<fakes::ThreadedHost>;

/// A C function pointer with argument for a std::function that returns an error code.
inline graft_error_t call_function(void* arg) { return (*static_cast<std::function<graft_error_t()>*>(arg))(); }

}  // namespace graft

#endif
