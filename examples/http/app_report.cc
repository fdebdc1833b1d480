// SPDX-License-Identifier: BSD-2-Clause
/// What the example says of itself on /status.
#include <lwip/stats.h>

#include "examples/http/app.hpp"

namespace graft::http {

namespace {

constexpr uint64_t kSecond_ns = 1'000'000'000;

void append_ipv4(Text& out, const uint8_t (&address)[4]) {
  out << uint32_t{address[0]} << '.' << uint32_t{address[1]} << '.' << uint32_t{address[2]} << '.'
      << uint32_t{address[3]};
}

void append_mac(Text& out, const graft_mac_address_t& mac) {
  for (int i = 0; i < 6; ++i) {
    if (i) out << ':';
    out.hex(mac.bytes[i], 2);
  }
}

}  // namespace

void HttpApp::report(Report& out) {
  const HttpServer::Stats& s = server_.stats();
  out.begin_facts("server", "Server");
  out.fact("uptime_seconds", (host_.now_ns() - start_ns_) / kSecond_ns);
  out.fact("connections_active", s.active);
  out.fact("connections_accepted", s.accepted);
  out.fact("connections_overloaded", s.overloaded);
  out.fact("connections_refused", s.refused);
  out.fact("requests", s.requests);
  out.fact("answers_ok", s.answers_ok);
  out.fact("answers_client_error", s.answers_client);
  out.fact("answers_server_error", s.answers_server);
  out.fact("file_bytes_sent", s.body_bytes);
  out.fact("disk_errors", s.disk_errors);
  out.fact("timeouts", s.timeouts);
  out.end_facts();

  out.begin_facts("archive", "Archive");
  switch (archive_.state()) {
    case ArchiveLoader::State::kIdle:
      out.fact("state", "no disk");
      break;
    case ArchiveLoader::State::kLoading:
      out.fact("state", "loading");
      break;
    case ArchiveLoader::State::kReady:
      out.fact("state", "ready");
      break;
    case ArchiveLoader::State::kFailed:
      out.fact("state", "failed");
      out.fact("reason", archive_.reason());
      break;
  }
  out.fact("files", uint64_t{archive_.index().file_count()});
  out.fact("bytes", archive_.index().total_bytes());
  out.fact("members_not_served", archive_.skipped());
  out.end_facts();

  report_network(out);
  report_disk(out);
  report_memory(out);
}

void HttpApp::report_network(Report& out) {
  out.begin_facts("network", "Network interface");
  if (!network_.is_open()) {
    out.fact("state", network_.gone() ? "gone" : "none");
    out.end_facts();
    return;
  }
  const graft_link_state_t link = network_.link();
  Text text(host_);
  append_mac(text, network_.mac());
  out.fact("address", text.view());
  text.reset();
  append_ipv4(text, network_.config().address);
  out.fact("ipv4", text.view());
  out.fact("state", network_.gone() ? "gone" : link.up ? "up" : "down");
  out.fact("speed_mbit", link.speed_mbit);

  graft_ether_stats_t d;
  graft_etherdev_get_stats(network_.device().get(), &d);
  const EthernetInterface::Stats s = network_.stats();
  out.fact("rx_packets", d.rx_packets);
  out.fact("rx_bytes", d.rx_bytes);
  out.fact("rx_errors", d.rx_errors);
  out.fact("rx_dropped", d.rx_dropped);
  out.fact("rx_malformed", d.rx_malformed + s.queue.malformed);
  out.fact("rx_queue_full", s.queue.dropped);
  out.fact("rx_copied_bytes", d.rx_copied_bytes + s.receive.copied_bytes);
  out.fact("rx_header_bytes", s.receive.header_bytes);
  out.fact("rx_referenced_bytes", s.receive.referenced_bytes);
  out.fact("tx_packets", d.tx_packets);
  out.fact("tx_bytes", d.tx_bytes);
  out.fact("tx_errors", d.tx_errors);
  out.fact("tx_dropped", d.tx_dropped + s.transmit.dropped);
  out.fact("tx_busy", d.tx_busy);
  out.fact("tx_gathered", d.tx_gathered);
  out.fact("tx_copied", d.tx_copied);
  out.fact("tx_copied_bytes", d.tx_copied_bytes);
  out.fact("tx_header_bytes", d.tx_header_bytes);
  out.fact("tx_outstanding", s.transmit.outstanding);
  out.end_facts();

  out.begin_facts("tcpip", "TCP/IP");
  out.fact("frames_dropped", uint64_t{lwip_stats.link.drop});
  out.fact("arp_dropped", uint64_t{lwip_stats.etharp.drop});
  out.fact("ip_received", uint64_t{lwip_stats.ip.recv});
  out.fact("ip_dropped", uint64_t{lwip_stats.ip.drop});
  out.fact("ip_checksum_errors", uint64_t{lwip_stats.ip.chkerr});
  out.fact("fragments_received", uint64_t{lwip_stats.ip_frag.recv});
  out.fact("fragments_dropped", uint64_t{lwip_stats.ip_frag.drop});
  out.fact("icmp_received", uint64_t{lwip_stats.icmp.recv});
  out.fact("icmp_sent", uint64_t{lwip_stats.icmp.xmit});
  out.fact("icmp_dropped", uint64_t{lwip_stats.icmp.drop});
  out.fact("icmp_checksum_errors", uint64_t{lwip_stats.icmp.chkerr});
  out.fact("tcp_received", uint64_t{lwip_stats.tcp.recv});
  out.fact("tcp_sent", uint64_t{lwip_stats.tcp.xmit});
  out.fact("tcp_dropped", uint64_t{lwip_stats.tcp.drop});
  out.fact("tcp_checksum_errors", uint64_t{lwip_stats.tcp.chkerr});
  out.fact("tcp_out_of_memory", uint64_t{lwip_stats.tcp.memerr});
  out.end_facts();
}

void HttpApp::report_disk(Report& out) {
  out.begin_facts("disk", "Disk");
  if (!disk_.attached()) {
    out.fact("state", "none");
    out.end_facts();
    return;
  }
  graft_blk_stats_t d;
  graft_asyncblk_get_stats(disk_.disk().get(), &d);
  const DiskReader::Stats& s = disk_.stats();
  out.fact("size_bytes", disk_.size_bytes());
  out.fact("block_bytes", disk_.limits().block_bytes);
  out.fact("queue_depth", disk_.limits().queue_depth);
  out.fact("reads", d.reads);
  out.fact("read_bytes", d.read_bytes);
  out.fact("errors", d.errors);
  out.fact("gathered", d.gathered);
  out.fact("copied", d.copied);
  out.fact("copied_bytes", d.copied_bytes);
  out.fact("in_flight", s.in_flight);
  out.fact("queue_full", s.busy);
  out.end_facts();
}

void HttpApp::report_memory(Report& out) {
  out.begin_facts("example_memory", "Memory of the example");
  out.fact("file_buffers", buffers_.total());
  out.fact("file_buffers_free", buffers_.free_count());
  out.fact("packet_heap_bytes", uint64_t{lwip_stats.mem.avail});
  out.fact("packet_heap_used_bytes", uint64_t{lwip_stats.mem.used});
  out.fact("packet_heap_peak_bytes", uint64_t{lwip_stats.mem.max});
  out.fact("packet_heap_errors", uint64_t{lwip_stats.mem.err});
  out.fact("received_buffers_held", network_.stats().receive.held);
  out.end_facts();
}

}  // namespace graft::http
