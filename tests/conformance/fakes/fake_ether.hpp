// SPDX-License-Identifier: BSD-2-Clause
/// FakeEther: an etherdev with a small ring on a wire that the test holds. Everything it does happens in
/// FakeWorld::run(). Each mutation breaks one promise of the contract, to show that the suite notices.
#ifndef GRAFT_TESTS_CONFORMANCE_FAKES_FAKE_ETHER_HPP
#define GRAFT_TESTS_CONFORMANCE_FAKES_FAKE_ETHER_HPP

#include <deque>
#include <functional>
#include <graft/etherdev.hpp>
#include <graft/netio.hpp>
#include <graft/netio2.hpp>
#include <set>
#include <vector>

#include "tests/conformance/fakes/fake_world.hpp"

namespace graft::fakes {

enum class EtherMutation {
  kNone,
  kLeakReference,       ///< a transmitted packet's reference is not released
  kReleaseTwice,        ///< it is released twice
  kSendNothing,         ///< packets complete but do not reach the wire
  kCorruptByte,         ///< the last byte of a frame is wrong
  kSwapFragments,       ///< fragments are sent in the wrong order
  kNoPadding,           ///< short frames are not padded
  kPadGarbage,          ///< short frames are padded with something else than zeroes
  kAcceptTooLong,       ///< frames beyond the MTU are sent
  kAcceptTooShort,      ///< frames without a full header are sent
  kNoSpaceEvent,        ///< on_space never comes
  kSpaceEventTwice,     ///< it comes twice for one refusal
  kSpaceInsidePush,     ///< it comes inside push
  kBusyTakesReference,  ///< a refused packet is kept
  kBatchCountsOneMore,  ///< push_batch says it took one packet more
  kReceiveInsidePush,   ///< an upcall comes inside push
  kIgnorePromiscuous,   ///< foreign frames are never received
  kAcceptForeign,       ///< they always are
  kIgnoreMulticast,     ///< groups are never received
  kStatsStandStill,     ///< packets are not counted
  kOpenTwice,           ///< a second open succeeds
  kCloseTwice,          ///< closing twice succeeds
  kCloseForgets,        ///< close leaves accepted packets unsent and unreleased
  kPushAfterClose,      ///< push after close succeeds
  kReceiveAfterClose,   ///< packets are delivered after close
  kBlockInUpcall,       ///< a blocking method works inside an upcall
  kWrongMtu,            ///< set_mtu accepts anything
  kKeepReceiver,        ///< the receiving netio is not released at close
};

class FakeEther final : public Object<FakeEther, graft_etherdev_t> {
 public:
  static constexpr size_t kRing = 32;
  static constexpr uint32_t kMinMtu = 68;
  static constexpr uint32_t kMaxMtu = 1500;
  using Frame = std::vector<uint8_t>;

  FakeEther(FakeWorld& world, const graft_mac_address_t& address, EtherMutation mutation = EtherMutation::kNone)
      : world_(world), address_(address), mutation_(mutation) {}
  ~FakeEther();

  // ---- The wire, for the test ---------------------------------------------------------------------------------------

  /// Where transmitted frames go; called inside FakeWorld::run().
  std::function<void(Frame)> on_wire;
  /// A frame arrives from outside; it is delivered inside FakeWorld::run().
  void arrive(Frame frame);
  /// Size of the pieces in which frames are received; 0: whole.
  void set_piece_bytes(size_t bytes) { piece_bytes_ = bytes; }
  void set_link(bool up);
  /// The card is pulled out.
  void remove();
  /// Transmission stops until it is released: the ring fills up.
  void hold(bool on);
  [[nodiscard]] int frames_alive() const { return frames_alive_; }

  // ---- etherdev -----------------------------------------------------------------------------------------------------

  Status open(graft_netio_t* receive, const graft_ether_listener_t* listener, graft_netio_t** out_send);
  Status close();
  void get_address(graft_mac_address_t* out) { *out = address_; }
  void get_link(graft_link_state_t* out) { *out = {open_ && link_up_ && !gone_, true, 0, 1000}; }
  uint32_t get_mtu() { return mtu_; }
  Status set_mtu(uint32_t mtu);
  Status set_multicast(const graft_mac_address_t* groups, uint32_t count);
  Status set_promiscuous(bool on);
  void get_stats(graft_ether_stats_t* out) { *out = stats_; }
  Status rxpoll(uint32_t budget, uint32_t* out_delivered);
  void destroy() {}

 private:
  class Sender;

  Status push(graft_bufio_t* packet, size_t bytes);
  void transmit();
  void complete(graft_bufio_t* packet);
  Frame gather(graft_bufio_t* packet, size_t bytes);
  void deliver(const Frame& frame);
  bool accepts(const Frame& frame) const;
  void space();
  bool is(EtherMutation m) const { return mutation_ == m; }

  struct Pending {
    graft_bufio_t* packet;
    size_t bytes;
  };

  FakeWorld& world_;
  graft_mac_address_t address_;
  EtherMutation mutation_;
  uint32_t mtu_ = 1500;
  bool open_ = false;
  bool link_up_ = true;
  bool gone_ = false;
  bool held_ = false;
  bool promiscuous_ = false;
  size_t piece_bytes_ = 0;
  int frames_alive_ = 0;
  uint32_t refusals_ = 0;
  bool transmit_posted_ = false;
  std::vector<graft_mac_address_t> groups_;
  graft_ether_listener_t listener_ = {};
  Ref<graft_netio_t> receive_;
  Ref<graft_netio_t> old_receive_;
  Sender* sender_ = nullptr;
  std::deque<Pending> ring_;
  std::set<graft_bufio_t*> allocated_;
  graft_ether_stats_t stats_ = {};
};

}  // namespace graft::fakes

#endif
