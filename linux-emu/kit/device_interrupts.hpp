// SPDX-License-Identifier: GPL-2.0-only
/// What is known of the interrupts of one device, and a look at whether they come at all.
#ifndef GRAFT_LINUX_EMU_KIT_DEVICE_INTERRUPTS_HPP
#define GRAFT_LINUX_EMU_KIT_DEVICE_INTERRUPTS_HPP

#include "glue/registry/driver_entry.h"
#include "glue/world/timer.hpp"

namespace graft::lx {

/// A few objects in no order, each with a member `next`; needs no construction at run time, as boost's lists do.
template <class T>
struct Chain {
  void add(T& object) {
    object.next = first;
    first = &object;
  }
  void remove(T& object) {
    T** at = &first;
    while (*at != &object) at = &(*at)->next;
    *at = object.next;
  }

  T* first = nullptr;
};

/// A driver whose interrupts do not come waits, repeats or gives up in ways of its own, none of which names the cause.
/// So whoever knows that the device has something to report says so, and if after some time not one interrupt came,
/// the log says which callbacks of the host to look at. Costs nothing while interrupts come.
class DeviceInterrupts {
 public:
  /// Says whether the device has something to report by an interrupt. @context handler
  using Waits = bool (*)(void* arg);

  explicit DeviceInterrupts(graft_attachment_t* attachment);
  ~DeviceInterrupts();
  DeviceInterrupts(const DeviceInterrupts&) = delete;
  DeviceInterrupts& operator=(const DeviceInterrupts&) = delete;

  /// The device with messages of this function, or null. @context world
  static DeviceInterrupts* of_function(graft_pci_address_t function);

  /// Looks now and then, until the first interrupt, whether the device waits for one. @context world
  void watch(Waits waits, void* arg);
  /// Ends that. @context world
  void unwatch();

  /// Logs what to look at, if the device has interrupts and none came. `what` begins the line. @context world
  void explain(const char* what);

  uint32_t messages() const { return messages_; }
  uint64_t by_message() const { return by_message_; }
  /// Interrupts of the line that the device's pin drives; none while it has messages. @context world
  uint64_t by_line() const;

  // ---- For the sources ----
  void message_added() {
    ++messages_;
    had_messages_ = true;
  }
  void message_removed() { --messages_; }
  void message_came() { ++by_message_; }

  DeviceInterrupts* next = nullptr;

 private:
  bool line_is_used() const;
  void look();
  void look_later();

  graft_attachment_t* attachment_;
  graft_pci_address_t function_;
  uint32_t line_ = UINT32_MAX;
  uint64_t line_before_ = 0;  ///< interrupts of the line that came for others, before
  uint32_t messages_ = 0;
  bool had_messages_ = false;
  bool waited_ = false;  ///< at the look before
  uint64_t by_message_ = 0;
  Timer timer_;
  Waits waits_ = nullptr;
  void* waits_arg_ = nullptr;
};

}  // namespace graft::lx

#endif
