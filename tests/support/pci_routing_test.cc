// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/pci_routing.hpp"

#include <gtest/gtest.h>

#include <map>

namespace {

using namespace graft::support;

std::map<std::pair<graft_pci_address_t, uint32_t>, uint8_t> g_config;

constexpr graft_pci_address_t at(uint32_t bus, uint32_t slot, uint32_t function = 0) {
  return bus << 8 | slot << 3 | function;
}

graft_error_t read_fake(graft_pci_address_t function, uint32_t offset, uint32_t, uint32_t* out_value) {
  const auto it = g_config.find({function, offset});
  *out_value = it == g_config.end() ? 0xff : it->second;
  return GRAFT_OK;
}

void add_device(graft_pci_address_t function, uint8_t header = 0) { g_config[{function, 0x0e}] = header; }

void add_bridge(graft_pci_address_t function, uint8_t secondary, uint8_t subordinate, uint8_t header = 1) {
  add_device(function, header);
  g_config[{function, 0x19}] = secondary;
  g_config[{function, 0x1a}] = subordinate;
}

class PciRoutingTest : public testing::Test {
 protected:
  PciRoutingTest() { g_config.clear(); }

  static uint32_t line(graft_pci_address_t function, uint32_t pin) {
    uint32_t out = 99;
    const graft_error_t error = route_pci_pin(read_fake, kIch9ResetRoutes, function, pin, &out);
    EXPECT_EQ(error, GRAFT_OK) << graft_error_name(error);
    return out;
  }
};

TEST_F(PciRoutingTest, RootSlotsRotateOverPirqEToH) {
  EXPECT_EQ(line(at(0, 0), 1), 20u);
  EXPECT_EQ(line(at(0, 1), 1), 21u);
  EXPECT_EQ(line(at(0, 2), 1), 22u);
  EXPECT_EQ(line(at(0, 2), 3), 20u);
  EXPECT_EQ(line(at(0, 24), 4), 23u);
}

TEST_F(PciRoutingTest, ChipsetSlotsGoByTheirRouteRegisters) {
  EXPECT_EQ(line(at(0, 31, 2), 1), 16u);
  EXPECT_EQ(line(at(0, 29), 4), 19u);
  EXPECT_EQ(line(at(0, 30), 1), 20u);
  Ich9Routes routes = kIch9ResetRoutes;
  routes.of_slot[31 - 25] = 0x3217;
  uint32_t out;
  ASSERT_EQ(route_pci_pin(read_fake, routes, at(0, 31), 1, &out), GRAFT_OK);
  EXPECT_EQ(out, 23u);
}

TEST_F(PciRoutingTest, PinsBehindBridgesSwizzle) {
  add_device(at(0, 0));
  add_bridge(at(0, 3), 1, 2);
  add_bridge(at(1, 5), 2, 2);
  // Bus 1 slot 2 INTA arrives at the bridge as INTC, which in root slot 3 is E + (3 + 2) % 4.
  EXPECT_EQ(line(at(1, 2), 1), 21u);
  // Bus 2 slot 1 INTA: INTB at the inner bridge (slot 5), INTC at the outer one (slot 3).
  EXPECT_EQ(line(at(2, 1), 1), 21u);
}

TEST_F(PciRoutingTest, FindsBridgesAmongFunctions) {
  add_device(at(0, 4), 0x80);
  add_bridge(at(0, 4, 6), 7, 7, 0x81);
  EXPECT_EQ(line(at(7, 0), 1), 20u);
}

TEST_F(PciRoutingTest, RefusesWhatLeadsNowhere) {
  uint32_t out = 99;
  EXPECT_EQ(route_pci_pin(read_fake, kIch9ResetRoutes, at(3, 0), 1, &out), GRAFT_E_NOENT);
  EXPECT_EQ(out, 0u);
  EXPECT_EQ(route_pci_pin(read_fake, kIch9ResetRoutes, at(0, 1), 0, &out), GRAFT_E_INVAL);
  EXPECT_EQ(route_pci_pin(read_fake, kIch9ResetRoutes, at(0, 1), 5, &out), GRAFT_E_INVAL);
}

TEST_F(PciRoutingTest, ABridgeThatLeadsBackDoesNotLoop) {
  add_device(at(0, 0));
  add_bridge(at(0, 1), 1, 9);
  add_bridge(at(1, 0), 1, 9);
  uint32_t out;
  EXPECT_EQ(route_pci_pin(read_fake, kIch9ResetRoutes, at(5, 0), 1, &out), GRAFT_E_NOENT);
}

TEST_F(PciRoutingTest, KnowsWhatFirmwareWrites) {
  EXPECT_EQ(legacy_line_of(20), 10);
  EXPECT_EQ(legacy_line_of(21), 10);
  EXPECT_EQ(legacy_line_of(22), 11);
  EXPECT_EQ(legacy_line_of(19), 11);
}

}  // namespace
