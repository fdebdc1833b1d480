// SPDX-License-Identifier: BSD-2-Clause
// The etherdev suites against a fake that keeps every rule, and against fakes that each break one: the suites are only
// worth something if they notice.
#include <memory>

#include "tests/conformance/fake_ether_setup.hpp"
#include "tests/conformance/gtest_adapter.hpp"

namespace graft::conformance {
namespace {

using fakes::EtherMutation;

const Suite<EtherContext> kSuites[] = {etherdev_control_suite(), etherdev_transmit_suite(), etherdev_receive_suite()};

/// Runs `run` on a machine of its own.
void with_fake(EtherMutation mutation, const std::function<void(EtherContext&)>& run) {
  auto machine = std::make_unique<FakeEtherMachine>(mutation);
  auto context = std::make_unique<FakeEtherContext>(*machine);
  run(*context);
}

struct Mutant {
  const char* name;
  EtherMutation mutation;
};

#define MUTANT(name) \
  { #name, EtherMutation::name }
const Mutant kMutants[] = {
    MUTANT(kLeakReference),      MUTANT(kReleaseTwice),       MUTANT(kSendNothing),       MUTANT(kCorruptByte),
    MUTANT(kSwapFragments),      MUTANT(kNoPadding),          MUTANT(kPadGarbage),        MUTANT(kAcceptTooLong),
    MUTANT(kAcceptTooShort),     MUTANT(kNoSpaceEvent),       MUTANT(kSpaceEventTwice),   MUTANT(kSpaceInsidePush),
    MUTANT(kBusyTakesReference), MUTANT(kBatchCountsOneMore), MUTANT(kReceiveInsidePush), MUTANT(kIgnorePromiscuous),
    MUTANT(kAcceptForeign),      MUTANT(kIgnoreMulticast),    MUTANT(kStatsStandStill),   MUTANT(kOpenTwice),
    MUTANT(kCloseTwice),         MUTANT(kCloseForgets),       MUTANT(kPushAfterClose),    MUTANT(kReceiveAfterClose),
    MUTANT(kBlockInUpcall),      MUTANT(kWrongMtu),           MUTANT(kKeepReceiver),
};

class EtherMutants : public ::testing::TestWithParam<Mutant> {};

TEST_P(EtherMutants, AreNoticed) {
  std::string noticed;
  for (const Suite<EtherContext>& suite : kSuites) {
    for (size_t i = 0; i < suite.count; ++i) {
      with_fake(GetParam().mutation, [&](EtherContext& context) {
        suite.cases[i].run(context);
        context.end_case();
        if (context.failed()) noticed += std::string(" ") + suite.cases[i].name;
      });
    }
  }
  EXPECT_FALSE(noticed.empty());
  RecordProperty("noticed_by", noticed);
}

INSTANTIATE_TEST_SUITE_P(Each, EtherMutants, ::testing::ValuesIn(kMutants),
                         [](const auto& info) { return std::string(info.param.name).substr(1); });

const bool g_registered = [] {
  for (const Suite<EtherContext>& suite : kSuites) {
    register_suite<EtherContext>("fake", suite, [](auto run) { with_fake(EtherMutation::kNone, run); });
  }
  return true;
}();

}  // namespace
}  // namespace graft::conformance
