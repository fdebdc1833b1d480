// SPDX-License-Identifier: BSD-2-Clause
// Several host threads: the executor role, calls and interrupts from outside.
#include <atomic>
#include <thread>

#include "glue/world/world_fixture.hpp"

namespace graft {
namespace {

class ServedWorld : public ThreadedWorld {
 protected:
  void SetUp() override {
    ThreadedWorld::SetUp();
    server_ = std::thread([this] { EXPECT_EQ(graft_world_serve(world_), GRAFT_OK); });
  }
  void TearDown() override {
    graft_world_stop(world_);
    server_.join();
    ThreadedWorld::TearDown();
  }

  /// Waits until the serving thread has taken its place.
  void await_service() {
    std::function<graft_error_t()> nothing = [] { return GRAFT_OK; };
    while (graft_world_call(world_, call_function, &nothing) == GRAFT_E_BADSTATE) std::this_thread::yield();
  }

  std::thread server_;
};

TEST_F(ServedWorld, OneExecutorAtATime) {
  constexpr int kThreads = 6;
  constexpr int kRounds = 3000;
  uint64_t plain_counter = 0;
  std::atomic<int> inside{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        graft_world_enter(world_);
        EXPECT_EQ(inside.fetch_add(1), 0);
        ++plain_counter;
        graft_world_enter(world_);
        ++plain_counter;
        graft_world_leave(world_);
        if (i % 64 == 0) std::this_thread::yield();
        inside.fetch_sub(1);
        graft_world_leave(world_);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(plain_counter, uint64_t{2} * kThreads * kRounds);
}

TEST_F(ServedWorld, SecondServerIsRefused) {
  await_service();
  EXPECT_EQ(graft_world_serve(world_), GRAFT_E_EXIST);
}

TEST_F(ServedWorld, BlockingCallsOfManyThreadsOverlap) {
  await_service();
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        std::function<graft_error_t()> fn = [&] {
          if (i % 3 == 0) world_->yield();
          if (i % 5 == 0) {
            EXPECT_TRUE(world_->sleep_until(world_->now_ns() + 200'000));
          }
          EXPECT_TRUE(world_->in_world());
          return static_cast<graft_error_t>(-t - 1);
        };
        EXPECT_EQ(graft_world_call(world_, call_function, &fn), -t - 1);
        ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 400);
  EXPECT_EQ(stats().fibers_alive, 0u);
}

TEST_F(ServedWorld, CallBetweenEnterAndLeaveKeepsTheNesting) {
  await_service();
  graft_world_enter(world_);
  graft_world_enter(world_);
  std::function<graft_error_t()> sleeps = [&] {
    world_->sleep_until(world_->now_ns() + 1'000'000);
    return GRAFT_OK;
  };
  EXPECT_EQ(graft_world_call(world_, call_function, &sleeps), GRAFT_OK);
  EXPECT_TRUE(world_->in_world());
  graft_world_leave(world_);
  EXPECT_TRUE(world_->in_world());
  graft_world_leave(world_);
  EXPECT_FALSE(world_->in_world());
}

TEST_F(ServedWorld, InterruptsFromAnotherThreadAreAllHandled) {
  struct Device {
    World* world;
    fakes::ThreadedHost* host;
    std::atomic<int> raised{0};
    std::atomic<int> acknowledged{0};
    std::atomic<int> worked{0};
    IrqSource source;
    Work work{[](void* arg) {
                auto* self = static_cast<Device*>(arg);
                Upcall upcall(*self->world);
                EXPECT_TRUE(static_cast<bool>(upcall));
                self->worked = self->acknowledged.load();
              },
              this};
  } device;
  device.world = world_;
  device.host = &host_;
  device.source.init(
      *world_,
      [](void* arg) {
        auto* d = static_cast<Device*>(arg);
        d->host->set_line(2, false);
        d->acknowledged = d->raised.load();
        d->world->raise(d->work);
        return true;
      },
      &device);
  ASSERT_EQ(device.source.claim_line(2), GRAFT_OK);

  std::atomic<bool> stop{false};
  std::thread intruder([&] {
    while (!stop) {
      WorldScope scope(*world_);
      for (int i = 0; i < 50; ++i) graft_cpu_relax(nullptr);
    }
  });
  for (int i = 1; i <= 2000; ++i) {
    device.raised = i;
    host_.set_line(2, true);
    while (device.worked < i) std::this_thread::yield();
  }
  stop = true;
  intruder.join();
  EXPECT_EQ(device.worked, 2000);
  EXPECT_FALSE(host_.is_masked(2));
  device.source.release_line();
  WorldScope scope(*world_);
  world_->withdraw(device.work);
}

TEST_F(ServedWorld, MessagesOfManyThreadsAreNeverLost) {
  constexpr int kSources = 4;
  struct Vector {
    std::atomic<uint64_t> sent{0};
    std::atomic<uint64_t> seen{0};
    IrqSource source;
  } vectors[kSources];
  IrqSource* sources[kSources];
  graft_msi_message_t messages[kSources];
  for (int i = 0; i < kSources; ++i) {
    sources[i] = &vectors[i].source;
    sources[i]->init(
        *world_,
        [](void* arg) {
          auto* v = static_cast<Vector*>(arg);
          v->seen = v->sent.load();
          return true;
        },
        &vectors[i]);
  }
  ASSERT_EQ(IrqSource::alloc_msi(*world_, 0x20, kSources, sources, messages), GRAFT_OK);
  std::vector<std::thread> threads;
  for (int i = 0; i < kSources; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 1; n <= 3000; ++n) {
        ++vectors[i].sent;
        host_.send_msi(messages[i]);
        if (n % 100 == 0) {
          while (vectors[i].seen != vectors[i].sent) std::this_thread::yield();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (Vector& vector : vectors) EXPECT_EQ(vector.seen, 3000u);
  IrqSource::free_msi(*world_, 0x20, kSources, sources);
}

TEST_F(ServedWorld, TimerArmedByAnotherThreadWakesTheServer) {
  await_service();
  std::atomic<bool> fired{false};
  Timer timer([](void* arg) { *static_cast<std::atomic<bool>*>(arg) = true; }, &fired);
  for (int i = 0; i < 50; ++i) {
    fired = false;
    {
      WorldScope scope(*world_);
      world_->arm(timer, world_->now_ns() + 100'000);
    }
    auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!fired && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    ASSERT_TRUE(fired);
  }
}

TEST_F(ServedWorld, UpcallsComeFromTheServingThreadAlone) {
  await_service();
  struct State {
    std::thread::id server;
    std::atomic<int> count{0};
    std::atomic<int> wrong{0};
    Work work{[](void* arg) {
                auto* self = static_cast<State*>(arg);
                if (std::this_thread::get_id() != self->server) ++self->wrong;
                ++self->count;
              },
              this};
  } state;
  state.server = server_.get_id();
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        WorldScope scope(*world_);
        world_->raise(state.work);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int before = state.count;
  {
    WorldScope scope(*world_);
    world_->raise(state.work);
  }
  while (state.count <= before) std::this_thread::yield();
  EXPECT_EQ(state.wrong, 0);
  WorldScope scope(*world_);
  world_->withdraw(state.work);
}

TEST_F(ServedWorld, AsyncCallsFromThreadsCompleteOnce) {
  await_service();
  struct Call {
    graft_async_call_t call{};
    std::atomic<int> done{0};
  };
  constexpr int kCalls = 200;
  std::vector<Call> calls(kCalls);
  for (Call& call : calls) {
    call.call.arg = world_;
    call.call.fn = [](void* arg) {
      static_cast<World*>(arg)->yield();
      return GRAFT_OK;
    };
    call.call.on_done = [](graft_async_call_t* c, graft_error_t) { ++reinterpret_cast<Call*>(c)->done; };
    ASSERT_EQ(graft_call_async(world_, &call.call), GRAFT_OK);
  }
  for (Call& call : calls) {
    while (call.done == 0) std::this_thread::yield();
    EXPECT_EQ(call.done, 1);
  }
}

TEST_F(ServedWorld, BusyServerGivesWayToOtherThreads) {
  await_service();
  struct Busy {
    World* world;
    std::atomic<uint64_t> runs{0};
    std::atomic<bool> stop{false};
    Work work{[](void* arg) {
                auto* self = static_cast<Busy*>(arg);
                ++self->runs;
                if (!self->stop) self->world->raise(self->work);
              },
              this};
  } busy;
  busy.world = world_;
  {
    WorldScope scope(*world_);
    world_->raise(busy.work);
  }
  for (int i = 0; i < 500; ++i) {
    WorldScope scope(*world_);
    EXPECT_TRUE(world_->in_world());
  }
  uint64_t before = busy.runs;
  while (busy.runs < before + 10) std::this_thread::yield();
  busy.stop = true;
  std::function<graft_error_t()> idle = [&] { return GRAFT_OK; };
  while ([&] {
    WorldScope scope(*world_);
    return busy.work.is_raised();
  }()) {
    EXPECT_EQ(graft_world_call(world_, call_function, &idle), GRAFT_OK);
  }
}

TEST_F(ServedWorld, CallsGoOnWhenServiceStopsAndStartsAgain) {
  await_service();
  std::atomic<int> finished{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!stop) {
        std::function<graft_error_t()> fn = [&] {
          world_->sleep_until(world_->now_ns() + 50'000);
          return GRAFT_OK;
        };
        graft_error_t error = graft_world_call(world_, call_function, &fn);
        EXPECT_TRUE(error == GRAFT_OK || error == GRAFT_E_BADSTATE);
        if (error == GRAFT_OK) ++finished;
      }
    });
  }
  for (int round = 0; round < 20; ++round) {
    int before = finished;
    while (finished < before + 5) std::this_thread::yield();
    graft_world_stop(world_);
    server_.join();
    server_ = std::thread([this] { EXPECT_EQ(graft_world_serve(world_), GRAFT_OK); });
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stats().fibers_alive, 0u);
}

TEST_F(ServedWorld, EverythingAtOnce) {
  await_service();
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> calls{0}, interrupts{0}, asyncs{0};
  IrqSource source;
  source.init(
      *world_, [](void* arg) { return ++*static_cast<std::atomic<uint64_t>*>(arg), true; }, &interrupts);
  IrqSource* sources[] = {&source};
  graft_msi_message_t message;
  ASSERT_EQ(IrqSource::alloc_msi(*world_, 0x20, 1, sources, &message), GRAFT_OK);

  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    while (!stop) host_.send_msi(message);
  });
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      while (!stop) {
        std::function<graft_error_t()> fn = [&] {
          world_->yield();
          for (int i = 0; i < 20; ++i) graft_cpu_relax(nullptr);
          world_->sleep_until(world_->now_ns() + 10'000);
          return GRAFT_OK;
        };
        EXPECT_EQ(graft_world_call(world_, call_function, &fn), GRAFT_OK);
        ++calls;
      }
    });
  }
  threads.emplace_back([&] {
    struct Call {
      graft_async_call_t call{};
      std::atomic<bool> done{false};
    } call;
    call.call.fn = [](void*) { return GRAFT_OK; };
    call.call.on_done = [](graft_async_call_t* c, graft_error_t) { reinterpret_cast<Call*>(c)->done = true; };
    while (!stop) {
      call.done = false;
      EXPECT_EQ(graft_call_async(world_, &call.call), GRAFT_OK);
      while (!call.done) std::this_thread::yield();
      ++asyncs;
    }
  });
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(calls, 10u);
  EXPECT_GT(interrupts, 10u);
  EXPECT_GT(asyncs, 10u);
  IrqSource::free_msi(*world_, 0x20, 1, sources);
}

}  // namespace
}  // namespace graft
