// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/options.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace graft::http {
namespace {

TEST(Options, EveryWordIsTaken) {
  Options o;
  std::string_view wrong;
  ASSERT_TRUE(
      o.parse("ip=192.168.7.2/20 gw=192.168.0.1  port=8080 adapter=copy seconds=5 log=debug "
              "linux/e1000.TxDescriptors=256",
              &wrong));
  EXPECT_EQ(o.http.ip.address[2], 7);
  EXPECT_EQ(o.http.ip.netmask[1], 255);
  EXPECT_EQ(o.http.ip.netmask[2], 240);
  EXPECT_EQ(o.http.ip.netmask[3], 0);
  EXPECT_EQ(o.http.ip.gateway[3], 1);
  EXPECT_EQ(o.http.port, 8080);
  EXPECT_EQ(o.run_seconds, 5u);
  const graft_kit_options_t kit = o.kit_options();
  EXPECT_EQ(kit.adapter, static_cast<uint32_t>(GRAFT_ADAPTER_COPY));
  EXPECT_STREQ(kit.parameters[0], "linux/e1000.TxDescriptors=256");
  EXPECT_EQ(kit.parameters[1], nullptr);
}

TEST(Options, DefaultsAreThoseOfUserModeNetworking) {
  Options o;
  std::string_view wrong;
  ASSERT_TRUE(o.parse("", &wrong));
  EXPECT_EQ(o.http.ip.address[0], 10);
  EXPECT_EQ(o.http.ip.address[3], 15);
  EXPECT_EQ(o.http.ip.gateway[3], 2);
  EXPECT_EQ(o.http.port, 80);
}

TEST(Options, NonsenseIsNamed) {
  for (const char* word : {"ip=1.2.3", "ip=1.2.3.256", "ip=1.2.3.4/33", "ip=a.b.c.d", "ip=1.2.3.4.5", "gw=", "port=0",
                           "port=65536", "adapter=fast", "seconds=x", "quiet", "root=/dev/x", "linux/e1000=1"}) {
    auto o = std::make_unique<Options>();
    std::string_view wrong;
    const std::string line = "port=80 " + std::string(word);
    EXPECT_FALSE(o->parse(line, &wrong)) << word;
    EXPECT_EQ(wrong, word);
  }
  std::string many;
  for (int i = 0; i < 20; ++i) many += "linux/x.p=1 ";
  Options o;
  std::string_view wrong;
  EXPECT_FALSE(o.parse(many, &wrong));
  EXPECT_EQ(wrong, "linux/x.p=1");
}

}  // namespace
}  // namespace graft::http
