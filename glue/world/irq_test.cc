// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/irq.hpp"

#include "glue/world/shared_line.hpp"
#include "glue/world/world_fixture.hpp"

namespace graft {
namespace {

/// A device that holds its line until its handler has acknowledged.
struct LevelDevice {
  fakes::FakeHost& host;
  uint32_t line;
  int handled = 0;
  bool claims = true;
  std::function<void()> in_handler;
  IrqSource source;

  LevelDevice(fakes::FakeHost& h, uint32_t l) : host(h), line(l) {}
  void connect(World& world) {
    source.init(
        world,
        [](void* arg) {
          auto* self = static_cast<LevelDevice*>(arg);
          EXPECT_EQ(graft_this_cpu()->irq_enabled, 0u);
          EXPECT_EQ(graft_this_cpu()->handler_depth, 1u);
          EXPECT_TRUE(self->host.is_masked(self->line));
          ++self->handled;
          if (self->in_handler) self->in_handler();
          if (self->claims) self->host.set_line(self->line, false);
          return self->claims;
        },
        this);
    ASSERT_EQ(source.claim_line(line), GRAFT_OK);
  }
};

TEST_F(ManualWorld, HandlerIsDeferredAndTheLineMaskedMeanwhile) {
  LevelDevice device(host_, 3);
  device.connect(*world_);
  host_.set_line(3, true);
  EXPECT_EQ(device.handled, 0);
  EXPECT_TRUE(host_.is_masked(3));
  EXPECT_EQ(host_.mask_calls(), 1u);
  run_until_idle();
  EXPECT_EQ(device.handled, 1);
  EXPECT_FALSE(host_.is_masked(3));
  EXPECT_EQ(stats().interrupts, 1u);
  EXPECT_EQ(stats().interrupts_spurious, 0u);
  device.source.release_line();
  EXPECT_FALSE(host_.is_claimed(3));
}

TEST_F(ManualWorld, InterruptOfAnIdleWorldWakesTheHost) {
  LevelDevice device(host_, 3);
  device.connect(*world_);
  run_until_idle();
  uint64_t unparks = host_.unparks();
  host_.set_line(3, true);
  EXPECT_EQ(host_.unparks(), unparks + 1);
  run_until_idle();
  device.source.release_line();
}

TEST_F(ManualWorld, AHandlerThatEntersWhileItsThreadLeavesKeepsTheRole) {
  LevelDevice device(host_, 3);
  device.connect(*world_);
  bool kept = false;
  device.in_handler = [&] {
    { WorldScope scope(*world_); }
    kept = world_->in_world();
  };
  world_->enter();
  host_.set_line(3, true);
  EXPECT_EQ(device.handled, 0);
  world_->leave();
  EXPECT_EQ(device.handled, 1);
  EXPECT_TRUE(kept);
  EXPECT_FALSE(world_->in_world());
  run_until_idle();
  device.source.release_line();
}

TEST_F(ManualWorld, LevelThatStaysAssertedInterruptsAgainButNotForEver) {
  LevelDevice device(host_, 3);
  device.claims = false;
  device.connect(*world_);
  host_.set_line(3, true);
  bool more;
  uint64_t deadline_ns;
  ASSERT_EQ(graft_world_run(world_, 1, &more, &deadline_ns), GRAFT_OK);
  EXPECT_TRUE(more);
  EXPECT_GT(device.handled, 1);
  EXPECT_LT(device.handled, 100);
  EXPECT_EQ(stats().interrupts_spurious, static_cast<uint64_t>(device.handled));
  device.claims = true;
  run_until_idle();
  EXPECT_FALSE(host_.is_masked(3));
  device.source.release_line();
}

TEST_F(ManualWorld, NoHandlerInsideAnInterruptDisabledSection) {
  LevelDevice device(host_, 3);
  device.connect(*world_);
  std::function<void()> body = [&] {
    graft_cpu_state* cpu = graft_this_cpu();
    cpu->irq_enabled = 0;
    host_.set_line(3, true);
    EXPECT_NE(cpu->irq_pending, 0u);
    graft_cpu_relax(nullptr);
    EXPECT_EQ(device.handled, 0);
    cpu->irq_enabled = 1;
    if (cpu->irq_pending) graft_cpu_deliver();
    EXPECT_EQ(device.handled, 1);
    host_.set_line(3, true);
    graft_cpu_relax(nullptr);
    EXPECT_EQ(device.handled, 2);
  };
  spawn(body);
  run_until_idle();
  device.source.release_line();
}

TEST_F(ManualWorld, HostTaskHandlesInterruptsWhenItLeavesAndLeavesTheRestToTheRunner) {
  LevelDevice device(host_, 3);
  int worked = 0;
  Work work([](void* arg) { ++*static_cast<int*>(arg); }, &worked);
  device.in_handler = [&] { world_->raise(work); };
  device.connect(*world_);
  run_until_idle();
  uint64_t unparks = host_.unparks();
  graft_world_enter(world_);
  graft_world_enter(world_);
  host_.set_line(3, true);
  EXPECT_EQ(host_.unparks(), unparks) << "the executor looks by itself";
  graft_world_leave(world_);
  EXPECT_EQ(device.handled, 0);
  graft_world_leave(world_);
  EXPECT_EQ(device.handled, 1);
  EXPECT_EQ(worked, 0);
  EXPECT_EQ(host_.unparks(), unparks + 1) << "the runner has work";
  run_until_idle();
  EXPECT_EQ(worked, 1);
  device.source.release_line();
}

TEST_F(ManualWorld, DisabledSourceIsHeldBack) {
  LevelDevice device(host_, 3);
  device.connect(*world_);
  device.source.disable();
  EXPECT_TRUE(host_.is_masked(3));
  host_.set_line(3, true);
  run_until_idle();
  EXPECT_EQ(device.handled, 0);
  device.source.enable();
  run_until_idle();
  EXPECT_EQ(device.handled, 1);
  EXPECT_FALSE(host_.is_masked(3));

  // Disabled between the interrupt and its handler.
  host_.set_line(3, true);
  device.source.disable();
  run_until_idle();
  EXPECT_EQ(device.handled, 1);
  EXPECT_TRUE(host_.is_masked(3));
  device.source.enable();
  run_until_idle();
  EXPECT_EQ(device.handled, 2);
  device.source.release_line();
}

TEST_F(ManualWorld, HandlerMayDisableItsOwnLine) {
  LevelDevice device(host_, 3);
  device.in_handler = [&] { device.source.disable(); };
  device.connect(*world_);
  host_.set_line(3, true);
  run_until_idle();
  EXPECT_EQ(device.handled, 1);
  EXPECT_TRUE(host_.is_masked(3));
  device.source.release_line();
}

TEST_F(ManualWorld, ReleasedLineDropsWhatWasPending) {
  LevelDevice a(host_, 3), b(host_, 4), c(host_, 5);
  a.connect(*world_);
  b.connect(*world_);
  c.connect(*world_);
  host_.set_line(3, true);
  host_.set_line(4, true);
  host_.set_line(5, true);
  b.source.release_line();
  run_until_idle();
  EXPECT_EQ(a.handled, 1);
  EXPECT_EQ(b.handled, 0);
  EXPECT_EQ(c.handled, 1);
  a.source.release_line();
  c.source.release_line();
}

TEST_F(ManualWorld, MessagesAreDeliveredInOrderAndNotMasked) {
  struct Vector {
    std::vector<int>* order;
    int id;
    IrqSource source;
  };
  std::vector<int> order;
  Vector vectors[3] = {{&order, 0, {}}, {&order, 1, {}}, {&order, 2, {}}};
  IrqSource* sources[3];
  for (int i = 0; i < 3; ++i) {
    sources[i] = &vectors[i].source;
    sources[i]->init(
        *world_,
        [](void* arg) {
          auto* v = static_cast<Vector*>(arg);
          v->order->push_back(v->id);
          return true;
        },
        &vectors[i]);
  }
  graft_msi_message_t messages[3];
  ASSERT_EQ(IrqSource::alloc_msi(*world_, 0x18, 3, sources, messages), GRAFT_OK);
  for (int i : {2, 0, 1, 0}) host_.send_msi(messages[i]);
  run_until_idle();
  EXPECT_EQ(order, (std::vector<int>{2, 0, 1}));
  EXPECT_EQ(host_.mask_calls(), 0u);

  sources[1]->disable();
  host_.send_msi(messages[1]);
  run_until_idle();
  EXPECT_EQ(order.size(), 3u);
  sources[1]->enable();
  run_until_idle();
  EXPECT_EQ(order.back(), 1);
  EXPECT_EQ(order.size(), 4u);
  IrqSource::free_msi(*world_, 0x18, 3, sources);
  EXPECT_EQ(host_.msi_in_use(), 0u);
}

TEST_F(ManualWorld, MessageDuringItsHandlerRunsItAgain) {
  struct State {
    fakes::ManualHost* host;
    graft_msi_message_t message;
    int count = 0;
  } state{&host_, {}};
  IrqSource source;
  source.init(
      *world_,
      [](void* arg) {
        auto* s = static_cast<State*>(arg);
        if (++s->count == 1) s->host->send_msi(s->message);
        return true;
      },
      &state);
  IrqSource* sources[] = {&source};
  ASSERT_EQ(IrqSource::alloc_msi(*world_, 0x18, 1, sources, &state.message), GRAFT_OK);
  host_.send_msi(state.message);
  run_until_idle();
  EXPECT_EQ(state.count, 2);
  IrqSource::free_msi(*world_, 0x18, 1, sources);
}

TEST_F(ManualWorld, ClaimOfATakenLineFails) {
  LevelDevice a(host_, 3);
  a.connect(*world_);
  IrqSource second;
  second.init(
      *world_, [](void*) { return true; }, nullptr);
  EXPECT_EQ(second.claim_line(3), GRAFT_E_EXIST);
  second.release_line();
  EXPECT_TRUE(host_.is_claimed(3));
  a.source.release_line();
}

/// A device on a line that it may share.
struct SharingDevice {
  bool interrupts = false;
  int handled = 0;
  LineAction action{[](void* arg) {
                      auto* self = static_cast<SharingDevice*>(arg);
                      if (!self->interrupts) return false;
                      self->interrupts = false;
                      ++self->handled;
                      return true;
                    },
                    this};
};

TEST_F(ManualWorld, SharedLineRunsTheHandlersOfAllItsDevices) {
  SharingDevice a, b;
  ASSERT_EQ(SharedLine::add(*world_, 6, a.action), GRAFT_OK);
  ASSERT_EQ(SharedLine::add(*world_, 6, b.action), GRAFT_OK);
  b.interrupts = true;
  host_.set_line(6, true);
  host_.set_line(6, false);
  run_until_idle();
  EXPECT_EQ(a.handled, 0);
  EXPECT_EQ(b.handled, 1);
  EXPECT_EQ(stats().interrupts_spurious, 0u);
  SharedLine::remove(*world_, a.action);
  EXPECT_TRUE(host_.is_claimed(6));
  a.interrupts = b.interrupts = true;
  host_.set_line(6, true);
  host_.set_line(6, false);
  run_until_idle();
  EXPECT_EQ(a.handled, 0);
  EXPECT_EQ(b.handled, 2);
  SharedLine::remove(*world_, b.action);
  EXPECT_FALSE(host_.is_claimed(6));
  SharedLine::remove(*world_, b.action);
}

TEST_F(ManualWorld, SharedLineStaysMaskedUntilEveryDeviceEnabledIt) {
  SharingDevice a, b;
  ASSERT_EQ(SharedLine::add(*world_, 6, a.action), GRAFT_OK);
  ASSERT_EQ(SharedLine::add(*world_, 6, b.action), GRAFT_OK);
  SharedLine::disable(a.action);
  SharedLine::disable(a.action);
  SharedLine::disable(b.action);
  b.interrupts = true;
  host_.set_line(6, true);
  run_until_idle();
  EXPECT_TRUE(host_.is_masked(6));
  SharedLine::enable(a.action);
  run_until_idle();
  EXPECT_EQ(b.handled, 0);
  // A device that goes takes its hold with it; one that still asserts the line would interrupt at once.
  host_.set_line(6, false);
  SharedLine::remove(*world_, b.action);
  EXPECT_FALSE(host_.is_masked(6));
  SharedLine::remove(*world_, a.action);
}

TEST_F(ManualWorld, SharedLineReportsARefusedClaim) {
  SharingDevice a;
  EXPECT_EQ(SharedLine::add(*world_, 999, a.action), GRAFT_E_INVAL);
  ASSERT_EQ(SharedLine::add(*world_, 6, a.action), GRAFT_OK) << "nothing is left of the refusal";
  SharedLine::remove(*world_, a.action);
}

}  // namespace
}  // namespace graft
