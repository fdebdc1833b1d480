// SPDX-License-Identifier: BSD-2-Clause
/// A fake card and its peer, as an EtherContext.
#ifndef GRAFT_TESTS_CONFORMANCE_FAKE_ETHER_SETUP_HPP
#define GRAFT_TESTS_CONFORMANCE_FAKE_ETHER_SETUP_HPP

#include <cstring>
#include <deque>

#include "tests/conformance/ether_context.hpp"
#include "tests/conformance/fakes/fake_ether.hpp"
#include "tests/fakes/osenv/manual_host.hpp"

namespace graft::conformance {

/// What lives longer than a context: the clock, the deferred work, the card.
struct FakeEtherMachine {
  explicit FakeEtherMachine(fakes::EtherMutation mutation) : ether(world, {{2, 0, 0, 0, 0, 1}}, mutation) {
    ether.on_wire = [this](std::vector<uint8_t> frame) {
      const bool is_test = frame.size() >= 14 && frame[12] == 0x88 && frame[13] == 0xb5;
      if (is_test || frame.size() < 14) sent.push_back(std::move(frame));
    };
  }

  fakes::ManualHost host;
  fakes::FakeWorld world;
  fakes::FakeEther ether;
  std::deque<std::vector<uint8_t>> sent;
};

class FakeEtherContext final : public EtherContext {
 public:
  explicit FakeEtherContext(FakeEtherMachine& machine)
      : EtherContext(&machine.host.env(), &machine.ether), machine_(machine) {}

  void progress(uint64_t deadline_ns) override {
    if (!machine_.world.run()) machine_.host.advance_to(deadline_ns);
  }
  void peer_send(const uint8_t* frame, size_t bytes) override { machine_.ether.arrive({frame, frame + bytes}); }
  bool peer_receive(WireFrame* out) override {
    if (machine_.sent.empty()) return false;
    out->bytes = machine_.sent.front().size();
    std::memcpy(out->data, machine_.sent.front().data(), out->bytes);
    machine_.sent.pop_front();
    return true;
  }
  bool hold(bool on) override {
    machine_.ether.hold(on);
    return true;
  }
  bool set_link(bool up) override {
    machine_.ether.set_link(up);
    return true;
  }
  bool remove() override {
    machine_.ether.remove();
    return true;
  }
  [[nodiscard]] bool can_send_malformed() const override { return true; }

 private:
  FakeEtherMachine& machine_;
};

}  // namespace graft::conformance

#endif
