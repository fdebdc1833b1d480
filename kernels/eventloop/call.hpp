// SPDX-License-Identifier: BSD-2-Clause
/// Call: a method that may block, carried out without waiting for it.
#ifndef GRAFT_KERNELS_EVENTLOOP_CALL_HPP
#define GRAFT_KERNELS_EVENTLOOP_CALL_HPP

#include <graft/world.h>

#include "kernels/eventloop/task.hpp"

namespace graft::eventloop {

/// A graft_call_async() whose end comes in the loop, where everything may be called, and not as an upcall.
class Call {
 public:
  /// What to do. @context fiber  @blocks may
  using Function = graft_error_t (*)(void* arg);
  /// Its end; `status` is what the function returned. The Call may be started again here, or end its life.
  /// @context loop
  using Done = void (*)(void* arg, graft_error_t status);

  Call() : end_(report, this) {}

  /// Runs fn(arg) as a fiber of the world that the loop runs, then done(arg, status).
  /// @context loop, upcall  @blocks never  @completes by done, exactly once iff OK, never inside this call
  /// @errors BADSTATE: it runs already, or the loop runs no world; NOMEM: no stack; GONE: the world is stopping
  graft_error_t start(Function fn, void* arg, Done done);

  [[nodiscard]] bool is_running() const { return running_; }

 private:
  static graft_error_t run(void* self);
  static void on_done(graft_async_call_t* async, graft_error_t status);
  static uint64_t report(void* self);

  Task end_;
  graft_async_call_t async_{};
  Function fn_ = nullptr;
  void* arg_ = nullptr;
  Done done_ = nullptr;
  graft_error_t status_ = GRAFT_OK;
  bool running_ = false;
};

}  // namespace graft::eventloop

#endif
