// SPDX-License-Identifier: BSD-2-Clause
/// Runnable threads by priority, in turn within one priority.
#ifndef GRAFT_KERNELS_THREADED_READY_QUEUE_HPP
#define GRAFT_KERNELS_THREADED_READY_QUEUE_HPP

#include <bit>
#include <boost/intrusive/list.hpp>
#include <cstdint>

namespace graft::threaded {

/// Unlinks itself on request: a wait may end by its deadline, when nobody has its list at hand.
using QueueHook = boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// Threads that stand in line for something; T has a member `QueueHook queue_hook`.
template <typename T>
using WaitList = boost::intrusive::list<T, boost::intrusive::member_hook<T, QueueHook, &T::queue_hook>,
                                        boost::intrusive::constant_time_size<false>>;

/// T has members `QueueHook queue_hook` and `uint8_t priority` (below kPriorities, higher runs first).
template <typename T>
class ReadyQueue {
 public:
  static constexpr int kPriorities = 32;

  void push_back(T& thread) {
    lists_[thread.priority].push_back(thread);
    occupied_ |= uint32_t{1} << thread.priority;
  }

  /// For a thread that was preempted before its time slice ended.
  void push_front(T& thread) {
    lists_[thread.priority].push_front(thread);
    occupied_ |= uint32_t{1} << thread.priority;
  }

  bool empty() const { return occupied_ == 0; }

  /// Priority of the next thread, -1 if there is none.
  int top_priority() const { return std::bit_width(occupied_) - 1; }

  bool has(uint8_t priority) const { return occupied_ >> priority & 1; }

  /// Takes out the next thread; null if there is none.
  T* pop() {
    if (empty()) return nullptr;
    const int priority = top_priority();
    WaitList<T>& list = lists_[priority];
    T& thread = list.front();
    list.pop_front();
    if (list.empty()) occupied_ &= ~(uint32_t{1} << priority);
    return &thread;
  }

 private:
  WaitList<T> lists_[kPriorities];
  uint32_t occupied_ = 0;
};

}  // namespace graft::threaded

#endif
