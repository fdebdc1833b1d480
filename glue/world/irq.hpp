// SPDX-License-Identifier: BSD-2-Clause
/// Interrupt sources: where graft_world_irq() delivers, with one handler each.
#ifndef GRAFT_GLUE_WORLD_IRQ_HPP
#define GRAFT_GLUE_WORLD_IRQ_HPP

#include <graft/world.h>
#include <stdint.h>

#include <atomic>

namespace graft {
class World;
class IrqSource;
}  // namespace graft

/// The part of a source that interrupt level touches.
struct graft_irq {
  graft::World* world = nullptr;  ///< null: a probe of the ladder, which tries a host's interrupts without a world
  void (*on_probe)(graft_irq* irq) = nullptr;
  std::atomic<graft_irq*> next_pending{nullptr};
  std::atomic<bool> pending{false};
  bool is_level = false;
  uint32_t line = 0;
};

namespace graft {

/// A level-triggered line is masked from the interrupt until its handler has run. Message-signalled sources are not
/// masked; an interrupt during the handler makes it run again.
class IrqSource : public graft_irq {
 public:
  /// Runs in world context with the virtual interrupt flag off. It acknowledges the device, raises work, wakes fibers;
  /// it must neither block nor make upcalls. @returns false if the interrupt was not its device's
  using Handler = bool (*)(void* arg);

  constexpr IrqSource() = default;
  IrqSource(const IrqSource&) = delete;
  IrqSource& operator=(const IrqSource&) = delete;

  /// Sets the handler, before the source is connected.
  void init(World& world, Handler handler, void* arg);

  /// Connects to a line of the host (osenv irq_claim). @errors those of irq_claim
  graft_error_t claim_line(uint32_t line);
  /// Disconnects; no handler runs afterwards. @context thread, fiber  @blocks may
  void release_line();

  /// Allocates message-signalled interrupts for several initialised sources. @errors those of osenv msi_alloc
  static graft_error_t alloc_msi(World& world, graft_pci_address_t function, uint32_t count, IrqSource* const* sources,
                                 graft_msi_message_t* out_messages);
  /// Gives them back; no handler runs afterwards. @context thread, fiber  @blocks may
  static void free_msi(World& world, graft_pci_address_t function, uint32_t count, IrqSource* const* sources);

  /// Holds the handler back; a line is masked in the interrupt controller. Not counted. @context world
  void disable();
  /// Lets it run again. A level that is still asserted interrupts again; a message that came meanwhile is delivered.
  /// @context world
  void enable();
  bool is_disabled() const { return disabled_; }

  /// Runs the handler now as if an interrupt had been deferred to this moment, for environments that poll or replay.
  /// @context world, thread+irq like graft_world_irq()
  void trigger() { graft_world_irq(this); }

 private:
  friend class World;

  /// Takes the source out of the pending list if it is there. @context world
  void forget();

  Handler handler_ = nullptr;
  void* arg_ = nullptr;
  bool disabled_ = false;
  bool held_back_ = false;  ///< came while disabled
  bool connected_ = false;
};

}  // namespace graft

#endif
