// SPDX-License-Identifier: BSD-2-Clause
/// The world: fibers, timers, interrupts and work of one image, run by one executor at a time.
///
/// Who runs what, and where:
///  - The *runner* is the thread in graft_world_serve(), graft_world_run() or run_here(). In its loop, on its own
///  stack,
///    it runs timers and handlers, soft interrupts, work, and switches to runnable fibers.
///  - Any other host thread between enter() and leave() is a *host task*: it may call into drivers, but it runs no
///    fibers, work or soft interrupts; these are left to the runner, so that upcalls come from the runner alone.
///    Handlers of interrupts do run there, at safe points and at leave().
///  - graft_world_call() runs its own fiber on the calling thread until that first blocks; then it is the runner's.
#ifndef GRAFT_GLUE_WORLD_WORLD_HPP
#define GRAFT_GLUE_WORLD_WORLD_HPP

#include <graft/world.h>

#include "glue/world/cpu_state.h"
#include "glue/world/executor.hpp"
#include "glue/world/fiber.hpp"
#include "glue/world/heap.hpp"
#include "glue/world/host.hpp"
#include "glue/world/irq.hpp"
#include "glue/world/timer.hpp"
#include "glue/world/work.hpp"

struct graft_world {};

namespace graft {

/// What an emulation environment registers. Each function may be null. All are called in world context.
struct EnvironmentHooks {
  void* arg;
  /// A fiber is about to start; sets fiber->env(slot). A pooled stack may still carry the object of an earlier fiber.
  /// @errors NOMEM: the fiber is not started
  graft_error_t (*fiber_created)(void* arg, Fiber* fiber);
  /// A fiber's function returned; runs on the loop's stack.
  void (*fiber_exited)(void* arg, Fiber* fiber);
  /// The stack, with what env(slot) points to, goes back to the host.
  void (*fiber_released)(void* arg, Fiber* fiber);
  /// The CPU goes from one context to the other; either may be the host task. current_env is set already.
  void (*on_switch)(void* arg, Fiber* from, Fiber* to);
  /// Runs the environment's soft interrupts until none is left or World::budget_left() is 0; World::charge() counts.
  /// Called on the runner's own stack, outside handlers and upcalls. @returns true if some are left
  bool (*run_soft)(void* arg);
  /// Time went on: at least once for each turn of the loop and of a polling loop. Advances jiffies.
  void (*on_time)(void* arg, uint64_t now_ns);
};

class World : public graft_world {
 public:
  /// Creates the image's world. Donor code has global state, so an image holds at most one world at a time.
  /// @context thread  @owns env: borrowed until destroy(); *out: the caller's
  /// @errors INVAL (see Host::init()); EXIST: there is one already; NOMEM. @onfail *out is null
  static graft_error_t create(const graft_osenv_t* env, World** out);
  /// Gives everything back. No fiber may be left and no thread inside. @context thread
  void destroy();
  /// The world of the image; null before create().
  static World* current();

  Host& host() { return host_; }
  Heap& heap() { return heap_; }

  /// Installs an environment's hooks in its slot, before any fiber exists. @context thread, world
  void set_hooks(unsigned environment, const EnvironmentHooks& hooks) { hooks_[environment] = hooks; }
  /// Sets the environment's object of the running context and of `current_env`.
  void set_env(unsigned environment, void* value) {
    current_->env_[environment] = value;
    cpu().current_env[environment] = value;
  }
  /// The object that host tasks run with. Set once, when no fiber runs.
  void set_host_env(unsigned environment, void* value);

  /// What other parts of glue keep for each world, with what gives it back when the world ends.
  enum class Local { kBufferPool, kInterruptLines, kCount };
  struct LocalSlot {
    void* value;
    void (*destroy)(World& world, void* value);
  };
  LocalSlot& local(Local slot) { return locals_[static_cast<unsigned>(slot)]; }

  // ---- Executor role ------------------------------------------------------------------------------------------------

  /// graft_world_enter(). Nested calls of a host task count; a fiber holds the role anyway.
  void enter() {
    void* self = host_.thread_self();
    if (executor_.try_acquire(self)) {
      host_depth_ = 1;
    } else {
      enter_again_or_wait(self);
    }
  }
  /// graft_world_leave().
  void leave() {
    if (current_ != &host_task_) return;
    if (host_depth_ != 1) {
      --host_depth_;
      return;
    }
    // Still inside: handlers that run here may enter and leave too.
    if (graft_cpu0.irq_pending || needs_runner_) leave_with_work();
    host_depth_ = 0;
    executor_.release(host_);
    // Came between the look and the release: whoever takes the role next sees it, and the runner will.
    if (graft_cpu0.irq_pending) kick_runner();
  }
  /// Says whether the calling thread has the role.
  bool in_world() { return executor_.owner() == host_.thread_self(); }
  /// Says whether another thread waits for the role; long loops of the runner give way by themselves.
  bool contended() const { return executor_.contended(); }

  // ---- Fibers: world context ----------------------------------------------------------------------------------------

  /// Starts a fiber, runnable. @owns name: static  @returns null: no memory
  Fiber* spawn(void (*fn)(void*), void* arg, const char* name) { return create_fiber(fn, arg, name, true); }
  /// Creates a fiber that stays blocked until make_runnable().
  Fiber* spawn_blocked(void (*fn)(void*), void* arg, const char* name) { return create_fiber(fn, arg, name, false); }
  /// Ends the running fiber. @context fiber
  [[noreturn]] void exit_fiber();

  /// The running context; the host task if no fiber runs.
  Fiber* current_fiber() { return current_; }
  /// Says whether the caller may block: it is a fiber, outside handlers and upcalls.
  bool can_block() const {
    return current_ != &host_task_ && graft_cpu0.upcall_depth == 0 && graft_cpu0.handler_depth == 0;
  }
  /// Blocks the running fiber until make_runnable(). Panics, naming the rule, where can_block() is false.
  /// @context fiber  @blocks may
  void block();
  /// Lets the other runnable fibers and pending events go first. @context fiber
  void yield();
  /// Blocks until the clock reaches `deadline_ns` or make_runnable(). @returns false if it was woken before
  bool sleep_until(uint64_t deadline_ns);
  /// Puts a blocked fiber into the run queue. @returns false if it was not blocked  @context world, handlers too
  bool make_runnable(Fiber* fiber);

  // ---- Timers, work, interrupts: world context ----------------------------------------------------------------------

  /// Arms a timer for an absolute deadline, or moves it.
  void arm(Timer& timer, uint64_t deadline_ns) {
    if (timers_.arm(timer, deadline_ns)) needs_runner_ = true;
  }
  /// @returns true if it was armed
  bool cancel(Timer& timer) { return timers_.cancel(timer); }
  uint64_t now_ns() { return host_.now_ns(); }

  /// Has the work run once more; no effect while it is raised already.
  void raise(Work& work);
  /// Takes raised work back. @returns true if it was raised
  bool withdraw(Work& work);

  /// Runs pending handlers now. Requires the virtual interrupt flag on. @context world
  void deliver();
  /// See graft_cpu_relax().
  void relax(const void* code);
  /// See graft_cpu_note_busy_wait().
  void note_busy_wait(uint64_t start_ns, uint64_t end_ns, const void* code);
  /// Says that an environment has soft interrupts to run, where it may not run them itself.
  void request_soft() {
    needs_runner_ = true;
    soft_requested_ = true;
  }
  /// True where soft interrupts and upcalls may run: in the runner's loop, on its own stack, outside upcalls.
  bool soft_allowed() const { return loop_active_ && current_ == &host_task_ && graft_cpu0.upcall_depth == 0; }

  /// Counts packets and requests against the budget of graft_world_run().
  void charge(uint32_t units) { budget_left_ -= units < budget_left_ ? units : budget_left_; }
  uint32_t budget_left() const { return budget_left_; }

  // ---- Running ------------------------------------------------------------------------------------------------------

  /// Runs fn(arg) in a fiber and the world with it until it has returned, as the runner, parking while idle: for
  /// creation and destruction, when nothing serves the world. @context thread  @blocks may  @errors NOMEM, BADSTATE
  graft_error_t run_here(graft_error_t (*fn)(void*), void* arg);

  graft_error_t run(uint32_t budget, bool* out_more, uint64_t* out_deadline_ns);
  graft_error_t serve();
  void stop();
  graft_error_t call(graft_error_t (*fn)(void*), void* arg);
  graft_error_t call_async(graft_async_call_t* call);
  void get_stats(graft_world_stats_t* out_stats);

  bool in_upcall() const { return graft_cpu0.upcall_depth != 0; }

 private:
  friend class IrqSource;
  friend class Upcall;
  friend void ::graft_world_irq(graft_irq_t* irq);

  struct CallRecord;

  World() = default;

  static graft_cpu_state& cpu() { return *graft_this_cpu(); }

  Fiber* create_fiber(void (*fn)(void*), void* arg, const char* name, bool runnable);
  static void fiber_entry(void* fiber);
  /// Runs a fiber from the host task until it blocks, yields or exits.
  void switch_to_fiber(Fiber* fiber);
  void switch_to_host_task();
  void finish_switch(Fiber* from, Fiber* to);
  void check_stack(Fiber* fiber);
  void reap(Fiber* fiber);

  /// The clock, for a turn of a loop. Panics where it went back.
  uint64_t sample_time() {
    const uint64_t now_ns = host_.now_ns();
    if (__builtin_expect(now_ns < sampled_ns_, 0)) host_.panic("osenv.clock_now_ns went back");
    return sampled_ns_ = now_ns;
  }
  /// The calling thread, where that may cost a look. Panics where it has no name.
  void* named_thread() {
    void* self = host_.thread_self();
    if (self == nullptr) host_.panic("osenv.thread_self gave null");
    return self;
  }
  void note_interrupt(graft_irq* irq);
  void collect_pending();
  void expire_timers(uint64_t now_ns);
  void enter_again_or_wait(void* self);
  void leave_with_work();
  void kick_runner();

  /// One turn of the loop. @returns true if there is more to do at once
  bool run_turn();
  /// Turns until idle, out of budget, stopped or `*until`. @returns true if there is more to do at once
  bool run_loop(const bool* until);
  void release_role_of_loop();

  Host host_;
  Heap heap_;
  Executor executor_;

  Fiber* current_ = nullptr;
  uint32_t host_depth_ = 0;
  bool needs_runner_ = false;  ///< something waits that only the runner does
  bool soft_requested_ = false;
  bool loop_active_ = false;
  uint32_t budget_left_ = 0;

  Fiber host_task_;
  Fiber* exited_ = nullptr;
  Fiber::RunQueue run_queue_;
  Fiber::AllList all_fibers_;
  FiberPool pool_;
  TimerQueue timers_;
  Work::Queue work_;

  std::atomic<graft_irq*> pending_{nullptr};  ///< pushed at any level, newest first
  graft_irq* collected_ = nullptr;            ///< the executor's, oldest first

  std::atomic<void*> runner_{nullptr};
  std::atomic<bool> served_{false};
  std::atomic<bool> stop_{false};

  uint64_t sampled_ns_ = 0;
  // The busy wait that goes on, or the last one.
  uint64_t wait_started_ns_ = 0;
  uint64_t wait_last_ns_ = 0;
  uint64_t wait_switches_ = 0;

  EnvironmentHooks hooks_[GRAFT_ENVIRONMENTS] = {};
  LocalSlot locals_[static_cast<unsigned>(Local::kCount)] = {};
  graft_world_stats_t stats_{};
};

/// The executor role for a scope.
class WorldScope {
 public:
  explicit WorldScope(World& world) : world_(world) { world_.enter(); }
  ~WorldScope() { world_.leave(); }
  WorldScope(const WorldScope&) = delete;
  WorldScope& operator=(const WorldScope&) = delete;

 private:
  World& world_;
};

/// The scope of an upcall. False inside another upcall: then nothing may be called, the caller queues what it has and
/// raises work for it.
class Upcall {
 public:
  explicit Upcall(World& world) : active_(graft_cpu0.upcall_depth == 0) {
    if (active_) {
      graft_cpu0.upcall_depth = 1;
      ++world.stats_.upcalls;
    }
  }
  ~Upcall() {
    if (active_) graft_cpu0.upcall_depth = 0;
  }
  Upcall(const Upcall&) = delete;
  Upcall& operator=(const Upcall&) = delete;
  explicit operator bool() const { return active_; }

 private:
  bool active_;
};

}  // namespace graft

#endif
