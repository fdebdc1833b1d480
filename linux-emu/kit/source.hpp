// SPDX-License-Identifier: GPL-2.0-only
/// lx_source: one interrupt of the donor.
#ifndef GRAFT_LINUX_EMU_KIT_SOURCE_HPP
#define GRAFT_LINUX_EMU_KIT_SOURCE_HPP

#include "glue/world/shared_line.hpp"
#include "linux-emu/boundary/interrupt.h"
#include "linux-emu/kit/device_interrupts.hpp"
#include "linux-emu/kit/environment.hpp"

/// A source is either on a line, which drivers of other environments may share, or has a message of its own.
struct lx_source {
  explicit lx_source(unsigned int number) : on_line(line_came, this), virq(number) {
    message.init(graft::lx::world(), message_came, this);
    all.add(*this);
  }
  ~lx_source() { all.remove(*this); }

  static bool line_came(void* arg) {
    auto* self = static_cast<lx_source*>(arg);
    ++self->line_interrupts;
    return lx_interrupt(self->virq) != 0;
  }

  static bool message_came(void* arg) {
    auto* self = static_cast<lx_source*>(arg);
    if (self->device) self->device->message_came();
    return lx_interrupt(self->virq) != 0;
  }

  graft::LineAction on_line;
  graft::IrqSource message;
  graft::lx::DeviceInterrupts* device = nullptr;  ///< whose message it is
  uint64_t line_interrupts = 0;
  uint32_t line = 0;
  bool on_a_line = false;
  bool has_message = false;
  unsigned int virq;
  lx_source* next = nullptr;

  static constinit graft::lx::Chain<lx_source> all;
};

#endif
