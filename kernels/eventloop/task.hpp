// SPDX-License-Identifier: BSD-2-Clause
/// Task: something of the program that the loop polls when it was woken or its time has come.
#ifndef GRAFT_KERNELS_EVENTLOOP_TASK_HPP
#define GRAFT_KERNELS_EVENTLOOP_TASK_HPP

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <cstdint>

namespace graft::eventloop {

inline constexpr uint64_t kForever = UINT64_MAX;

class Task {
 public:
  /// Does what is ready, and gives the clock value at which to be polled again without a wake: 0 for "at once, after
  /// the others", kForever for never. It must not wait. @context loop
  using Poll = uint64_t (*)(void* arg);

  Task(Poll poll, void* arg) : poll_(poll), arg_(arg) {}
  ~Task() { remove(); }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  /// Registers it, due at once; no effect if it is registered. @context loop, upcall
  void add();
  /// Ends that; a poll may remove its own task and others. @context loop, upcall
  void remove();
  /// Makes it due. Several wakes before its poll are one; a wake during the poll brings another. No effect on a task
  /// that is not registered. @context any, irq
  void wake();

 private:
  friend class TaskList;

  boost::intrusive::list_member_hook<> hook_;
  Poll poll_;
  void* arg_;
  std::atomic<bool> woken_{false};
  uint64_t deadline_ns_ = kForever;
  uint64_t added_in_ = 0;  ///< the round in which it was added, which passes it by
};

/// The tasks of a loop, for the loop itself.
class TaskList {
 public:
  void add(Task& task);
  void remove(Task& task);
  /// @context any, irq
  static void wake(Task& task) { task.woken_.store(true, std::memory_order_release); }

  /// Polls each task that is due, once, in the order in which they were added; what is added meanwhile waits for the
  /// next round. `clock` gives the time.
  /// @returns the clock value at which the next is due; 0: at once
  uint64_t poll(uint64_t (*clock)());

  uint64_t polls() const { return polls_; }
  uint64_t longest_poll_ns() const { return longest_poll_ns_; }

 private:
  using List =
      boost::intrusive::list<Task,
                             boost::intrusive::member_hook<Task, boost::intrusive::list_member_hook<>, &Task::hook_>,
                             boost::intrusive::constant_time_size<false>>;

  List tasks_;
  List::iterator next_ = tasks_.end();  ///< of the round that runs
  Task* running_ = nullptr;             ///< whose poll runs; null once that removed it
  uint64_t round_ = 0;
  uint64_t polls_ = 0;
  uint64_t longest_poll_ns_ = 0;
};

}  // namespace graft::eventloop

#endif
