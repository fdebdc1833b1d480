// SPDX-License-Identifier: BSD-2-Clause
/// Mutex and semaphore for programs on the threaded host. The kit itself needs only park and unpark.
#ifndef GRAFT_KERNELS_THREADED_SYNCHRONIZATION_HPP
#define GRAFT_KERNELS_THREADED_SYNCHRONIZATION_HPP

#include <cstdint>

#include "kernels/threaded/scheduler.hpp"

namespace graft::threaded {

/// Handed over in the order of arrival. There is no priority inheritance, and it does not nest.
class Mutex {
 public:
  /// @context thread  @blocks may
  void lock();
  /// @context thread  @blocks never
  bool try_lock();
  /// Panics unless the caller owns it. @context thread
  void unlock();

 private:
  Thread* owner_ = nullptr;
  WaitList<Thread> waiting_;
};

class MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// Counts; woken in the order of arrival.
class Semaphore {
 public:
  explicit Semaphore(uint32_t count = 0) : count_(count) {}

  /// Takes one, waiting for it until the deadline; false if that came first. @context thread  @blocks may
  bool acquire(uint64_t deadline_ns = kForever);
  /// Adds one. @context thread+irq  @blocks never
  void release();

 private:
  uint32_t count_;
  WaitList<Thread> waiting_;
};

}  // namespace graft::threaded

#endif
