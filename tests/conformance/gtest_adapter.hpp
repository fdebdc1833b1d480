// SPDX-License-Identifier: BSD-2-Clause
/// Makes GoogleTest cases of a suite, for test processes.
#ifndef GRAFT_TESTS_CONFORMANCE_GTEST_ADAPTER_HPP
#define GRAFT_TESTS_CONFORMANCE_GTEST_ADAPTER_HPP

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/conformance/context.hpp"

namespace graft::conformance {

/// Registers every case as "<device>_<suite>.<case>". `make` calls its argument with a fresh context.
template <class SuiteContext>
void register_suite(const std::string& device, const Suite<SuiteContext>& suite,
                    std::function<void(std::function<void(SuiteContext&)>)> make) {
  class Test : public ::testing::Test {
   public:
    Test(const Case<SuiteContext>& c, std::function<void(std::function<void(SuiteContext&)>)> make)
        : case_(c), make_(std::move(make)) {}
    void TestBody() override {
      make_([this](SuiteContext& context) {
        case_.run(context);
        context.end_case();
        if (context.failed()) {
          ADD_FAILURE_AT(context.failed_file(), context.failed_line()) << context.failed_what();
        } else if (context.skipped()) {
          GTEST_SKIP() << context.skipped();
        }
      });
    }

   private:
    const Case<SuiteContext>& case_;
    std::function<void(std::function<void(SuiteContext&)>)> make_;
  };
  for (size_t i = 0; i < suite.count; ++i) {
    const Case<SuiteContext>& c = suite.cases[i];
    ::testing::RegisterTest((device + "_" + c.suite).c_str(), c.name, nullptr, nullptr, __FILE__, __LINE__,
                            [&c, make]() -> ::testing::Test* { return new Test(c, make); });
  }
}

}  // namespace graft::conformance

#endif
