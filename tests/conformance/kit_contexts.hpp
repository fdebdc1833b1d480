// SPDX-License-Identifier: BSD-2-Clause
/// Contexts for devices of a kit on a host with threads: the world is served by another thread, this one parks.
#ifndef GRAFT_TESTS_CONFORMANCE_KIT_CONTEXTS_HPP
#define GRAFT_TESTS_CONFORMANCE_KIT_CONTEXTS_HPP

#include <graft/kit.h>

#include <graft/bus.hpp>
#include <graft/device.hpp>

#include "tests/conformance/blk_context.hpp"
#include "tests/conformance/ether_peer.hpp"

namespace graft::conformance {

/// Gives the device that exports an interface, or null.
inline Ref<graft_device_t> device_of(graft_kit_t* kit, const graft_iid_t& iid, void* interface) {
  void* found = nullptr;
  for (uint32_t b = 0; graft_services_lookup(graft_kit_services(kit), &graft_iid_bus, b, &found) == GRAFT_OK; ++b) {
    const auto bus = Ref<graft_bus_t>::adopt(static_cast<graft_bus_t*>(found));
    Ref<graft_device_t> device;
    for (uint32_t d = 0; graft_bus_get_device(bus.get(), d, device.out()) == GRAFT_OK; ++d) {
      void* exported = nullptr;
      if (graft_device_get_interface(device.get(), &iid, 0, &exported) != GRAFT_OK) continue;
      graft_release(exported);
      if (exported == interface) return device;
    }
  }
  return {};
}

/// Keeps a world from running by holding its executor role: whatever its devices do, no driver sees it.
class WorldHold {
 public:
  explicit WorldHold(graft_world_t* world) : world_(world) {}
  ~WorldHold() { set(false); }
  void set(bool on) {
    if (on == held_) return;
    held_ = on;
    if (on) {
      graft_world_enter(world_);
    } else {
      graft_world_leave(world_);
    }
  }

 private:
  graft_world_t* world_;
  bool held_ = false;
};

class KitEtherContext : public EtherContext {
 public:
  KitEtherContext(const graft_osenv_t* osenv, graft_kit_t* kit, graft_etherdev_t* device, EtherPeer& peer)
      : EtherContext(osenv, device), kit_(kit), hold_(graft_kit_world(kit)), peer_(peer) {}

  void progress(uint64_t deadline_ns) override { osenv().thread_park(osenv().host, deadline_ns); }
  void peer_send(const uint8_t* frame, size_t bytes) override {
    if (!peer_.send(*this, frame, bytes)) fail(__FILE__, __LINE__, "the peer can send");
  }
  bool peer_receive(WireFrame* out) override { return peer_.receive(out); }
  bool hold(bool on) override {
    hold_.set(on);
    return true;
  }
  /// Detaches the driver: to whoever holds an interface it is the same.
  bool remove() override {
    hold_.set(false);
    const auto node = device_of(kit_, graft_iid_etherdev, device());
    return node && graft_device_detach(node.get()) == GRAFT_OK;
  }

 private:
  graft_kit_t* kit_;
  WorldHold hold_;
  EtherPeer& peer_;
};

class KitBlkContext : public BlkContext {
 public:
  KitBlkContext(const graft_osenv_t* osenv, graft_kit_t* kit, graft_asyncblk_t* disk)
      : BlkContext(osenv, disk), kit_(kit), hold_(graft_kit_world(kit)) {}

  void progress(uint64_t deadline_ns) override { osenv().thread_park(osenv().host, deadline_ns); }
  bool hold(bool on) override {
    hold_.set(on);
    return true;
  }
  /// Detaches the driver: to whoever holds an interface it is the same.
  bool remove() override {
    hold_.set(false);
    const auto node = device_of(kit_, graft_iid_asyncblk, disk());
    return node && graft_device_detach(node.get()) == GRAFT_OK;
  }

 private:
  graft_kit_t* kit_;
  WorldHold hold_;
};

}  // namespace graft::conformance

#endif
