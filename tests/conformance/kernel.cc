// SPDX-License-Identifier: BSD-2-Clause
// The suites inside a kernel on the threaded host, against what the image's drivers export: the first disk, and the
// first of two network cards that are cabled to each other.
#include <cstdio>
#include <memory>
#include <new>

#include "kernels/threaded/host.hpp"
#include "tests/conformance/kit_contexts.hpp"
#include "tests/conformance/run.hpp"
#include "tests/qemu/kit.hpp"

namespace {

using namespace graft;
using namespace graft::conformance;

void run_disk(graft_kit_t* kit, Verdict* verdict) {
  const auto disk = test::find<graft_asyncblk_t>(kit);
  if (!disk) return;
  const auto make = [&](auto run) {
    auto context = std::unique_ptr<KitBlkContext>(new (std::nothrow) KitBlkContext(threaded::osenv(), kit, disk.get()));
    if (context) run(*context);
  };
  for (const auto& suite : {asyncblk_transfer_suite(), blkio_suite(), asyncblk_rules_suite()}) {
    run_suite<BlkContext>(suite, make, verdict);
  }
}

void run_card(graft_kit_t* kit, Verdict* verdict) {
  const auto card = test::find<graft_etherdev_t>(kit, 0);
  const auto other = test::find<graft_etherdev_t>(kit, 1);
  if (!card || !other) return;
  auto peer = std::unique_ptr<EtherPeer>(new (std::nothrow) EtherPeer(other.get()));
  if (!peer || !peer->open().ok()) {
    printf("FAIL etherdev.peer: it does not open\n");
    ++verdict->failed;
    return;
  }
  const auto make = [&](auto run) {
    auto context =
        std::unique_ptr<KitEtherContext>(new (std::nothrow) KitEtherContext(threaded::osenv(), kit, card.get(), *peer));
    if (context) run(*context);
  };
  for (const auto& suite : {etherdev_transmit_suite(), etherdev_receive_suite(), etherdev_control_suite()}) {
    run_suite<EtherContext>(suite, make, verdict);
  }
}

}  // namespace

// Options of the command line: adapter=auto|copy.
int host_main() {
  graft_kit_options_t options = {};
  options.size_bytes = sizeof options;
  options.adapter = threaded::option("adapter") == "copy" ? GRAFT_ADAPTER_COPY : GRAFT_ADAPTER_AUTO;
  graft_kit_t* kit = test::start_kit(&options);
  Verdict verdict;
  run_disk(kit, &verdict);
  run_card(kit, &verdict);
  return finish(verdict);
}
