// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "kernels/threaded/ready_queue.hpp"
#include "kernels/threaded/sleep_queue.hpp"

namespace {

using namespace graft::threaded;

struct Task {
  explicit Task(uint8_t p, uint64_t d = 0) : deadline_ns(d), priority(p) {}
  QueueHook queue_hook;
  SleepHook sleep_hook;
  uint64_t deadline_ns;
  uint8_t priority;
};

TEST(ReadyQueue, IsEmptyAtFirst) {
  ReadyQueue<Task> queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.top_priority(), -1);
  EXPECT_EQ(queue.pop(), nullptr);
}

TEST(ReadyQueue, TakesTheHighestPriorityAndWithinItTheFirst) {
  ReadyQueue<Task> queue;
  Task low(0), middle(5), also_middle(5), high(31);
  for (Task* task : {&low, &middle, &also_middle, &high}) queue.push_back(*task);
  EXPECT_EQ(queue.top_priority(), 31);
  EXPECT_TRUE(queue.has(5));
  EXPECT_FALSE(queue.has(6));
  for (Task* task : {&high, &middle, &also_middle, &low}) EXPECT_EQ(queue.pop(), task);
  EXPECT_TRUE(queue.empty());
}

TEST(ReadyQueue, APreemptedThreadGoesToTheFront) {
  ReadyQueue<Task> queue;
  Task first(3), second(3);
  queue.push_back(first);
  queue.push_front(second);
  EXPECT_EQ(queue.pop(), &second);
  EXPECT_EQ(queue.pop(), &first);
}

TEST(WaitList, AWaiterCanLeaveOnItsOwn) {
  WaitList<Task> list;
  Task first(1), second(1);
  list.push_back(first);
  list.push_back(second);
  first.queue_hook.unlink();
  EXPECT_EQ(&list.front(), &second);
  first.queue_hook.unlink();  // not linked: nothing happens
  second.queue_hook.unlink();
  EXPECT_TRUE(list.empty());
}

TEST(SleepQueue, WakesInTheOrderOfDeadlines) {
  SleepQueue<Task> queue;
  std::mt19937 random(3);
  std::vector<Task> tasks;
  tasks.reserve(200);
  for (int i = 0; i < 200; ++i) queue.insert(tasks.emplace_back(1, 1 + random() % 50));
  uint64_t last = 0;
  int woken = 0;
  for (uint64_t now = 0; now <= 50; ++now) {
    while (Task* task = queue.pop_expired(now)) {
      EXPECT_EQ(task->deadline_ns, now);
      EXPECT_GE(task->deadline_ns, last);
      last = task->deadline_ns;
      ++woken;
    }
    EXPECT_GT(queue.next_deadline_ns(), now);
  }
  EXPECT_EQ(woken, 200);
  EXPECT_EQ(queue.next_deadline_ns(), UINT64_MAX);
  EXPECT_EQ(queue.pop_expired(UINT64_MAX), nullptr);
}

TEST(SleepQueue, RemovesWhatIsQueuedAndIgnoresWhatIsNot) {
  SleepQueue<Task> queue;
  Task early(1, 10), late(1, 20);
  queue.remove(early);
  queue.insert(early);
  queue.insert(late);
  queue.remove(early);
  EXPECT_EQ(queue.next_deadline_ns(), 20u);
  EXPECT_EQ(queue.pop_expired(19), nullptr);
  EXPECT_EQ(queue.pop_expired(20), &late);
}

}  // namespace
