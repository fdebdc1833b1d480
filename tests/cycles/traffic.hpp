// SPDX-License-Identifier: BSD-2-Clause
/// Traffic on a device from threads of its own, while the test takes the device away under it.
#ifndef GRAFT_TESTS_CYCLES_TRAFFIC_HPP
#define GRAFT_TESTS_CYCLES_TRAFFIC_HPP

#include <graft/kit.h>

#include <atomic>
#include <graft/device.hpp>

#include "kernels/threaded/host.hpp"

namespace graft::test {

class Traffic {
 public:
  virtual ~Traffic() = default;

  /// Takes up the interfaces of a device that was just attached, and lets the threads go. False if there are none.
  virtual bool start(const Device& device) = 0;
  /// A device that is detached or gone: everything that it accepted has come back, and what is held of it answers GONE.
  /// Gives all of it back. False, with a line that says why, if a rule was broken.
  virtual bool finish() = 0;
  /// The peer was detached: gives back what is held of it, with the same rules. Not while anything is started.
  virtual bool peer_left() { return true; }
  /// It was attached again.
  virtual bool peer_came(const Device&) { return true; }
  /// Packets or requests that were carried out since the beginning.
  virtual uint64_t carried() const = 0;
};

/// For a disk, or for a card that has `peer` on its wire. Lives as long as the image; null if memory ran out.
Traffic* make_disk_traffic();
Traffic* make_card_traffic(graft_world_t* world, const Device& peer);

/// A thread that calls a function again and again while it is let go.
class Loop {
 public:
  /// @context thread, once
  void create(const char* name, bool (*turn)(void* arg), void* arg);
  void go() {
    running_ = true;
    go_.release();
  }
  /// Returns when the thread is out of the function, which must come back by itself. False if it does not.
  bool halt();

 private:
  static void run(void* self);

  bool (*turn_)(void*) = nullptr;  ///< false: nothing to do at the moment
  void* arg_ = nullptr;
  std::atomic<bool> running_{false};
  threaded::Semaphore go_, halted_;
};

}  // namespace graft::test

#endif
