// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/program.hpp"

#include <algorithm>
#include <cstdio>
#include <graft/asyncblk.hpp>
#include <graft/etherdev.hpp>
#include <graft/services.hpp>
#include <new>

#include "kernels/support/program.hpp"

namespace graft::http {

namespace {

constexpr uint64_t kSecond_ns = 1'000'000'000;

template <class Interface>
Ref<Interface> first_of_kind(graft_kit_t* kit) {
  void* found = nullptr;
  if (graft_services_lookup(graft_kit_services(kit), &InterfaceId<Interface>::value, 0, &found) != GRAFT_OK) return {};
  return Ref<Interface>::adopt(static_cast<Interface*>(found));
}

template <class T>
std::unique_ptr<T> require_memory(T* object) {
  if (!object) require(GRAFT_E_NOMEM, "starting");
  return std::unique_ptr<T>(object);
}

}  // namespace

void require(Status status, const char* what) {
  if (status.ok()) return;
  printf("http: %s: %s\n", what, status.name());
  support::exit(false);
}

HttpProgram::HttpProgram(const graft_osenv_t* osenv, void (*wake)(void*), void* wake_arg)
    : osenv_(osenv), wake_(wake), wake_arg_(wake_arg), host_(osenv, wake, wake_arg) {}

std::unique_ptr<HttpProgram> HttpProgram::create(const graft_osenv_t* osenv, void (*wake)(void*), void* wake_arg,
                                                 void (*report_host)(Report& out)) {
  auto program = require_memory(new (std::nothrow) HttpProgram(osenv, wake, wake_arg));
  Options& options = program->options_;
  std::string_view wrong;
  if (!options.parse(support::command_line(), &wrong)) {
    printf("http: what is '%.*s'? Options: %s\n", static_cast<int>(wrong.size()), wrong.data(), kOptionHelp);
    support::exit(false);
  }
  const graft_kit_options_t kit_options = options.kit_options();
  require(graft_kit_create(osenv, &kit_options, &program->kit_), "creating the kit");
  program->report_ = require_memory(new (std::nothrow) KitReport(program->host_, program->kit_, report_host));
  if (options.run_seconds) program->end_ns_ = program->host_.now_ns() + options.run_seconds * kSecond_ns;
  return program;
}

void HttpProgram::start() {
  printf("http: driver set %s, devices:\n", graft_kit_set_name());
  report_->log_devices();
  app_ = require_memory(new (std::nothrow) HttpApp(osenv_, wake_, wake_arg_, options_.http, report_.get()));
  require(app_->create(), "starting the server");
  app_->attach_disk(first_of_kind<graft_asyncblk_t>(kit_));
  ether_ = first_of_kind<graft_etherdev_t>(kit_);
}

Status HttpProgram::open_network() { return ether_ ? app_->open_network(ether_) : GRAFT_OK; }

void HttpProgram::announce() const {
  if (!ether_) {
    printf("http: there is no network interface; nothing can be served\n");
    return;
  }
  const uint8_t(&a)[4] = options_.http.ip.address;
  printf("http: ready at %u.%u.%u.%u port %u\n", a[0], a[1], a[2], a[3], options_.http.port);
}

uint64_t HttpProgram::poll() { return std::min(app_->poll(), end_ns_); }

void HttpProgram::stop() {
  printf("http: stopping\n");
  end_ns_ = GRAFT_FOREVER;
  app_->stop();
}

void HttpProgram::end_app() {
  app_.reset();
  ether_.reset();
}

}  // namespace graft::http
