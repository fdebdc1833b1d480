// SPDX-License-Identifier: BSD-2-Clause
#include "tests/fakes/osenv/threaded_host.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>

namespace graft::fakes {
namespace {

struct Permit {
  std::mutex mutex;
  std::condition_variable condition;
  bool given = false;
};

/// A thread may be unparked when it has just ended, so permits outlive their threads; a new thread takes an old one.
struct PermitPool {
  std::mutex mutex;
  std::deque<Permit> permits;
  std::vector<Permit*> free;

  Permit* take() {
    std::lock_guard lock(mutex);
    if (free.empty()) return &permits.emplace_back();
    Permit* permit = free.back();
    free.pop_back();
    return permit;
  }
  void put(Permit* permit) {
    std::lock_guard lock(mutex);
    free.push_back(permit);
  }
};

PermitPool& pool() {
  static PermitPool instance;
  return instance;
}

struct ThreadPermit {
  Permit* permit = pool().take();
  ~ThreadPermit() { pool().put(permit); }
};

thread_local ThreadPermit this_thread_permit;

}  // namespace

uint64_t ThreadedHost::clock_now_ns() {
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

void* ThreadedHost::thread_self() { return this_thread_permit.permit; }

void ThreadedHost::park(uint64_t deadline_ns) {
  Permit& permit = *this_thread_permit.permit;
  std::unique_lock lock(permit.mutex);
  if (deadline_ns == GRAFT_FOREVER) {
    permit.condition.wait(lock, [&] { return permit.given; });
  } else {
    std::chrono::steady_clock::time_point deadline{std::chrono::nanoseconds(deadline_ns)};
    permit.condition.wait_until(lock, deadline, [&] { return permit.given; });
  }
  permit.given = false;
}

void ThreadedHost::unpark(void* thread) {
  auto& permit = *static_cast<Permit*>(thread);
  std::lock_guard lock(permit.mutex);
  permit.given = true;
  permit.condition.notify_one();
}

}  // namespace graft::fakes
