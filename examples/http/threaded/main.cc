// SPDX-License-Identifier: BSD-2-Clause
// The HTTP example on the threaded host: one thread serves the kit's world, this one runs TCP/IP and HTTP.
#include <cstdio>
#include <graft/asyncblk.hpp>
#include <graft/etherdev.hpp>

#include "examples/http/app.hpp"
#include "examples/http/threaded/options.hpp"
#include "examples/http/threaded/system_report.hpp"
#include "kernels/threaded/host.hpp"

using namespace graft;
using namespace graft::http;

namespace {

bool works(Status status, const char* what) {
  if (!status.ok()) printf("http: %s: %s\n", what, status.name());
  return status.ok();
}

/// Gives the first interface of a kind that an attached device exports, or null.
template <class Interface>
Ref<Interface> first(graft_kit_t* kit) {
  void* found = nullptr;
  const graft_iid_t* iid = &InterfaceId<Interface>::value;
  if (graft_services_lookup(graft_kit_services(kit), iid, 0, &found) != GRAFT_OK) return {};
  return Ref<Interface>::adopt(static_cast<Interface*>(found));
}

bool start_world(graft_kit_t* kit) {
  const auto serve = [](void* world) {
    works(graft_world_serve(static_cast<graft_world_t*>(world)), "the world is not served any more");
  };
  return threaded::create_thread("world", threaded::kServicePriority, serve, graft_kit_world(kit)) != nullptr;
}

void print_ready(const HttpConfig& config) {
  const uint8_t(&a)[4] = config.ip.address;
  printf("http: ready at %u.%u.%u.%u port %u\n", a[0], a[1], a[2], a[3], config.port);
}

}  // namespace

int host_main() {
  HttpConfig config;
  std::string_view bad_word;
  if (!parse_options(threaded::command_line(), &config, &bad_word)) {
    printf("http: what is '%.*s'? Options: %s\n", static_cast<int>(bad_word.size()), bad_word.data(), kOptionHelp);
    return 1;
  }
  const graft_osenv_t* env = threaded::osenv();
  graft_kit_t* kit = nullptr;
  if (!works(graft_kit_create(env, nullptr, &kit), "the kit does not start")) return 1;
  if (!start_world(kit)) return works(GRAFT_E_NOMEM, "the world's thread"), 1;
  uint32_t attached = 0;
  if (!works(graft_bus_probe(graft_kit_pci_bus(kit), &attached), "the bus cannot be probed")) return 1;

  static SystemReport system(kit);
  printf("http: driver set %s; devices:\n", graft_kit_set_name());
  system.print_devices();

  static HttpApp app(
      env, [](void* thread) { threaded::osenv()->thread_unpark(nullptr, thread); }, env->thread_self(env->host), config,
      &system);
  if (!works(app.create(), "the server does not start")) return 1;
  const Ref<graft_etherdev_t> card = first<graft_etherdev_t>(kit);
  if (!card) {
    printf("http: there is no network card that a driver of this image knows\n");
    return 1;
  }
  app.attach_disk(first<graft_asyncblk_t>(kit));
  if (!works(app.open_network(card), "the network card does not start")) return 1;
  print_ready(config);
  for (;;) {
    const uint64_t deadline_ns = app.poll();
    if (deadline_ns != 0) env->thread_park(env->host, deadline_ns);
  }
}
