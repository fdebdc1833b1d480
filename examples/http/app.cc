// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/app.hpp"

#include <algorithm>

#include "examples/http/netif/lwip_runtime.hpp"

namespace graft::http {

HttpApp::HttpApp(const graft_osenv_t* osenv, void (*wake)(void* arg), void* wake_arg, const HttpConfig& config,
                 ReportSource* system)
    : host_(osenv, wake, wake_arg),
      config_(config),
      start_ns_(host_.now_ns()),
      network_(host_, config.ip),
      disk_(host_),
      buffers_(host_),
      archive_(host_, disk_),
      site_(host_, archive_, sources_, system ? 2 : 1),
      server_(host_, site_, disk_, buffers_, network_.transmit()) {
  sources_[source_count_++] = this;
  if (system) sources_[source_count_++] = system;
}

HttpApp::~HttpApp() {
  server_.stop();
  network_.take_down();
  buffers_.reclaim(UINT64_MAX);
}

Status HttpApp::create() {
  GRAFT_TRY(start_lwip(host_));
  if (!buffers_.create()) return GRAFT_E_NOMEM;
  GRAFT_TRY(network_.create());
  return server_.listen(config_.port);
}

void HttpApp::attach_disk(const Ref<graft_asyncblk_t>& disk) {
  if (!disk) return archive_.fail("there is no disk");
  const Status status = disk_.attach(disk);
  if (!status.ok()) {
    Text reason(host_);
    reason << "the disk does not answer: " << status.name();
    return archive_.fail(reason.view());
  }
  archive_.start();
  host_.wake();
}

Status HttpApp::open_network(const Ref<graft_etherdev_t>& device) { return network_.open(device); }

void HttpApp::note_gone() {
  if (gone_noted_ || !network_.gone()) return;
  gone_noted_ = true;
  host_.log(GRAFT_LOG_ERROR, "http: the network interface is gone");
}

uint64_t HttpApp::poll() {
  host_.begin_poll();
  note_gone();
  TransmitQueue& transmit = network_.transmit();
  transmit.reclaim();
  if (buffers_.reclaim(transmit.completed_before())) server_.on_buffers();
  const bool more_packets = network_.poll_receive(kReceiveBudget);
  const uint64_t timer_ns = run_lwip_timers(host_);
  bool busy = disk_.poll();
  busy |= server_.poll();
  if (disk_.attached()) busy |= disk_.poll();
  transmit.flush();
  if (busy || more_packets || transmit.can_continue()) return 0;
  return std::min(timer_ns, disk_.retry_deadline_ns(host_.now_ns()));
}

void HttpApp::stop() {
  stopping_ = true;
  server_.stop();
  network_.take_down();
}

}  // namespace graft::http
