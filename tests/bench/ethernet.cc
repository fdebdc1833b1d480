// SPDX-License-Identifier: BSD-2-Clause
#include "tests/bench/ethernet.hpp"

#include <cstdio>
#include <cstring>

#include "kernels/threaded/host.hpp"

namespace graft::bench {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;

}  // namespace

graft_kit_t* start_kit(const char* const* parameters) {
  graft_kit_options_t options{sizeof options, GRAFT_ADAPTER_AUTO, 0, parameters};
  graft_kit_t* kit;
  if (graft_error_t error = graft_kit_create(threaded::osenv(), &options, &kit); error != GRAFT_OK) {
    std::printf("no kit: %s\n", graft_error_name(error));
    return nullptr;
  }
  threaded::create_thread(
      "world", threaded::kServicePriority,
      [](void* arg) { graft_world_serve(graft_kit_world(static_cast<graft_kit_t*>(arg))); }, kit);
  uint32_t attached;
  if (graft_bus_probe(graft_kit_pci_bus(kit), &attached) != GRAFT_OK || attached == 0) {
    std::printf("no driver was attached\n");
    return nullptr;
  }
  return kit;
}

bool Interface::open(graft_kit_t* kit, uint32_t index, graft_netio_t* receive) {
  void* device;
  if (graft_services_lookup(graft_kit_services(kit), &graft_iid_etherdev, index, &device) != GRAFT_OK) {
    std::printf("no Ethernet interface number %u\n", index);
    return false;
  }
  device_ = EtherDev(Ref<graft_etherdev_t>::adopt(static_cast<graft_etherdev_t*>(device)));
  const graft_osenv_t* env = threaded::osenv();
  thread_ = env->thread_self(env->host);
  graft_ether_listener_t listener = {
      .arg = this,
      .on_link = nullptr,
      .on_space =
          [](void* arg) {
            auto* self = static_cast<Interface*>(arg);
            self->space_ = true;
            threaded::osenv()->thread_unpark(threaded::osenv()->host, self->thread_);
          },
      .on_gone = nullptr,
  };
  graft_netio_t* out;
  if (Status status = device_.open(receive, &listener, &out); !status.ok()) {
    std::printf("open: %s\n", status.name());
    return false;
  }
  out_ = NetIo(Ref<graft_netio_t>::adopt(out));
  out_batch_ = NetIo2(out_.query<graft_netio2_t>());
  pushed_ = counted();
  for (int i = 0; i < 100; ++i) {
    graft_link_state_t link;
    device_.get_link(&link);
    if (link.up) return true;
    threaded::sleep_ns(100 * kMillisecond);
  }
  std::printf("no link\n");
  return false;
}

bool Interface::make_packet(const unsigned char (&destination)[6], graft_bufio_t** out) {
  unsigned char frame[kLargeBytes] = {};
  graft_mac_address_t own;
  device_.get_address(&own);
  std::memcpy(frame, destination, 6);
  std::memcpy(frame + 6, own.bytes, 6);
  frame[12] = 0x88;
  frame[13] = 0xb5;
  if (out_.alloc_bufio(kLargeBytes, out) != GRAFT_OK) return false;
  return (*out)->ops->write(*out, frame, 0, sizeof frame) == GRAFT_OK;
}

void Interface::wait_for_space() {
  const graft_osenv_t* env = threaded::osenv();
  while (!space_.exchange(false)) env->thread_park(env->host, GRAFT_FOREVER);
}

bool Interface::push_all(graft_bufio_t* packet, uint32_t bytes, uint32_t count) {
  pushed_ += count;
  for (uint32_t i = 0; i < count;) {
    graft_error_t error = out_->ops->push(out_.get(), packet, bytes);
    if (error == GRAFT_OK) {
      ++i;
    } else if (error == GRAFT_E_BUSY) {
      wait_for_space();
    } else {
      std::printf("push: %s\n", graft_error_name(error));
      return false;
    }
  }
  return true;
}

bool Interface::push_batches(graft_bufio_t* packet, uint32_t bytes, uint32_t count) {
  graft_packet_t batch[kBatch] = {};
  for (graft_packet_t& one : batch) {
    one.buffer = packet;
    one.bytes = bytes;
  }
  pushed_ += count;
  for (uint32_t i = 0; i < count;) {
    uint32_t accepted;
    uint32_t wanted = count - i < kBatch ? count - i : kBatch;
    graft_error_t error = out_batch_->ops->push_batch(out_batch_.get(), batch, wanted, &accepted);
    i += accepted;
    if (error == GRAFT_E_BUSY) {
      wait_for_space();
    } else if (error != GRAFT_OK) {
      std::printf("push_batch: %s\n", graft_error_name(error));
      return false;
    }
  }
  return true;
}

uint64_t Interface::counted() const {
  graft_ether_stats_t stats;
  device_.get_stats(&stats);
  return stats.tx_packets;
}

uint64_t Interface::received() const {
  graft_ether_stats_t stats;
  device_.get_stats(&stats);
  return stats.rx_packets;
}

bool Interface::settle(graft_bufio_t* packet) {
  for (int i = 0; i < 1000; ++i) {
    graft_addref(packet);
    bool is_back = graft_release(packet) == 1;
    if (is_back && counted() == pushed_) return true;
    threaded::sleep_ns(kMillisecond);
  }
  std::printf("the last packet did not come back\n");
  return false;
}

}  // namespace graft::bench
