// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/timer.hpp"

#include <algorithm>
#include <memory>
#include <random>

#include "glue/world/world_fixture.hpp"

namespace graft {
namespace {

TEST(TimerQueue, ExpiresInTheExactOrderOfAModel) {
  std::mt19937_64 random(20240607);
  for (int round = 0; round < 200; ++round) {
    TimerQueue queue;
    std::vector<int> expired;
    struct Item {
      std::vector<int>* expired;
      int id;
      std::unique_ptr<Timer> timer;
    };
    std::vector<Item> items(40);
    struct Armed {
      uint64_t deadline;
      uint64_t sequence;
      int id;
    };
    std::vector<Armed> model;
    uint64_t sequence = 0;
    for (int i = 0; i < 40; ++i) {
      items[i].expired = &expired;
      items[i].id = i;
      items[i].timer = std::make_unique<Timer>(
          [](void* arg) {
            auto* item = static_cast<Item*>(arg);
            item->expired->push_back(item->id);
          },
          &items[i]);
    }
    uint64_t now = 0;
    for (int step = 0; step < 100; ++step) {
      int id = static_cast<int>(random() % items.size());
      switch (random() % 3) {
        case 0: {
          uint64_t deadline = now + random() % 50;
          bool first = queue.arm(*items[id].timer, deadline);
          std::erase_if(model, [&](const Armed& a) { return a.id == id; });
          bool model_first =
              std::all_of(model.begin(), model.end(), [&](const Armed& a) { return a.deadline > deadline; });
          model.push_back({deadline, ++sequence, id});
          EXPECT_EQ(first, model_first);
          break;
        }
        case 1:
          EXPECT_EQ(queue.cancel(*items[id].timer),
                    std::erase_if(model, [&](const Armed& a) { return a.id == id; }) == 1);
          break;
        default: {
          now += random() % 20;
          std::sort(model.begin(), model.end(), [](const Armed& a, const Armed& b) {
            return a.deadline != b.deadline ? a.deadline < b.deadline : a.sequence < b.sequence;
          });
          std::vector<int> expected;
          while (!model.empty() && model.front().deadline <= now) {
            expected.push_back(model.front().id);
            model.erase(model.begin());
          }
          expired.clear();
          EXPECT_EQ(queue.expire(now), expected.size());
          EXPECT_EQ(expired, expected);
        }
      }
    }
    for (Item& item : items) queue.cancel(*item.timer);
    EXPECT_EQ(queue.next_deadline_ns(), GRAFT_FOREVER);
  }
}

struct Periodic {
  World* world;
  int count = 0;
  uint64_t period_ns = 0;
  Timer timer{[](void* arg) {
                auto* self = static_cast<Periodic*>(arg);
                EXPECT_EQ(graft_this_cpu()->irq_enabled, 0u);
                ++self->count;
                self->world->arm(self->timer, self->timer.deadline_ns() + self->period_ns);
              },
              this};
};

TEST_F(ManualWorld, TimerThatArmsItselfForThePastDoesNotHoldTheLoop) {
  Periodic periodic{world_};
  world_->arm(periodic.timer, host_.now_ns());
  bool more;
  uint64_t deadline_ns;
  ASSERT_EQ(graft_world_run(world_, 5, &more, &deadline_ns), GRAFT_OK);
  EXPECT_TRUE(more);
  EXPECT_EQ(periodic.count, 5);
  world_->cancel(periodic.timer);
}

TEST_F(ManualWorld, RunTellsTheNextDeadline) {
  Periodic periodic{world_};
  periodic.period_ns = 1000;
  uint64_t start = host_.now_ns();
  world_->arm(periodic.timer, start + 10);
  EXPECT_EQ(run_until_idle(), start + 10);
  EXPECT_EQ(periodic.count, 0);
  host_.advance_to(start + 10);
  EXPECT_EQ(run_until_idle(), start + 1010);
  EXPECT_EQ(periodic.count, 1);
  EXPECT_EQ(stats().timers_expired, 1u);
  world_->cancel(periodic.timer);
  EXPECT_EQ(run_until_idle(), GRAFT_FOREVER);
}

TEST_F(ManualWorld, PollingLoopLetsTimersExpireAndIsMeasured) {
  Periodic periodic{world_};
  periodic.period_ns = 1'000'000'000;
  std::function<void()> body = [&] {
    host_.set_step_ns(100);
    world_->arm(periodic.timer, host_.now_ns() + 30'000);
    while (periodic.count == 0) graft_cpu_relax(nullptr);
    host_.set_step_ns(0);
  };
  spawn(body);
  run_until_idle();
  EXPECT_EQ(periodic.count, 1);
  EXPECT_GE(stats().longest_busy_wait_ns, 29'000u);
  EXPECT_LE(stats().longest_busy_wait_ns, 40'000u);
  world_->cancel(periodic.timer);
}

TEST_F(ManualWorld, DelaysThatFollowCloselyAreOneBusyWait) {
  static const char here = 0, there = 0, elsewhere = 0;
  std::function<void()> body = [&] {
    // A polling loop made of 10 us delays with a register read between them.
    for (int i = 0; i < 10; ++i) {
      uint64_t start_ns = host_.now_ns();
      host_.advance(10'000);
      graft_cpu_note_busy_wait(start_ns, host_.now_ns(), &here);
      host_.advance(1'000);
    }
    EXPECT_EQ(stats().longest_busy_wait_ns, 109'000u);
    EXPECT_EQ(stats().longest_busy_wait_at, reinterpret_cast<uintptr_t>(&here));
    // Something else was done before this one, so it is a wait of its own, and a shorter one.
    host_.advance(1'000'000);
    uint64_t start_ns = host_.now_ns();
    host_.advance(100'000);
    graft_cpu_note_busy_wait(start_ns, host_.now_ns(), &there);
    // A delay inside which the time was looked at, as a long one does.
    start_ns = host_.now_ns();
    for (int i = 0; i < 10; ++i) {
      host_.advance(10'000);
      graft_cpu_relax(&elsewhere);
    }
    graft_cpu_note_busy_wait(start_ns, host_.now_ns(), &elsewhere);
  };
  spawn(body);
  run_until_idle();
  EXPECT_EQ(stats().longest_busy_wait_ns, 200'000u);
  EXPECT_EQ(stats().longest_busy_wait_at, reinterpret_cast<uintptr_t>(&elsewhere));
}

TEST_F(ManualWorld, BusyWaitsOfTwoFibersAreTwo) {
  std::function<void()> body = [&] {
    uint64_t start_ns = host_.now_ns();
    host_.advance(30'000);
    graft_cpu_note_busy_wait(start_ns, host_.now_ns(), nullptr);
    world_->yield();
    start_ns = host_.now_ns();
    host_.advance(20'000);
    graft_cpu_note_busy_wait(start_ns, host_.now_ns(), nullptr);
  };
  spawn(body);
  spawn(body);
  run_until_idle();
  EXPECT_EQ(stats().longest_busy_wait_ns, 30'000u);
}

}  // namespace
}  // namespace graft
