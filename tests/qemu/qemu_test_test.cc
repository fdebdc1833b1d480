// SPDX-License-Identifier: BSD-2-Clause
// The judge of all kernel tests: it must fail what fails.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {

struct Verdict {
  int status;
  std::string output;
};

Verdict judge(const std::string& how, const std::string& lists, int timeout_s = 30) {
  const std::string config = std::string(getenv("TEST_TMPDIR")) + "/config.json";
  std::ofstream(config)
      << R"({"qemu": "/usr/bin/qemu-system-x86_64", "machine": "q35", "memory": "64M", "qemu_args": [],)"
      << R"("expected_status": 33, "timeout_s": )" << timeout_s << R"(, "kernel": ")" << getenv("KERNEL")
      << R"(", "command_line": ["how=)" << how << "\"], " << lists << "}";
  const std::string command = std::string(getenv("JUDGE")) + " " + config + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  Verdict verdict{-1, ""};
  char buffer[4096];
  while (size_t n = fread(buffer, 1, sizeof buffer, pipe)) verdict.output.append(buffer, n);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) verdict.status = WEXITSTATUS(status);
  return verdict;
}

constexpr char kNothing[] = R"("expect": [], "reject": [], "cases": [])";

TEST(QemuTest, APassingRunPasses) {
  const Verdict v = judge("none", kNothing);
  EXPECT_EQ(v.status, 0) << v.output;
}

TEST(QemuTest, ATripleFaultFailsThoughQemuExitsWithZero) {
  const Verdict v = judge("triple", kNothing);
  EXPECT_EQ(v.status, 1);
  EXPECT_NE(v.output.find("exit status is 0 (a triple fault or a reset), not 33"), std::string::npos) << v.output;
}

TEST(QemuTest, APanicFails) {
  const Verdict v = judge("panic", kNothing);
  EXPECT_EQ(v.status, 1);
  EXPECT_NE(v.output.find("exit status is 65 (failed), not 33"), std::string::npos) << v.output;
}

TEST(QemuTest, AMissingLineOrCaseFails) {
  EXPECT_EQ(judge("none", R"("expect": ["^never printed$"], "reject": [], "cases": [])").status, 1);
  EXPECT_EQ(judge("none", R"("expect": [], "reject": [], "cases": ["never_ran"])").status, 1);
}

TEST(QemuTest, ARunWithoutEndFails) {
  const Verdict v = judge("hang", kNothing, 3);
  EXPECT_EQ(v.status, 1);
  EXPECT_NE(v.output.find("still running after 3 s"), std::string::npos) << v.output;
}

TEST(QemuTest, AFailLineFailsEvenIfTheKernelSaysPassed) {
  const Verdict v = judge("fail_line", kNothing);
  EXPECT_EQ(v.status, 1);
  EXPECT_NE(v.output.find("failed: some_case: on purpose"), std::string::npos) << v.output;
}

}  // namespace
