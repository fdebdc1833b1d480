// SPDX-License-Identifier: BSD-2-Clause
/// Work: what a handler leaves for later. Runs once for each raise, in the world's loop, outside handlers and fibers.
#ifndef GRAFT_GLUE_WORLD_WORK_HPP
#define GRAFT_GLUE_WORLD_WORK_HPP

#include <stdint.h>

#include <boost/intrusive/slist.hpp>

namespace graft {

/// Raised by World::raise(). The function runs on the stack of the thread that runs the world; it may make upcalls and
/// must not block.
class Work {
 public:
  using Function = void (*)(void* arg);

  Work(Function fn, void* arg) : fn_(fn), arg_(arg) {}
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  bool is_raised() const { return raised_; }

 private:
  friend class World;

  boost::intrusive::slist_member_hook<> hook_;
  Function fn_;
  void* arg_;
  bool raised_ = false;

 public:
  /// Room for the user, in what would be padding.
  int32_t result = 0;

  using Queue =
      boost::intrusive::slist<Work,
                              boost::intrusive::member_hook<Work, boost::intrusive::slist_member_hook<>, &Work::hook_>,
                              boost::intrusive::constant_time_size<false>, boost::intrusive::cache_last<true>>;
};

}  // namespace graft

#endif
