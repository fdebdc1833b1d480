// SPDX-License-Identifier: BSD-2-Clause
/// Interrupt lines that several drivers share: the kit claims each line of the host once.
#ifndef GRAFT_GLUE_WORLD_SHARED_LINE_HPP
#define GRAFT_GLUE_WORLD_SHARED_LINE_HPP

#include <boost/intrusive/list.hpp>

#include "glue/world/world.hpp"

namespace graft {

/// One driver's handler on a line. The driver provides the memory.
class LineAction : public boost::intrusive::list_base_hook<> {
 public:
  LineAction(IrqSource::Handler handler, void* arg) : handler_(handler), arg_(arg) {}
  LineAction(const LineAction&) = delete;
  LineAction& operator=(const LineAction&) = delete;

 private:
  friend class SharedLine;

  IrqSource::Handler handler_;
  void* arg_;
  class SharedLine* line_ = nullptr;
  bool disabled_ = false;
};

class SharedLine : public boost::intrusive::list_base_hook<> {
 public:
  /// Adds a handler to a line; the first claims it from the host. Every handler of a line runs for each interrupt.
  /// @context thread, fiber  @blocks never  @errors NOMEM, and those of osenv irq_claim. @onfail nothing was added
  static graft_error_t add(World& world, uint32_t line, LineAction& action);
  /// Takes a handler off; it does not run afterwards. The last gives the line back to the host.
  /// @context thread, fiber  @blocks may
  static void remove(World& world, LineAction& action);

  /// Holds the line back, for all that share it, until enable(). Counts once for each action. @context world
  static void disable(LineAction& action);
  /// Lets it through again once no action holds it back. @context world
  static void enable(LineAction& action);

  explicit SharedLine(World& world) { source_.init(world, handle, this); }

 private:
  struct Table;

  static Table* table_of(World& world);
  static bool handle(void* self);

  IrqSource source_;
  uint32_t disabled_count_ = 0;
  boost::intrusive::list<LineAction, boost::intrusive::constant_time_size<false>> actions_;
};

}  // namespace graft

#endif
