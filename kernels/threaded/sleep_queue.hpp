// SPDX-License-Identifier: BSD-2-Clause
/// Threads that wait for a moment, by deadline.
#ifndef GRAFT_KERNELS_THREADED_SLEEP_QUEUE_HPP
#define GRAFT_KERNELS_THREADED_SLEEP_QUEUE_HPP

#include <boost/intrusive/set.hpp>
#include <cstdint>

namespace graft::threaded {

using SleepHook = boost::intrusive::set_member_hook<>;

/// T has members `SleepHook sleep_hook` and `uint64_t deadline_ns`, which stays as it is while the thread is queued.
template <typename T>
class SleepQueue {
 public:
  void insert(T& thread) { set_.insert(thread); }

  /// Takes a thread out if it is queued.
  void remove(T& thread) {
    if (thread.sleep_hook.is_linked()) set_.erase(set_.iterator_to(thread));
  }

  /// UINT64_MAX if none sleeps.
  uint64_t next_deadline_ns() const { return set_.empty() ? UINT64_MAX : set_.begin()->deadline_ns; }

  /// Takes out the thread whose deadline came first if that is not after `now_ns`; null if there is none.
  T* pop_expired(uint64_t now_ns) {
    if (next_deadline_ns() > now_ns || set_.empty()) return nullptr;
    T& thread = *set_.begin();
    set_.erase(set_.begin());
    return &thread;
  }

 private:
  struct Earlier {
    bool operator()(const T& a, const T& b) const { return a.deadline_ns < b.deadline_ns; }
  };
  boost::intrusive::multiset<T, boost::intrusive::member_hook<T, SleepHook, &T::sleep_hook>,
                             boost::intrusive::compare<Earlier>, boost::intrusive::constant_time_size<false>>
      set_;
};

}  // namespace graft::threaded

#endif
