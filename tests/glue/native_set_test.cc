// SPDX-License-Identifier: BSD-2-Clause
// A driver set as its users see it: through the headers of com alone, on the freestanding object.
#include <graft/kit.h>
#include <gtest/gtest.h>

#include <cstring>
#include <graft/asyncblk.hpp>
#include <graft/blkio.hpp>
#include <graft/bus.hpp>
#include <graft/device.hpp>
#include <graft/services.hpp>
#include <thread>
#include <vector>

#include "tests/fakes/osenv/threaded_host.hpp"
#include "tests/fakes/pci/config_space.hpp"

namespace graft {
namespace {

class NativeSetTest : public testing::Test {
 protected:
  void SetUp() override {
    host_.set_pci_function(3 << 3, &nic_);
    const char* parameters[] = {"ramdisk.bytes=1M", nullptr};
    graft_kit_options_t options{};
    options.size_bytes = sizeof(options);
    options.parameters = parameters;
    ASSERT_EQ(graft_kit_create(&host_.env(), &options, &kit_), GRAFT_OK);
    server_ = std::thread([this] { EXPECT_EQ(graft_world_serve(graft_kit_world(kit_)), GRAFT_OK); });
    void* found = nullptr;
    ASSERT_EQ(graft_services_lookup(graft_kit_services(kit_), &graft_iid_bus, 1, &found), GRAFT_OK);
    bus_ = Ref<graft_bus_t>::adopt(static_cast<graft_bus_t*>(found));
    uint32_t attached = 0;
    while (graft_bus_probe(bus_.get(), &attached) == GRAFT_E_BADSTATE) std::this_thread::yield();
    ASSERT_EQ(attached, 2u);
  }

  void TearDown() override {
    bus_.reset();
    graft_world_stop(graft_kit_world(kit_));
    server_.join();
    EXPECT_EQ(graft_kit_destroy(kit_), GRAFT_OK);
    EXPECT_EQ(host_.pages_in_use(), 0u);
  }

  fakes::ThreadedHost host_;
  fakes::ConfigSpace nic_{0x8086, 0x100e, 0x020000};
  graft_kit_t* kit_ = nullptr;
  std::thread server_;
  Ref<graft_bus_t> bus_;
};

TEST_F(NativeSetTest, KnowsItsDriversAndDevices) {
  EXPECT_STREQ(graft_kit_set_name(), "native");
  graft_driver_info_t info;
  graft_driver_get_info(graft_kit_driver(kit_, 0), &info);
  EXPECT_STREQ(info.name, "native/ramdisk");
  EXPECT_EQ(graft_kit_driver(kit_, 2), nullptr);
  ASSERT_EQ(graft_bus_get_device_count(graft_kit_pci_bus(kit_)), 1u);
  Ref<graft_device_t> nic;
  ASSERT_EQ(graft_bus_get_device(graft_kit_pci_bus(kit_), 0, nic.out()), GRAFT_OK);
  graft_device_info_t device;
  graft_device_get_info(nic.get(), &device);
  EXPECT_STREQ(device.location, "0000:00:03.0");
  EXPECT_EQ(device.state, static_cast<uint32_t>(GRAFT_DEVICE_UNBOUND));
}

TEST_F(NativeSetTest, DiskKeepsWhatIsWritten) {
  void* found = nullptr;
  ASSERT_EQ(graft_services_lookup(graft_kit_services(kit_), &graft_iid_blkio, 0, &found), GRAFT_OK);
  BlkIo disk(Ref<graft_blkio_t>::adopt(static_cast<graft_blkio_t*>(found)));
  uint64_t size = 0;
  ASSERT_TRUE(disk.get_size(&size).ok());
  EXPECT_EQ(size, 1u << 20);
  std::vector<char> out(4096, 'g'), in(4096);
  ASSERT_TRUE(disk.write(out.data(), 8192, out.size()).ok());
  ASSERT_TRUE(disk.read(in.data(), 8192, in.size()).ok());
  EXPECT_EQ(in, out);
}

}  // namespace
}  // namespace graft
