// SPDX-License-Identifier: BSD-2-Clause
// The suites against the native drivers, in a process with threads, on the same object that a kernel links.
#include <graft/bus.h>
#include <graft/services.h>

#include <cstring>
#include <memory>
#include <thread>

#include "tests/conformance/gtest_adapter.hpp"
#include "tests/conformance/kit_contexts.hpp"
#include "tests/fakes/osenv/threaded_host.hpp"

namespace graft::conformance {
namespace {

/// A kit with its devices attached and a thread that serves its world.
class Machine {
 public:
  explicit Machine(const char* const* parameters) {
    graft_kit_options_t options = {};
    options.size_bytes = sizeof options;
    options.parameters = parameters;
    EXPECT_EQ(graft_kit_create(&host.env(), &options, &kit), GRAFT_OK);
    server_ = std::thread([this] { EXPECT_EQ(graft_world_serve(graft_kit_world(kit)), GRAFT_OK); });
    uint32_t attached = 0;
    const auto bus = find<graft_bus_t>(graft_iid_bus, 1);
    while (graft_bus_probe(bus.get(), &attached) == GRAFT_E_BADSTATE) std::this_thread::yield();
    EXPECT_EQ(attached, 2u);
  }
  ~Machine() {
    graft_world_stop(graft_kit_world(kit));
    server_.join();
    EXPECT_EQ(graft_kit_destroy(kit), GRAFT_OK);
    EXPECT_EQ(host.pages_in_use(), 0u);
  }

  template <class Interface>
  Ref<Interface> find(const graft_iid_t& iid, uint32_t index) {
    void* found = nullptr;
    EXPECT_EQ(graft_services_lookup(graft_kit_services(kit), &iid, index, &found), GRAFT_OK);
    return Ref<Interface>::adopt(static_cast<Interface*>(found));
  }

  fakes::ThreadedHost host;
  graft_kit_t* kit = nullptr;

 private:
  std::thread server_;
};

class LoopbackContext final : public KitEtherContext {
 public:
  LoopbackContext(Machine& machine, graft_etherdev_t* device, EtherPeer& peer)
      : KitEtherContext(&machine.host.env(), machine.kit, device, peer), peer_(peer) {}
  /// The link is up while both ends are open.
  bool set_link(bool up) override {
    if (!up) {
      peer_.close();
      return true;
    }
    return peer_.open().ok();
  }

 private:
  EtherPeer& peer_;
};

const bool g_registered = [] {
  static const char* const kPlain[] = {"ramdisk.bytes=4M", nullptr};
  for (const auto& suite : {etherdev_control_suite(), etherdev_transmit_suite(), etherdev_receive_suite()}) {
    register_suite<EtherContext>("loopback", suite, [](auto run) {
      Machine machine(kPlain);
      const auto device = machine.find<graft_etherdev_t>(graft_iid_etherdev, 0);
      const auto other = machine.find<graft_etherdev_t>(graft_iid_etherdev, 1);
      auto peer = std::make_unique<EtherPeer>(other.get());
      ASSERT_TRUE(peer->open().ok());
      auto context = std::make_unique<LoopbackContext>(machine, device.get(), *peer);
      run(*context);
    });
  }
  static const char* const kLarge[] = {"ramdisk.bytes=4M", "ramdisk.block_bytes=4096", "ramdisk.queue_depth=8",
                                       nullptr};
  static const char* const kReadOnly[] = {"ramdisk.bytes=4M", "ramdisk.read_only=1", nullptr};
  const std::pair<const char*, const char* const*> disks[] = {
      {"ramdisk", kPlain}, {"ramdisk_4k_blocks", kLarge}, {"ramdisk_read_only", kReadOnly}};
  for (const auto& [name, parameters] : disks) {
    for (const auto& suite : {asyncblk_transfer_suite(), asyncblk_rules_suite(), blkio_suite()}) {
      register_suite<BlkContext>(name, suite, [parameters = parameters](auto run) {
        Machine machine(parameters);
        const auto disk = machine.find<graft_asyncblk_t>(graft_iid_asyncblk, 0);
        auto context = std::make_unique<KitBlkContext>(&machine.host.env(), machine.kit, disk.get());
        run(*context);
      });
    }
  }
  return true;
}();

}  // namespace
}  // namespace graft::conformance
