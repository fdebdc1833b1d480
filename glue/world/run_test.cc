// SPDX-License-Identifier: BSD-2-Clause
// Budgets, calls and upcalls, on the host with one thread.
#include "glue/world/world_fixture.hpp"

namespace graft {
namespace {

TEST_F(ManualWorld, WorkRunsOncePerRaiseInOrder) {
  std::vector<int> order;
  struct Item {
    std::vector<int>* order;
    int id;
  } items[3] = {{&order, 0}, {&order, 1}, {&order, 2}};
  auto fn = [](void* arg) {
    auto* item = static_cast<Item*>(arg);
    item->order->push_back(item->id);
  };
  Work a(fn, &items[0]), b(fn, &items[1]), c(fn, &items[2]);
  world_->raise(b);
  world_->raise(a);
  world_->raise(b);
  world_->raise(c);
  EXPECT_TRUE(world_->withdraw(a));
  EXPECT_FALSE(world_->withdraw(a));
  run_until_idle();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST_F(ManualWorld, RunStopsAtItsBudget) {
  struct Producer {
    World* world;
    int packets = 0;
    Work work{[](void* arg) {
                auto* self = static_cast<Producer*>(arg);
                ++self->packets;
                self->world->charge(1);
                self->world->raise(self->work);
              },
              this};
  } producer{world_};
  world_->raise(producer.work);
  bool more = false;
  uint64_t deadline_ns;
  ASSERT_EQ(graft_world_run(world_, 10, &more, &deadline_ns), GRAFT_OK);
  EXPECT_TRUE(more);
  EXPECT_GE(producer.packets, 5);
  EXPECT_LE(producer.packets, 10);
  world_->withdraw(producer.work);
}

TEST_F(ManualWorld, FibersThatGiveWayAfterALongWhileGiveWayToTheHost) {
  int whiles = 0;
  std::function<void()> body = [&] {
    for (; whiles < 3; ++whiles) {
      host_.advance(5'000'000);
      world_->yield();
    }
  };
  spawn(body);
  bool more = false;
  uint64_t deadline_ns;
  for (int run = 1; run <= 3; ++run) {
    ASSERT_EQ(graft_world_run(world_, UINT32_MAX, &more, &deadline_ns), GRAFT_OK);
    EXPECT_TRUE(more);
    EXPECT_EQ(whiles, run - 1) << "the last while ends with the next run";
  }
  run_until_idle();
  EXPECT_EQ(whiles, 3);
}

TEST_F(ManualWorld, ShortWhilesOfFibersAreOneRun) {
  int whiles = 0;
  std::function<void()> body = [&] {
    for (; whiles < 50; ++whiles) {
      host_.advance(10'000);
      world_->yield();
    }
  };
  spawn(body);
  bool more = true;
  uint64_t deadline_ns;
  ASSERT_EQ(graft_world_run(world_, UINT32_MAX, &more, &deadline_ns), GRAFT_OK);
  EXPECT_FALSE(more);
  EXPECT_EQ(whiles, 50);
}

TEST_F(ManualWorld, SoftInterruptsOfAnEnvironmentRunInTheLoopOnly) {
  struct Soft {
    World* world;
    int left = 0;
    int runs = 0;
  } soft{world_};
  EnvironmentHooks hooks{};
  hooks.arg = &soft;
  hooks.run_soft = [](void* arg) {
    auto* self = static_cast<Soft*>(arg);
    EXPECT_TRUE(self->world->soft_allowed());
    if (self->left > 0) {
      --self->left;
      ++self->runs;
      self->world->charge(1);
    }
    return self->left > 0;
  };
  world_->set_hooks(GRAFT_ENVIRONMENT_LINUX, hooks);
  run_until_idle();
  graft_world_enter(world_);
  EXPECT_FALSE(world_->soft_allowed());
  soft.left = 3;
  world_->request_soft();
  uint64_t unparks = host_.unparks();
  graft_world_leave(world_);
  EXPECT_EQ(soft.runs, 0);
  EXPECT_EQ(host_.unparks(), unparks + 1);
  run_until_idle();
  EXPECT_EQ(soft.runs, 3);
}

TEST_F(ManualWorld, CallsAreRefusedWhileNothingServes) {
  std::function<graft_error_t()> fn = [] { return GRAFT_OK; };
  EXPECT_EQ(graft_world_call(world_, call_function, &fn), GRAFT_E_BADSTATE);
}

TEST_F(ManualWorld, CallInsideAFiberIsDirect) {
  bool ran = false;
  std::function<void()> body = [&] {
    Fiber* self = world_->current_fiber();
    std::function<graft_error_t()> inner = [&] {
      EXPECT_EQ(world_->current_fiber(), self);
      world_->yield();
      ran = true;
      return GRAFT_E_IO;
    };
    EXPECT_EQ(graft_world_call(world_, call_function, &inner), GRAFT_E_IO);
  };
  spawn(body);
  run_until_idle();
  EXPECT_TRUE(ran);
}

struct AsyncCall {
  graft_async_call_t call{};
  std::function<graft_error_t()> fn;
  std::function<void(graft_error_t)> done;

  AsyncCall() {
    call.fn = call_function;
    call.arg = &fn;
    call.on_done = [](graft_async_call_t* c, graft_error_t status) { reinterpret_cast<AsyncCall*>(c)->done(status); };
  }
};

TEST_F(ManualWorld, AsyncCallBlocksInItsFiberAndReportsByUpcall) {
  AsyncCall call;
  int done = 0;
  call.fn = [&] {
    EXPECT_TRUE(world_->sleep_until(host_.now_ns() + 5000));
    return GRAFT_E_NOLINK;
  };
  call.done = [&](graft_error_t status) {
    ++done;
    EXPECT_EQ(status, GRAFT_E_NOLINK);
    EXPECT_TRUE(world_->in_upcall());
    EXPECT_EQ(graft_world_call(world_, call_function, &call.fn), GRAFT_E_BADSTATE);
    bool more;
    uint64_t deadline_ns;
    EXPECT_EQ(graft_world_run(world_, 1, &more, &deadline_ns), GRAFT_E_BADSTATE);
    graft_world_enter(world_);
    graft_world_leave(world_);
  };
  ASSERT_EQ(graft_call_async(world_, &call.call), GRAFT_OK);
  EXPECT_EQ(done, 0);
  host_.advance_to(run_until_idle());
  run_until_idle();
  EXPECT_EQ(done, 1);
  EXPECT_FALSE(world_->in_upcall());
}

TEST_F(ManualWorld, AsyncCallMayBeStartedAgainInsideItsUpcall) {
  AsyncCall call;
  int rounds = 0;
  call.fn = [&] {
    world_->yield();
    return GRAFT_OK;
  };
  call.done = [&](graft_error_t) {
    if (++rounds < 5) {
      EXPECT_EQ(graft_call_async(world_, &call.call), GRAFT_OK);
    }
  };
  ASSERT_EQ(graft_call_async(world_, &call.call), GRAFT_OK);
  run_until_idle();
  EXPECT_EQ(rounds, 5);
}

TEST_F(ManualWorld, AsyncCallWithoutMemoryFails) {
  AsyncCall call;
  host_.fail_page_alloc_after(0);
  EXPECT_EQ(graft_call_async(world_, &call.call), GRAFT_E_NOMEM);
  host_.fail_page_alloc_after(-1);
}

TEST_F(ManualWorld, UpcallsDoNotNest) {
  struct Receiver {
    World* world;
    int queued = 0;
    int delivered = 0;
    Work work{[](void* arg) { static_cast<Receiver*>(arg)->deliver(); }, this};

    void receive() {
      ++queued;
      deliver();
    }
    void deliver() {
      Upcall upcall(*world);
      if (!upcall) return world->raise(work);
      while (queued > 0) {
        --queued;
        if (++delivered < 4) receive();
      }
    }
  } receiver{world_};
  std::function<void()> body = [&] { receiver.receive(); };
  spawn(body);
  run_until_idle();
  EXPECT_EQ(receiver.delivered, 4);
  EXPECT_EQ(receiver.queued, 0);
}

TEST_F(ManualWorld, RunHereServesUntilTheFiberEnds) {
  int others = 0;
  std::function<void()> other = [&] {
    for (int i = 0; i < 3; ++i) {
      world_->sleep_until(host_.now_ns() + 100);
      ++others;
    }
  };
  std::function<graft_error_t()> fn = [&] {
    spawn(other);
    world_->sleep_until(host_.now_ns() + 1000);
    return GRAFT_E_PROTO;
  };
  EXPECT_EQ(world_->run_here(call_function, &fn), GRAFT_E_PROTO);
  EXPECT_EQ(others, 3);
  EXPECT_FALSE(world_->in_world());
}

TEST_F(ManualWorld, RunHereWithoutMemoryFails) {
  host_.fail_page_alloc_after(0);
  std::function<graft_error_t()> fn = [] { return GRAFT_OK; };
  EXPECT_EQ(world_->run_here(call_function, &fn), GRAFT_E_NOMEM);
  EXPECT_FALSE(world_->in_world());
  host_.fail_page_alloc_after(-1);
}

TEST_F(ManualWorld, RunIsRefusedWhileAnotherThreadIsTheExecutor) {
  int other;
  void* self = host_.env().thread_self(host_.env().host);
  host_.set_thread(&other);
  graft_world_enter(world_);
  host_.set_thread(self);
  bool more;
  uint64_t deadline_ns;
  EXPECT_EQ(graft_world_run(world_, 1, &more, &deadline_ns), GRAFT_E_BUSY);
  host_.set_thread(&other);
  graft_world_leave(world_);
  host_.set_thread(self);
  EXPECT_EQ(graft_world_run(world_, 1, &more, &deadline_ns), GRAFT_OK);
}

TEST_F(ManualWorld, ServeParksWhileIdleAndStops) {
  int beats = 0;
  std::function<void()> body = [&] {
    for (; beats < 5; ++beats) world_->sleep_until(host_.now_ns() + 1'000'000);
    graft_world_stop(world_);
  };
  spawn(body);
  uint64_t start = host_.now_ns();
  EXPECT_EQ(graft_world_serve(world_), GRAFT_OK);
  EXPECT_EQ(beats, 5);
  EXPECT_EQ(host_.now_ns(), start + 5'000'000);
}

}  // namespace
}  // namespace graft
