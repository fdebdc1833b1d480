// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/server/http_server.hpp"

#include <new>

namespace graft::http {

namespace {

constexpr uint32_t kSlots = HttpServer::kConnections + HttpServer::kOverload;
constexpr uint8_t kBacklog = 64;

}  // namespace

Status HttpServer::listen(uint16_t port) {
  void* memory = host_.alloc_pages(pages_for(kSlots * sizeof(Connection)));
  if (!memory) return GRAFT_E_NOMEM;
  connections_ = static_cast<Connection*>(memory);
  for (uint32_t i = 0; i < kSlots; ++i) new (connections_ + i) Connection(*this);
  tcp_pcb* pcb = tcp_new();
  if (!pcb) return GRAFT_E_NOMEM;
  // A server that is started again may find connections of its predecessor in TIME-WAIT.
  ip_set_option(pcb, SOF_REUSEADDR);
  if (tcp_bind(pcb, IP_ANY_TYPE, port) != ERR_OK) {
    tcp_close(pcb);
    return GRAFT_E_BUSY;
  }
  listener_ = tcp_listen_with_backlog(pcb, kBacklog);
  if (!listener_) {
    tcp_close(pcb);
    return GRAFT_E_NOMEM;
  }
  tcp_arg(listener_, this);
  tcp_accept(listener_, on_accept);
  return GRAFT_OK;
}

void HttpServer::stop() {
  if (listener_) tcp_close(listener_);
  listener_ = nullptr;
  if (!connections_) return;
  for (uint32_t i = 0; i < kSlots; ++i) {
    if (connections_[i].in_use()) connections_[i].abort();
  }
}

HttpServer::~HttpServer() {
  stop();
  if (!connections_) return;
  for (uint32_t i = 0; i < kSlots; ++i) connections_[i].~Connection();
  host_.free_pages(connections_, pages_for(kSlots * sizeof(Connection)));
}

err_t HttpServer::on_accept(void* arg, tcp_pcb* pcb, err_t error) {
  auto* self = static_cast<HttpServer*>(arg);
  if (error != ERR_OK || !pcb) return ERR_VAL;
  for (uint32_t i = 0; i < kSlots; ++i) {
    Connection& connection = self->connections_[i];
    if (connection.in_use()) continue;
    const bool overloaded = self->stats_.active >= kConnections;
    ++self->stats_.accepted;
    ++self->stats_.active;
    self->stats_.overloaded += overloaded;
    connection.begin(pcb, overloaded);
    return ERR_OK;
  }
  ++self->stats_.refused;
  tcp_abort(pcb);
  return ERR_ABRT;
}

void HttpServer::make_ready(Connection* connection) {
  auto& hook = static_cast<boost::intrusive::list_base_hook<boost::intrusive::tag<ReadyTag>, UnlinkHook>&>(*connection);
  if (!hook.is_linked()) ready_.push_back(*connection);
}

void HttpServer::wait_for_buffer(Connection* connection) {
  auto& hook = static_cast<boost::intrusive::list_base_hook<boost::intrusive::tag<WaitTag>, UnlinkHook>&>(*connection);
  if (!hook.is_linked()) waiting_.push_back(*connection);
}

void HttpServer::on_buffers() {
  while (!waiting_.empty()) {
    Connection& connection = waiting_.front();
    waiting_.pop_front();
    make_ready(&connection);
  }
}

bool HttpServer::poll() {
  // Connections that become ready meanwhile are for the next round.
  ReadyList now;
  now.splice(now.end(), ready_);
  const bool any = !now.empty();
  while (!now.empty()) {
    Connection& connection = now.front();
    now.pop_front();
    connection.step();
  }
  return any;
}

void HttpServer::count_answer(int status) {
  ++stats_.requests;
  ++(status < 400 ? stats_.answers_ok : status < 500 ? stats_.answers_client : stats_.answers_server);
}

}  // namespace graft::http
