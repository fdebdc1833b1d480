// SPDX-License-Identifier: BSD-2-Clause
#include "glue/pci/scan.hpp"

#include <gtest/gtest.h>
#include <stdarg.h>

#include "glue/pci/libpci/format.hpp"
#include "tests/fakes/osenv/manual_host.hpp"
#include "tests/fakes/pci/config_space.hpp"

namespace graft {
namespace {

constexpr graft_pci_address_t address(uint32_t bus, uint32_t slot, uint32_t function) {
  return bus << 8 | slot << 3 | function;
}

class PciScanTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(host_.init(&fake_.env()), GRAFT_OK);
    heap_.init(&host_);
  }
  void TearDown() override {
    scan_.clear();
    EXPECT_EQ(heap_.used_bytes(), 0u);
    heap_.destroy();
    host_.end();
    EXPECT_EQ(fake_.pages_in_use(), 0u);
  }

  fakes::ManualHost fake_;
  Host host_;
  Heap heap_;
  PciScan scan_{host_, heap_};
};

TEST_F(PciScanTest, EmptyBusHasNoFunctions) {
  EXPECT_EQ(scan_.run(), GRAFT_OK);
  EXPECT_EQ(scan_.count(), 0u);
}

TEST_F(PciScanTest, ReportsWhatAFunctionSays) {
  fakes::ConfigSpace host_bridge(0x8086, 0x29c0, 0x060000);
  fakes::ConfigSpace nic(0x8086, 0x100e, 0x020000);
  nic.set_subsystem(0x1af4, 0x1100);
  nic.set(0x08, 1, 3);
  nic.set_interrupt(1, 11);
  nic.set_memory_bar(0, 0xfebc0000, 128 * 1024);
  nic.set_io_bar(1, 0xc000, 64);
  nic.set_memory_bar(2, 0x4'1000'0000, 64 * 1024, true, true);
  nic.add_capability(0x05, 24);
  uint8_t msix = nic.add_capability(0x11, 12);
  fake_.set_pci_function(address(0, 0, 0), &host_bridge);
  fake_.set_pci_function(address(0, 3, 0), &nic);

  ASSERT_EQ(scan_.run(), GRAFT_OK);
  ASSERT_EQ(scan_.count(), 2u);
  const PciFunction& function = scan_[1];
  const graft_device_info_t& info = function.info;
  EXPECT_STREQ(scan_[0].info.location, "0000:00:00.0");
  EXPECT_STREQ(info.location, "0000:00:03.0");
  EXPECT_EQ(info.address, address(0, 3, 0));
  EXPECT_EQ(info.vendor, 0x8086);
  EXPECT_EQ(info.device, 0x100e);
  EXPECT_EQ(info.subsystem_vendor, 0x1af4);
  EXPECT_EQ(info.subsystem_device, 0x1100);
  EXPECT_EQ(info.class_code, 0x020000u);
  EXPECT_EQ(info.revision, 3);
  EXPECT_EQ(info.interrupt_pin, 1);
  EXPECT_EQ(function.interrupt_line, 11);
  EXPECT_TRUE(info.has_msi);
  EXPECT_TRUE(info.has_msix);
  EXPECT_EQ(function.find_capability(0x11), msix);
  EXPECT_EQ(function.find_capability(0x01), 0);
  EXPECT_EQ(info.bar_phys[0], 0xfebc0000u);
  EXPECT_EQ(info.bar_bytes[0], 128u * 1024);
  EXPECT_EQ(info.bar_phys[1], 0xc000u);
  EXPECT_EQ(info.bar_bytes[1], 64u);
  EXPECT_TRUE(function.bars[1].is_io);
  EXPECT_EQ(info.bar_phys[2], 0x4'1000'0000u);
  EXPECT_EQ(info.bar_bytes[2], 64u * 1024);
  EXPECT_TRUE(function.bars[2].is_64bit);
  EXPECT_TRUE(function.bars[2].is_prefetchable);
  EXPECT_EQ(info.bar_bytes[3], 0u);
  EXPECT_EQ(info.state, static_cast<uint32_t>(GRAFT_DEVICE_UNBOUND));
}

TEST_F(PciScanTest, SizingLeavesTheRegistersAsTheyWere) {
  fakes::ConfigSpace nic(0x8086, 0x100e, 0x020000);
  nic.set_memory_bar(0, 0xfebc0000, 128 * 1024);
  nic.set_memory_bar(4, 0x8'0000'0000, 1ull << 33, true);
  fake_.set_pci_function(address(0, 0, 0), &nic);
  ASSERT_EQ(scan_.run(), GRAFT_OK);
  EXPECT_EQ(nic.writes_while_decoding(), 0u);
  EXPECT_EQ(nic.get(0x10, 4), 0xfebc0000u);
  EXPECT_EQ(nic.get(0x20, 4), 0x4u);
  EXPECT_EQ(nic.get(0x24, 4), 0x8u);
  EXPECT_EQ(nic.get(0x04, 2), 3u);
  EXPECT_EQ(scan_[0].info.bar_bytes[4], 1ull << 33);
}

TEST_F(PciScanTest, LooksBehindBridgesAndSortsByAddress) {
  fakes::ConfigSpace bridge(0x1b36, 0x0001, 0x060400), inner(0x1b36, 0x0001, 0x060400);
  bridge.set_bridge(1);
  inner.set_bridge(2);
  fakes::ConfigSpace deep(0x10ec, 0x8139, 0x020000), late(0x8086, 0x100e, 0x020000), second(0x8086, 1, 0x010100);
  late.set_multifunction();
  fake_.set_pci_function(address(0, 1, 0), &bridge);
  fake_.set_pci_function(address(1, 4, 0), &inner);
  fake_.set_pci_function(address(2, 7, 0), &deep);
  fake_.set_pci_function(address(0, 5, 0), &late);
  fake_.set_pci_function(address(0, 5, 3), &second);
  ASSERT_EQ(scan_.run(), GRAFT_OK);
  ASSERT_EQ(scan_.count(), 5u);
  const char* expected[] = {"0000:00:01.0", "0000:00:05.0", "0000:00:05.3", "0000:01:04.0", "0000:02:07.0"};
  for (uint32_t i = 0; i < 5; ++i) EXPECT_STREQ(scan_[i].info.location, expected[i]);
  EXPECT_EQ(scan_[4].parent, 3);
  EXPECT_EQ(scan_[3].parent, 0);
  EXPECT_EQ(scan_[1].parent, PciFunction::kNoParent);
}

TEST_F(PciScanTest, RoutesThroughBridgesByTheirWiring) {
  fakes::ConfigSpace bridge(0x1b36, 0x0001, 0x060400);
  bridge.set_bridge(1);
  fakes::ConfigSpace behind(0x10ec, 0x8139, 0x020000), front(0x8086, 0x100e, 0x020000), mute(0x8086, 2, 0x020000);
  behind.set_interrupt(1, 0);
  front.set_interrupt(2, 0);
  fake_.set_pci_function(address(0, 1, 0), &bridge);
  fake_.set_pci_function(address(0, 2, 0), &front);
  fake_.set_pci_function(address(0, 3, 0), &mute);
  fake_.set_pci_function(address(1, 6, 0), &behind);
  fake_.set_route(address(0, 2, 0), 2, 17);
  fake_.set_route(address(0, 1, 0), 3, 20);
  ASSERT_EQ(scan_.run(), GRAFT_OK);
  uint32_t line;
  EXPECT_EQ(scan_.route_interrupt(1, &line), GRAFT_OK);
  EXPECT_EQ(line, 17u);
  EXPECT_EQ(scan_.route_interrupt(2, &line), GRAFT_E_NOENT);
  EXPECT_EQ(scan_.route_interrupt(3, &line), GRAFT_OK) << "pin 1 of slot 6 is pin 3 of the bridge";
  EXPECT_EQ(line, 20u);
}

TEST_F(PciScanTest, BusSeenTwiceIsIgnoredAndLogged) {
  fakes::ConfigSpace bridge(0x1b36, 0x0001, 0x060400);
  bridge.set_bridge(0);
  fake_.set_pci_function(address(0, 1, 0), &bridge);
  ASSERT_EQ(scan_.run(), GRAFT_OK);
  EXPECT_EQ(scan_.count(), 1u);
  EXPECT_TRUE(fake_.logged("Bus 00 seen twice"));
}

TEST_F(PciScanTest, CapabilityLoopEnds) {
  fakes::ConfigSpace nic(0x8086, 0x100e, 0x020000);
  uint8_t first = nic.add_capability(0x01, 8);
  uint8_t second = nic.add_capability(0x05, 24);
  nic.set(first + 1u, 1, second);
  fake_.set_pci_function(address(0, 0, 0), &nic);
  ASSERT_EQ(scan_.run(), GRAFT_OK);
  EXPECT_EQ(scan_[0].capability_count, 2u);
}

TEST_F(PciScanTest, EveryFailedAllocationEndsInNomemWithoutALeak) {
  std::vector<std::unique_ptr<fakes::ConfigSpace>> functions;
  for (uint32_t slot = 0; slot < 32; ++slot) {
    functions.push_back(std::make_unique<fakes::ConfigSpace>(0x8086, 0x100e, 0x020000));
    for (int i = 0; i < 6; ++i) functions.back()->add_capability(0x09, 4);
    fake_.set_pci_function(address(0, slot, 0), functions.back().get());
  }
  int64_t successes = 0;
  for (;; ++successes) {
    heap_.destroy();
    fake_.fail_page_alloc_after(successes);
    graft_error_t error = scan_.run();
    fake_.fail_page_alloc_after(-1);
    if (error == GRAFT_OK) break;
    EXPECT_EQ(error, GRAFT_E_NOMEM);
    EXPECT_EQ(scan_.count(), 0u);
    EXPECT_EQ(heap_.used_bytes(), 0u);
  }
  EXPECT_GT(successes, 3);
  EXPECT_EQ(scan_.count(), 32u);
}

TEST(PciNames, KnowClassesAndVendors) {
  EXPECT_STREQ(pci_class_name(0x020000), "Ethernet controller");
  EXPECT_STREQ(pci_class_name(0x010802), "NVM controller");
  EXPECT_STREQ(pci_class_name(0x02ff00), "Network controller");
  EXPECT_STREQ(pci_class_name(0xff0000), "Unknown device");
  EXPECT_STREQ(pci_vendor_name(0x8086), "Intel");
  EXPECT_EQ(pci_vendor_name(0x0001), nullptr);
}

int format(char* out, size_t capacity, const char* text, ...) {
  va_list args;
  va_start(args, text);
  int length = libpci::format(out, capacity, text, args);
  va_end(args);
  return length;
}

TEST(LibpciFormat, FormatsWhatItClaims) {
  char out[64];
  EXPECT_EQ(format(out, sizeof(out), "%04x:%02x.%d %s%c%%", 0x8086u, 5u, -7, "ab", 'c'), 15);
  EXPECT_STREQ(out, "8086:05.-7 abc%");
}

TEST(LibpciFormat, CutsAtTheCapacity) {
  char out[4] = {'x', 'x', 'x', 'x'};
  EXPECT_EQ(format(out, sizeof(out), "%s", "abcdef"), 6);
  EXPECT_STREQ(out, "abc");
}

TEST(LibpciFormat, PadsToTheLeftAndRight) {
  char out[64];
  format(out, sizeof(out), "[%-4d][%4u][%lx]", 12, 34u, 0xfffffffffful);
  EXPECT_STREQ(out, "[12  ][  34][ffffffffff]");
}

}  // namespace
}  // namespace graft
