// SPDX-License-Identifier: BSD-2-Clause
// The cases in a host process: the very object that a kernel links, on a fake host whose clock the test moves.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "tests/emu/lab.hpp"
#include "tests/emu/runner.h"
#include "tests/fakes/osenv/manual_host.hpp"

namespace {

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  while (const char* name = graft_emu_case_name(static_cast<uint32_t>(names.size()))) names.push_back(name);
  return names;
}

/// Donors keep static state, so the environment starts once for all cases of the process.
class Machine : public testing::Environment {
 public:
  Machine() : host_({.arena_bytes = 16 << 20}), lab_(host_) {
    host_.set_step_ns(100);
    host_.env().log = [](void*, int, const char* text, size_t length) {
      std::fprintf(stderr, "%.*s\n", static_cast<int>(length), text);
    };
  }

  void SetUp() override { ASSERT_EQ(graft_emu_start(&host_.env()), GRAFT_OK); }

  void TearDown() override {
    graft_emu_stop();
    EXPECT_EQ(host_.pages_in_use(), 0u);
    EXPECT_EQ(host_.msi_in_use(), 0u);
    EXPECT_EQ(host_.register_mappings(), 1u);  // the lab's, which its cases share
  }

 private:
  graft::fakes::ManualHost host_;
  graft::emu::Lab lab_;
};

const testing::Environment* const machine = testing::AddGlobalTestEnvironment(new Machine);

class Emu : public testing::TestWithParam<std::string> {};

TEST_P(Emu, Case) {
  const std::vector<std::string> names = case_names();
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != GetParam()) continue;
    EXPECT_EQ(graft_emu_run(static_cast<uint32_t>(i)), 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(Linux, Emu, testing::ValuesIn(case_names()), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (c == '.') c = '_';
  }
  return name;
});

}  // namespace
