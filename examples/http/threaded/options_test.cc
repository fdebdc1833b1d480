// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/threaded/options.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace graft::http {
namespace {

TEST(Options, NothingLeavesTheDefaults) {
  HttpConfig config;
  std::string_view bad;
  EXPECT_TRUE(parse_options("", &config, &bad));
  EXPECT_TRUE(parse_options("   ", &config, &bad));
  EXPECT_EQ(config.port, 80);
  EXPECT_EQ(config.ip.address[3], 15);
}

TEST(Options, EveryOptionIsRead) {
  HttpConfig config;
  std::string_view bad;
  ASSERT_TRUE(
      parse_options("ip=192.168.7.255 netmask=255.255.0.0  gateway=192.168.0.1 port=65535 log=debug ", &config, &bad));
  const uint8_t address[4] = {192, 168, 7, 255}, netmask[4] = {255, 255, 0, 0}, gateway[4] = {192, 168, 0, 1};
  EXPECT_TRUE(std::equal(address, address + 4, config.ip.address));
  EXPECT_TRUE(std::equal(netmask, netmask + 4, config.ip.netmask));
  EXPECT_TRUE(std::equal(gateway, gateway + 4, config.ip.gateway));
  EXPECT_EQ(config.port, 65535);
}

TEST(Options, WhatIsWrongIsNamed) {
  for (std::string_view word : {"nonsense", "ip", "ip=", "ip=1.2.3", "ip=1.2.3.4.5", "ip=1.2.3.256", "ip=1..2.3",
                                "ip=a.b.c.d", "ip=1.2.3.4x", "port=0", "port=65536", "port=99999999999999999999",
                                "port=-1", "port=80x", "=", "=1", "log=loud", "disk=sda"}) {
    HttpConfig config;
    std::string_view bad;
    EXPECT_FALSE(parse_options(std::string("port=81 ") + std::string(word) + " port=82", &config, &bad)) << word;
    EXPECT_EQ(config.port, 81) << word;
  }
  HttpConfig config;
  std::string_view bad;
  EXPECT_FALSE(parse_options("port=1 ip=1 gateway=x", &config, &bad));
  EXPECT_EQ(bad, "ip=1");
}

}  // namespace
}  // namespace graft::http
