// SPDX-License-Identifier: BSD-2-Clause
#include <string.h>

#include "glue/world/world_fixture.hpp"

namespace graft {
namespace {

TEST_F(ManualWorld, FibersRunInTurn) {
  std::vector<int> order;
  std::function<void()> bodies[3];
  for (int i = 0; i < 3; ++i) {
    bodies[i] = [&, i] {
      for (int turn = 0; turn < 3; ++turn) {
        order.push_back(i);
        world_->yield();
      }
    };
    ASSERT_NE(spawn(bodies[i]), nullptr);
  }
  EXPECT_TRUE(order.empty());
  run_until_idle();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(stats().fibers_alive, 0u);
  EXPECT_EQ(stats().fibers_created, 3u);
}

TEST_F(ManualWorld, CalleeSavedRegistersSurviveASwitch) {
  std::function<void()> disturb = [&] {
    for (int i = 0; i < 10; ++i) world_->yield();
  };
  bool ok = false;
  std::function<void()> body = [&] {
    volatile uint64_t seed = 7;
    uint64_t a = seed * 3, b = seed * 5, c = seed * 7, d = seed * 11, e = seed * 13, f = seed * 17;
    for (int i = 0; i < 10; ++i) {
      world_->yield();
      a += b, b += c, c += d, d += e, e += f, f += a;
    }
    uint64_t x[6] = {21, 35, 49, 77, 91, 119};
    for (int i = 0; i < 10; ++i) x[0] += x[1], x[1] += x[2], x[2] += x[3], x[3] += x[4], x[4] += x[5], x[5] += x[0];
    ok = a == x[0] && b == x[1] && c == x[2] && d == x[3] && e == x[4] && f == x[5];
  };
  spawn(body);
  spawn(disturb);
  run_until_idle();
  EXPECT_TRUE(ok);
}

TEST_F(ManualWorld, BlockedFiberRunsOnlyAfterWake) {
  int stage = 0;
  std::function<void()> body = [&] {
    stage = 1;
    world_->block();
    stage = 2;
  };
  Fiber* fiber = spawn(body);
  run_until_idle();
  EXPECT_EQ(stage, 1);
  run_until_idle();
  EXPECT_EQ(stage, 1);
  EXPECT_TRUE(world_->make_runnable(fiber));
  EXPECT_FALSE(world_->make_runnable(fiber));
  run_until_idle();
  EXPECT_EQ(stage, 2);
}

TEST_F(ManualWorld, StacksComeFromThePool) {
  std::function<void()> body = [] {};
  spawn(body);
  run_until_idle();
  uint64_t allocations = host_.page_allocations();
  for (int i = 0; i < 100; ++i) {
    ASSERT_NE(spawn(body), nullptr);
    run_until_idle();
  }
  EXPECT_EQ(host_.page_allocations(), allocations);
  EXPECT_EQ(stats().stack_bytes, Fiber::kStackBytes);
}

TEST_F(ManualWorld, SpawnWithoutMemoryFails) {
  host_.fail_page_alloc_after(0);
  std::function<void()> body = [] {};
  EXPECT_EQ(spawn(body), nullptr);
  EXPECT_EQ(stats().fibers_alive, 0u);
  host_.fail_page_alloc_after(-1);
  EXPECT_NE(spawn(body), nullptr);
  run_until_idle();
}

TEST_F(ManualWorld, SleepersWakeInOrderOfDeadline) {
  std::vector<int> order;
  uint64_t start = host_.now_ns();
  std::function<void()> bodies[4];
  const uint64_t delays[4] = {3000, 1000, 2000, 1000};
  for (int i = 0; i < 4; ++i) {
    bodies[i] = [&, i] {
      EXPECT_TRUE(world_->sleep_until(start + delays[i]));
      EXPECT_GE(host_.now_ns(), start + delays[i]);
      order.push_back(i);
    };
    spawn(bodies[i]);
  }
  uint64_t deadline;
  while ((deadline = run_until_idle()) != GRAFT_FOREVER) host_.advance_to(deadline);
  EXPECT_EQ(order, (std::vector<int>{1, 3, 2, 0}));
}

TEST_F(ManualWorld, WakeEndsASleepEarly) {
  bool expired = true;
  std::function<void()> body = [&] { expired = world_->sleep_until(host_.now_ns() + 1'000'000); };
  Fiber* fiber = spawn(body);
  run_until_idle();
  world_->make_runnable(fiber);
  EXPECT_EQ(run_until_idle(), GRAFT_FOREVER);
  EXPECT_FALSE(expired);
}

TEST_F(ManualWorld, WaitQueueWakesInOrderAndTimesOut) {
  WaitQueue queue(*world_);
  std::vector<std::pair<int, graft_error_t>> ends;
  std::function<void()> bodies[3];
  for (int i = 0; i < 3; ++i) {
    bodies[i] = [&, i] { ends.emplace_back(i, queue.wait(i == 1 ? host_.now_ns() + 500 : GRAFT_FOREVER)); };
    spawn(bodies[i]);
  }
  host_.advance_to(run_until_idle());
  run_until_idle();
  EXPECT_TRUE(queue.wake_one());
  run_until_idle();
  EXPECT_TRUE(queue.wake_one());
  EXPECT_FALSE(queue.wake_one());
  run_until_idle();
  EXPECT_EQ(ends, (std::vector<std::pair<int, graft_error_t>>{{1, GRAFT_E_TIMEDOUT}, {0, GRAFT_OK}, {2, GRAFT_OK}}));
}

TEST_F(ManualWorld, EventStaysSet) {
  Event event(*world_);
  int woken = 0;
  std::function<void()> body = [&] {
    EXPECT_EQ(event.wait(), GRAFT_OK);
    ++woken;
  };
  spawn(body);
  run_until_idle();
  EXPECT_EQ(woken, 0);
  event.set();
  spawn(body);
  run_until_idle();
  EXPECT_EQ(woken, 2);
  event.reset();
  std::function<void()> impatient = [&] {
    EXPECT_EQ(event.wait(host_.now_ns()), GRAFT_E_TIMEDOUT);
    ++woken;
  };
  spawn(impatient);
  run_until_idle();
  EXPECT_EQ(woken, 3);
}

TEST_F(ManualWorld, VirtualInterruptFlagBelongsToTheFiber) {
  std::function<void()> off = [&] {
    graft_this_cpu()->irq_enabled = 0;
    world_->yield();
    EXPECT_EQ(graft_this_cpu()->irq_enabled, 0u);
    graft_this_cpu()->irq_enabled = 1;
  };
  std::function<void()> on = [&] {
    EXPECT_EQ(graft_this_cpu()->irq_enabled, 1u);
    world_->yield();
    EXPECT_EQ(graft_this_cpu()->irq_enabled, 1u);
  };
  spawn(off);
  spawn(on);
  run_until_idle();
  EXPECT_EQ(graft_this_cpu()->irq_enabled, 1u);
}

struct RecordingEnvironment {
  World* world = nullptr;
  int tasks[8] = {};
  int next = 0;
  int exited = 0;
  int released = 0;
  bool refuse = false;
  int host_task = 99;
  std::vector<void*> currents;

  EnvironmentHooks hooks() {
    EnvironmentHooks h{};
    h.arg = this;
    h.fiber_created = [](void* arg, Fiber* fiber) {
      auto* self = static_cast<RecordingEnvironment*>(arg);
      if (self->refuse) return GRAFT_E_NOMEM;
      fiber->set_env(GRAFT_ENVIRONMENT_LINUX, &self->tasks[self->next++]);
      return GRAFT_OK;
    };
    h.fiber_exited = [](void* arg, Fiber*) { ++static_cast<RecordingEnvironment*>(arg)->exited; };
    h.fiber_released = [](void* arg, Fiber*) { ++static_cast<RecordingEnvironment*>(arg)->released; };
    h.on_switch = [](void* arg, Fiber*, Fiber* to) {
      auto* self = static_cast<RecordingEnvironment*>(arg);
      EXPECT_EQ(graft_this_cpu()->current_env[0], to->env(0));
      self->currents.push_back(to->env(0));
    };
    return h;
  }
};

TEST_F(ManualWorld, EnvironmentSeesEveryFiberAndAlwaysHasACurrent) {
  RecordingEnvironment environment;
  environment.world = world_;
  world_->set_hooks(GRAFT_ENVIRONMENT_LINUX, environment.hooks());
  world_->set_host_env(GRAFT_ENVIRONMENT_LINUX, &environment.host_task);
  EXPECT_EQ(graft_this_cpu()->current_env[0], &environment.host_task);
  std::function<void()> body = [&] { world_->yield(); };
  spawn(body);
  run_until_idle();
  EXPECT_EQ(environment.currents, (std::vector<void*>{&environment.tasks[0], &environment.host_task,
                                                      &environment.tasks[0], &environment.host_task}));
  EXPECT_EQ(environment.exited, 1);
  environment.refuse = true;
  EXPECT_EQ(spawn(body), nullptr);
  world_->destroy();
  world_ = nullptr;
  EXPECT_EQ(environment.released, 1);
}

using ManualWorldDeathTest = ManualWorld;

TEST_F(ManualWorldDeathTest, StackOverflowIsFound) {
  std::function<void()> body = [&] {
    auto* base = static_cast<volatile char*>(world_->current_fiber()->stack_base());
    base[0] = 1;
    world_->yield();
  };
  spawn(body);
  EXPECT_DEATH(run_until_idle(), "overflowed its stack");
  // The child ran the fiber; here its stack is still whole.
  body = [] {};
  run_until_idle();
}

TEST_F(ManualWorldDeathTest, BlockingOutsideAFiberIsRefused) { EXPECT_DEATH(world_->block(), "outside a fiber"); }

TEST_F(ManualWorldDeathTest, BlockingInsideAnUpcallIsRefused) {
  std::function<void()> body = [&] {
    Upcall upcall(*world_);
    world_->block();
  };
  spawn(body);
  EXPECT_DEATH(run_until_idle(), "blocks inside an upcall");
  body = [] {};
  run_until_idle();
}

TEST_F(ManualWorld, EnterAndLeaveInAFiberChangeNothing) {
  int done = 0;
  std::function<void()> body = [&] {
    graft_world_enter(world_);
    world_->yield();
    EXPECT_TRUE(world_->in_world());
    graft_world_leave(world_);
    EXPECT_TRUE(world_->in_world());
    world_->yield();
    ++done;
  };
  spawn(body);
  spawn(body);
  run_until_idle();
  EXPECT_EQ(done, 2);
  EXPECT_FALSE(world_->in_world());
}

TEST_F(ManualWorld, DestroyTakesBlockedAndRunnableFibersWithIt) {
  std::function<void()> blocked = [&] { world_->block(); };
  std::function<void()> asleep = [&] { world_->sleep_until(host_.now_ns() + 1000); };
  std::function<void()> never = [&] { ADD_FAILURE(); };
  spawn(blocked);
  spawn(asleep);
  run_until_idle();
  spawn(never);
  world_->spawn_blocked([](void*) {}, nullptr, "never started");
  EXPECT_EQ(stats().fibers_alive, 4u);
  world_->destroy();
  world_ = nullptr;
  EXPECT_EQ(host_.pages_in_use(), 0u);
}

TEST_F(ManualWorld, FiberEndsInsideNestedFunctions) {
  bool after = false;
  std::function<void()> body = [&] {
    [&] { world_->exit_fiber(); }();
    after = true;
  };
  spawn(body);
  run_until_idle();
  EXPECT_FALSE(after);
  EXPECT_EQ(stats().fibers_alive, 0u);
}

TEST_F(ManualWorld, StackUseIsKnown) {
  size_t used = 0;
  std::function<void()> body = [&] {
    volatile char deep[6000];
    for (size_t i = 0; i < sizeof(deep); ++i) deep[i] = static_cast<char>(i);
    used = world_->current_fiber()->stack_high_water_bytes();
  };
  spawn(body);
  run_until_idle();
  EXPECT_GT(used, 6000u);
  EXPECT_LE(used, Fiber::kStackBytes);
}

TEST_F(ManualWorld, OneWorldAtATime) {
  World* second = world_;
  EXPECT_EQ(World::create(&host_.env(), &second), GRAFT_E_EXIST);
  EXPECT_EQ(second, nullptr);
}

TEST(WorldCreate, NamesTheMissingCallback) {
  fakes::ManualHost host;
  host.env().irq_mask = nullptr;
  World* world;
  EXPECT_EQ(World::create(&host.env(), &world), GRAFT_E_INVAL);
  EXPECT_EQ(world, nullptr);
  EXPECT_TRUE(host.logged("irq_mask"));
  EXPECT_EQ(host.pages_in_use(), 0u);
}

TEST(WorldCreate, RefusesABadWindow) {
  fakes::ManualHost host;
  host.env().mem_window.phys += 1;
  World* world;
  EXPECT_EQ(World::create(&host.env(), &world), GRAFT_E_INVAL);
  EXPECT_TRUE(host.logged("mem_window"));
}

TEST(WorldCreate, WorksForAnOlderHostWithoutOptionalCallbacks) {
  fakes::ManualHost host;
  host.env().size_bytes = offsetof(graft_osenv_t, dma_map);
  World* world;
  ASSERT_EQ(World::create(&host.env(), &world), GRAFT_OK);
  EXPECT_EQ(world->host().env().cpu_count(nullptr), 1u);
  graft_io_cookie_t cookie;
  EXPECT_EQ(world->host().env().port_map(nullptr, 0x70, 2, &cookie), GRAFT_OK);
  EXPECT_EQ(cookie, 0x70u);
  world->destroy();
}

TEST(WorldCreate, WithoutMemoryFails) {
  fakes::ManualHost host;
  host.fail_page_alloc_after(0);
  World* world;
  EXPECT_EQ(World::create(&host.env(), &world), GRAFT_E_NOMEM);
  EXPECT_EQ(world, nullptr);
}

}  // namespace
}  // namespace graft
