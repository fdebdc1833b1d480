// SPDX-License-Identifier: BSD-2-Clause
/// Runs suites where there is no GoogleTest: one line per case, "PASS suite.case", "SKIP suite.case: reason" or
/// "FAIL suite.case: file:line: what", and a sum at the end.
#ifndef GRAFT_TESTS_CONFORMANCE_RUN_HPP
#define GRAFT_TESTS_CONFORMANCE_RUN_HPP

#include <cstdio>

#include "tests/conformance/context.hpp"

namespace graft::conformance {

struct Verdict {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  /// Nothing failed, and something was tried.
  [[nodiscard]] bool good() const { return failed == 0 && passed > 0; }
};

/// Runs every case. `make` calls its argument with a fresh context, such as
/// `[&](auto run) { MyEtherContext context(device, peer); run(context); }`.
template <class SuiteContext, class Make>
void run_suite(const Suite<SuiteContext>& suite, Make make, Verdict* verdict) {
  for (size_t i = 0; i < suite.count; ++i) {
    const Case<SuiteContext>& c = suite.cases[i];
    make([&](SuiteContext& context) {
      c.run(context);
      context.end_case();
      if (context.failed()) {
        printf("FAIL %s.%s: %s:%d: %s\n", c.suite, c.name, context.failed_file(), context.failed_line(),
               context.failed_what());
        ++verdict->failed;
      } else if (context.skipped()) {
        printf("SKIP %s.%s: %s\n", c.suite, c.name, context.skipped());
        ++verdict->skipped;
      } else {
        printf("PASS %s.%s\n", c.suite, c.name);
        ++verdict->passed;
      }
    });
  }
}

/// Prints the sum; gives the exit status.
inline int finish(const Verdict& verdict) {
  printf("%d passed, %d failed, %d skipped\n", verdict.passed, verdict.failed, verdict.skipped);
  return verdict.good() ? 0 : 1;
}

}  // namespace graft::conformance

#endif
