// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/command_line.hpp"

#include <gtest/gtest.h>

namespace {

using graft::support::find_option;

TEST(CommandLine, FindsValuesAndBareWords) {
  constexpr const char* kLine = "  root=disk0 quiet  url=a=b empty=";
  EXPECT_EQ(find_option(kLine, "root"), "disk0");
  EXPECT_EQ(find_option(kLine, "quiet"), "");
  EXPECT_EQ(find_option(kLine, "url"), "a=b");
  EXPECT_EQ(find_option(kLine, "empty"), "");
}

TEST(CommandLine, DoesNotTakeAPrefixForTheName) {
  EXPECT_EQ(find_option("rootdisk=1", "root"), std::nullopt);
  EXPECT_EQ(find_option("roo", "root"), std::nullopt);
  EXPECT_EQ(find_option("", "root"), std::nullopt);
}

TEST(CommandLine, TheLastOneWins) { EXPECT_EQ(find_option("a=1 b a=2", "a"), "2"); }

}  // namespace
