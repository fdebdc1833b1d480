// SPDX-License-Identifier: BSD-2-Clause
// The tasks of the event loop host: which is polled when.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "kernels/eventloop/task.hpp"

namespace graft::eventloop {
namespace {

TaskList g_list;
uint64_t g_now_ns;
std::string g_order;

uint64_t now_ns() { return g_now_ns; }
uint64_t poll() { return g_list.poll(now_ns); }

/// A task that notes its name and does what the case says.
struct Named {
  explicit Named(char n) : name(n) { task.add(); }

  static uint64_t poll(void* arg) {
    auto* self = static_cast<Named*>(arg);
    g_order += self->name;
    const auto action = self->action;
    return action ? action() : kForever;
  }

  char name;
  std::function<uint64_t()> action;
  Task task{poll, this};
};

class Tasks : public testing::Test {
 protected:
  void SetUp() override {
    g_now_ns = 1000;
    g_order.clear();
  }
};

}  // namespace

// What the loop does on top of this is no matter here.
void Task::add() { g_list.add(*this); }
void Task::remove() { g_list.remove(*this); }
void Task::wake() { g_list.wake(*this); }

namespace {

TEST_F(Tasks, ArePolledOnceInTheOrderOfTheirAddition) {
  Named a('a'), b('b'), c('c');
  EXPECT_EQ(poll(), kForever);
  EXPECT_EQ(g_order, "abc");
  EXPECT_EQ(poll(), kForever);
  EXPECT_EQ(g_order, "abc");
}

TEST_F(Tasks, AWokenTaskIsPolledAndNoOther) {
  Named a('a'), b('b');
  poll();
  b.task.wake();
  b.task.wake();
  EXPECT_EQ(poll(), kForever);
  EXPECT_EQ(g_order, "abb");
}

TEST_F(Tasks, AreDueAtTheirDeadlines) {
  Named a('a'), b('b');
  a.action = [] { return g_now_ns < 1500 ? 1500 : kForever; };
  b.action = [] { return g_now_ns < 1200 ? 1200 : kForever; };
  EXPECT_EQ(poll(), 1200u);
  g_now_ns = 1199;
  EXPECT_EQ(poll(), 1200u);
  g_now_ns = 1200;
  EXPECT_EQ(poll(), 1500u);
  EXPECT_EQ(g_order, "abb");
  g_now_ns = 1600;
  EXPECT_EQ(poll(), kForever);
  EXPECT_EQ(g_order, "abba");
}

TEST_F(Tasks, AWakeReplacesTheDeadlineByWhatThePollSays) {
  Named a('a');
  a.action = [] { return g_now_ns + 100; };
  EXPECT_EQ(poll(), 1100u);
  g_now_ns = 1050;
  a.task.wake();
  EXPECT_EQ(poll(), 1150u);
}

TEST_F(Tasks, AWakeDuringThePollBringsAnother) {
  Named a('a');
  int left = 2;
  a.action = [&] {
    if (left-- > 0) a.task.wake();
    return kForever;
  };
  EXPECT_EQ(poll(), 0u);
  EXPECT_EQ(poll(), 0u);
  EXPECT_EQ(poll(), kForever);
  EXPECT_EQ(g_order, "aaa");
}

TEST_F(Tasks, OneThatIsAlwaysDueDoesNotKeepTheOthersFromTheirTurn) {
  Named a('a'), b('b');
  a.action = [] { return 0; };
  EXPECT_EQ(poll(), 0u);
  b.task.wake();
  EXPECT_EQ(poll(), 0u);
  EXPECT_EQ(g_order, "abab");
}

TEST_F(Tasks, APollMayRemoveItsOwnTaskAndOthers) {
  Named a('a'), b('b'), c('c');
  a.action = [&] {
    a.task.remove();
    b.task.remove();
    return 0;
  };
  EXPECT_EQ(poll(), kForever);
  EXPECT_EQ(g_order, "ac");
  a.task.wake();
  EXPECT_EQ(poll(), kForever);
  EXPECT_EQ(g_order, "ac");
}

TEST_F(Tasks, APollMayEndTheLifeOfItsTask) {
  auto* a = new Named('a');
  Named b('b');
  a->action = [a] {
    delete a;
    return 0;
  };
  EXPECT_EQ(poll(), kForever);
  EXPECT_EQ(g_order, "ab");
}

TEST_F(Tasks, OneThatIsAddedInAPollIsDueAtOnce) {
  Named a('a'), b('b');
  b.task.remove();
  a.action = [&] {
    b.task.add();
    return kForever;
  };
  poll();
  poll();
  EXPECT_EQ(g_order, "ab");
  // Again, after its own poll removed it.
  a.action = [&] {
    a.action = nullptr;
    a.task.remove();
    a.task.add();
    return kForever;
  };
  a.task.wake();
  EXPECT_EQ(poll(), 0u);
  EXPECT_EQ(poll(), kForever);
  EXPECT_EQ(g_order, "abaa");
}

TEST_F(Tasks, TheLongestPollIsMeasured) {
  Named a('a');
  a.action = [] {
    g_now_ns += 70'000;
    return kForever;
  };
  poll();
  a.action = nullptr;
  a.task.wake();
  poll();
  EXPECT_EQ(g_list.longest_poll_ns(), 70'000u);
}

}  // namespace
}  // namespace graft::eventloop
