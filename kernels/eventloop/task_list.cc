// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "kernels/eventloop/task.hpp"

namespace graft::eventloop {

void TaskList::add(Task& task) {
  if (task.hook_.is_linked()) return;
  task.deadline_ns_ = 0;
  task.added_in_ = round_;
  tasks_.push_back(task);
}

void TaskList::remove(Task& task) {
  if (!task.hook_.is_linked()) return;
  if (next_ != tasks_.end() && &*next_ == &task) ++next_;
  if (running_ == &task) running_ = nullptr;
  tasks_.erase(tasks_.iterator_to(task));
}

uint64_t TaskList::poll(uint64_t (*clock)()) {
  uint64_t now_ns = clock();
  ++round_;
  for (next_ = tasks_.begin(); next_ != tasks_.end();) {
    Task& task = *next_++;
    if (task.added_in_ == round_) continue;
    // The flag goes first: a wake from here on brings another poll.
    if (!task.woken_.exchange(false, std::memory_order_acquire) && task.deadline_ns_ > now_ns) continue;
    ++polls_;
    running_ = &task;
    const uint64_t deadline_ns = task.poll_(task.arg_);
    // A poll may end its task, even its life.
    if (running_ != nullptr) task.deadline_ns_ = deadline_ns;
    running_ = nullptr;
    const uint64_t after_ns = clock();
    longest_poll_ns_ = std::max(longest_poll_ns_, after_ns - now_ns);
    now_ns = after_ns;
  }
  uint64_t next_ns = kForever;
  for (const Task& task : tasks_) {
    if (task.woken_.load(std::memory_order_relaxed)) return 0;
    next_ns = std::min(next_ns, task.deadline_ns_);
  }
  return next_ns;
}

}  // namespace graft::eventloop
