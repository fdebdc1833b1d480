// SPDX-License-Identifier: GPL-2.0-only
/// Instance: one device with a donor driver on it, and how its surprise removal is found.
#ifndef GRAFT_LINUX_EMU_KIT_INSTANCE_HPP
#define GRAFT_LINUX_EMU_KIT_INSTANCE_HPP

#include <boost/intrusive/list.hpp>

#include "glue/registry/driver_entry.h"
#include "glue/world/timer.hpp"
#include "linux-emu/boundary/pci.h"
#include "linux-emu/kit/device_interrupts.hpp"

namespace graft::lx {

struct Driver;

/// It is what the emulation knows as the attachment of a PCI device. @context world
///
/// Where registers are behind slow cookies, a removed device is found in two ways: a read that gives all ones makes the
/// kit look whether the function is still there, and while such windows are mapped it looks once a second. A host with
/// direct windows says it with device.report_removal().
class Instance : public boost::intrusive::list_base_hook<> {
 public:
  Instance(const Driver& driver, graft_attachment_t* attachment);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// The instance whose device has registers or I/O ports at that address; null if there is none.
  static Instance* owner_of(uint64_t phys);
  static Instance* find(const graft_attachment_t* attachment);
  static uint32_t count();

  const graft_device_info_t& info() const { return info_; }
  bool is_gone() const { return gone_; }
  /// The driver is being taken off, or the device is gone: what fails now fails for that.
  bool is_leaving() const { return leaving_ || gone_; }
  void leave() { leaving_ = true; }

  /// A register window of the device was mapped or unmapped.
  void window_added(bool slow);
  void window_removed(bool slow);
  uint32_t windows() const { return windows_; }

  /// A register read as all ones. Handlers too.
  void suspect();
  /// Looks whether the function is still there, and tells the registry if not. Handlers too.
  void look();
  /// The registry knows that the device is gone: tells the donor. Handlers too.
  void mark_gone();

  graft_attachment_t* const attachment;
  lx_pci_device_t* device = nullptr;
  uint32_t exports = 0;
  DeviceInterrupts interrupts;

 private:
  void watch();

  const Driver& driver_;
  graft_device_info_t info_;
  bool gone_ = false;
  bool leaving_ = false;
  uint32_t windows_ = 0;
  uint32_t slow_windows_ = 0;
  uint64_t looked_ns_ = 0;
  Timer watch_;
};

}  // namespace graft::lx

#endif
