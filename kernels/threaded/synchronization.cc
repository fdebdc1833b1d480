// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/threaded/synchronization.hpp"

#include "kernels/support/cpu.hpp"
#include "kernels/support/panic.hpp"

namespace graft::threaded {

using support::InterruptsOff;

void Mutex::lock() {
  InterruptsOff guard;
  Thread* const self = current_thread();
  if (owner_ == self) support::panic("Mutex: \"%s\" locks what it holds", self->name);
  if (owner_ == nullptr) {
    owner_ = self;
    return;
  }
  waiting_.push_back(*self);
  block(kForever);  // unlock() made this thread the owner
}

bool Mutex::try_lock() {
  InterruptsOff guard;
  if (owner_ != nullptr) return false;
  owner_ = current_thread();
  return true;
}

void Mutex::unlock() {
  InterruptsOff guard;
  if (owner_ != current_thread()) support::panic("Mutex: \"%s\" unlocks what it does not hold", current_thread()->name);
  if (waiting_.empty()) {
    owner_ = nullptr;
    return;
  }
  owner_ = &waiting_.front();
  waiting_.pop_front();
  make_ready(owner_);
}

bool Semaphore::acquire(uint64_t deadline_ns) {
  InterruptsOff guard;
  if (count_ > 0) {
    --count_;
    return true;
  }
  waiting_.push_back(*current_thread());
  return block(deadline_ns);
}

void Semaphore::release() {
  InterruptsOff guard;
  if (waiting_.empty()) {
    ++count_;
    return;
  }
  Thread& thread = waiting_.front();
  waiting_.pop_front();
  make_ready(&thread);
}

}  // namespace graft::threaded
