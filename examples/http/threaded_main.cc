// SPDX-License-Identifier: BSD-2-Clause
// The example on the threaded host: the kit's world has a thread, HttpApp has the main one, which parks when idle.
#include <graft/bus.h>

#include <cstdio>
#include <memory>
#include <new>

#include "examples/http/app.hpp"
#include "examples/http/kit_report.hpp"
#include "examples/http/options.hpp"
#include "kernels/threaded/host.hpp"

namespace {

using namespace graft;
using namespace graft::http;

constexpr uint64_t kSecond_ns = 1'000'000'000;

/// Ends the run if something without which nothing works does not work.
void require(Status status, const char* what) {
  if (status.ok()) return;
  printf("http: %s: %s\n", what, status.name());
  threaded::exit(false);
}

template <class Interface>
Ref<Interface> first_of_kind(graft_kit_t* kit) {
  void* found = nullptr;
  if (graft_services_lookup(graft_kit_services(kit), &InterfaceId<Interface>::value, 0, &found) != GRAFT_OK) return {};
  return Ref<Interface>::adopt(static_cast<Interface*>(found));
}

void report_host(Report& out) {
  const threaded::MemoryStats memory = threaded::memory_stats();
  out.begin_facts("host_memory", "Memory of the host");
  out.fact("total_bytes", memory.total_bytes);
  out.fact("in_use_bytes", memory.total_bytes - memory.free_bytes);
  out.fact("lowest_free_bytes", memory.lowest_free_bytes);
  out.fact("heap_bytes", memory.heap_bytes);
  out.end_facts();
}

struct WorldThread {
  graft_world_t* world;
  threaded::Semaphore ended;
};

void serve_world(void* arg) {
  auto* thread = static_cast<WorldThread*>(arg);
  require(graft_world_serve(thread->world), "serving the world");
  thread->ended.release();
}

void print_ready(const HttpConfig& config) {
  const uint8_t(&a)[4] = config.ip.address;
  printf("http: ready at %u.%u.%u.%u port %u\n", a[0], a[1], a[2], a[3], config.port);
}

/// Polls until `done()`, parking in between.
template <class Done>
void run(HttpApp& app, const graft_osenv_t* osenv, Done done) {
  while (!done()) {
    const uint64_t deadline_ns = app.poll();
    if (deadline_ns) osenv->thread_park(osenv->host, deadline_ns);
  }
}

}  // namespace

int host_main() {
  const graft_osenv_t* osenv = threaded::osenv();
  auto options = std::unique_ptr<Options>(new (std::nothrow) Options);
  if (!options) require(GRAFT_E_NOMEM, "options");
  std::string_view wrong;
  if (!options->parse(threaded::command_line(), &wrong)) {
    printf("http: what is '%.*s'? Options: %s\n", static_cast<int>(wrong.size()), wrong.data(), kOptionHelp);
    return 1;
  }

  graft_kit_t* kit = nullptr;
  const graft_kit_options_t kit_options = options->kit_options();
  require(graft_kit_create(osenv, &kit_options, &kit), "creating the kit");
  WorldThread world{graft_kit_world(kit), threaded::Semaphore()};
  if (!threaded::create_thread("world", threaded::kServicePriority, serve_world, &world)) {
    require(GRAFT_E_NOMEM, "the world's thread");
  }
  uint32_t attached = 0;
  require(graft_bus_probe(graft_kit_pci_bus(kit), &attached), "probing the bus");

  void* const self = osenv->thread_self(osenv->host);
  const auto wake = [](void* thread) {
    const graft_osenv_t* env = threaded::osenv();
    env->thread_unpark(env->host, thread);
  };
  Host host(osenv, wake, self);
  KitReport report(host, kit, report_host);
  printf("http: driver set %s, devices:\n", graft_kit_set_name());
  report.log_devices();

  auto app = std::unique_ptr<HttpApp>(new (std::nothrow) HttpApp(osenv, wake, self, options->http, &report));
  if (!app) require(GRAFT_E_NOMEM, "the application");
  require(app->create(), "starting the server");
  app->attach_disk(first_of_kind<graft_asyncblk_t>(kit));
  if (const auto ether = first_of_kind<graft_etherdev_t>(kit)) {
    require(app->open_network(ether), "opening the network interface");
    print_ready(options->http);
  } else {
    printf("http: there is no network interface; nothing can be served\n");
  }

  const uint64_t end_ns = options->run_seconds ? threaded::now_ns() + options->run_seconds * kSecond_ns : GRAFT_FOREVER;
  run(*app, osenv, [&] { return threaded::now_ns() >= end_ns; });

  printf("http: stopping\n");
  app->stop();
  run(*app, osenv, [&] { return app->stopped(); });
  app->close_network();
  app.reset();
  graft_world_stop(world.world);
  world.ended.acquire();
  require(graft_kit_destroy(kit), "destroying the kit");
  printf("http: stopped\n");
  return 0;
}
