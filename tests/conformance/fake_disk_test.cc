// SPDX-License-Identifier: BSD-2-Clause
// The block suites against a fake disk that keeps every rule, and against fakes that each break one.
#include "tests/conformance/fakes/fake_disk.hpp"

#include <memory>

#include "tests/conformance/blk_context.hpp"
#include "tests/conformance/gtest_adapter.hpp"
#include "tests/fakes/osenv/manual_host.hpp"

namespace graft::conformance {
namespace {

using fakes::DiskMutation;
using fakes::FakeDisk;

struct Machine {
  explicit Machine(const FakeDisk::Options& options) : disk(world, options) {}
  fakes::ManualHost host;
  fakes::FakeWorld world;
  FakeDisk disk;
};

class FakeDiskContext final : public BlkContext {
 public:
  explicit FakeDiskContext(Machine& machine) : BlkContext(&machine.host.env(), &machine.disk), machine_(machine) {}

  void progress(uint64_t deadline_ns) override {
    if (!machine_.world.run()) machine_.host.advance_to(deadline_ns);
  }
  bool hold(bool on) override {
    machine_.disk.hold(on);
    return true;
  }
  bool remove() override {
    machine_.disk.remove();
    return true;
  }
  bool break_block(uint64_t offset, bool broken) override {
    machine_.disk.fail(offset, offset + block(), broken ? GRAFT_E_IO : GRAFT_OK);
    return true;
  }

 private:
  Machine& machine_;
};

const Suite<BlkContext> kSuites[] = {asyncblk_transfer_suite(), asyncblk_rules_suite(), blkio_suite()};

void with_fake(const FakeDisk::Options& options, const std::function<void(BlkContext&)>& run) {
  auto machine = std::make_unique<Machine>(options);
  auto context = std::make_unique<FakeDiskContext>(*machine);
  run(*context);
}

struct Mutant {
  const char* name;
  DiskMutation mutation;
};

#define MUTANT(name) \
  { #name, DiskMutation::name }
const Mutant kMutants[] = {
    MUTANT(kCompleteInside),  MUTANT(kCompleteTwice),    MUTANT(kCompleteNever),    MUTANT(kAcceptMisaligned),
    MUTANT(kAcceptBeyondEnd), MUTANT(kAcceptWrongSum),   MUTANT(kReadWrongBlock),   MUTANT(kReadShort),
    MUTANT(kWriteLost),       MUTANT(kSwapFragments),    MUTANT(kNeverBusy),        MUTANT(kBusyButAccepted),
    MUTANT(kWrongAccepted),   MUTANT(kReadOnlyWritable), MUTANT(kStatsStandStill),  MUTANT(kZeroesDoNothing),
    MUTANT(kInvalAccepted),   MUTANT(kBlockInUpcall),    MUTANT(kSyncIgnoresRange), MUTANT(kGoneCompletesLate),
    MUTANT(kGoneAccepts),
};

class DiskMutants : public ::testing::TestWithParam<Mutant> {};

TEST_P(DiskMutants, AreNoticed) {
  std::string noticed;
  FakeDisk::Options options;
  options.mutation = GetParam().mutation;
  options.read_only = options.mutation == DiskMutation::kReadOnlyWritable;
  for (const Suite<BlkContext>& suite : kSuites) {
    for (size_t i = 0; i < suite.count; ++i) {
      with_fake(options, [&](BlkContext& context) {
        suite.cases[i].run(context);
        context.end_case();
        if (context.failed()) noticed += std::string(" ") + suite.cases[i].name;
      });
    }
  }
  EXPECT_FALSE(noticed.empty());
  RecordProperty("noticed_by", noticed);
}

INSTANTIATE_TEST_SUITE_P(Each, DiskMutants, ::testing::ValuesIn(kMutants),
                         [](const auto& info) { return std::string(info.param.name).substr(1); });

const bool g_registered = [] {
  const auto device = [](uint32_t block_bytes, uint32_t queue_depth, bool out_of_order, bool read_only) {
    FakeDisk::Options options;
    options.block_bytes = block_bytes;
    options.queue_depth = queue_depth;
    options.out_of_order = out_of_order;
    options.read_only = read_only;
    return options;
  };
  const std::pair<const char*, FakeDisk::Options> devices[] = {
      {"fake", device(512, 32, false, false)},
      {"fake_4k_blocks_any_order", device(4096, 8, true, false)},
      {"fake_one_at_a_time", device(512, 1, false, false)},
      {"fake_read_only", device(512, 32, false, true)},
  };
  for (const auto& [name, options] : devices) {
    for (const Suite<BlkContext>& suite : kSuites) {
      register_suite<BlkContext>(name, suite, [options = options](auto run) { with_fake(options, run); });
    }
  }
  return true;
}();

}  // namespace
}  // namespace graft::conformance
