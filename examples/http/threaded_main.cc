// SPDX-License-Identifier: BSD-2-Clause
// The example on the threaded host: the kit's world has a thread, HttpApp has the main one, which parks when idle.
#include <cstdio>

#include "examples/http/host_report.hpp"
#include "examples/http/program.hpp"
#include "kernels/threaded/host.hpp"

namespace {

using namespace graft;
using namespace graft::http;

void report_host(Report& out) {
  out.begin_facts("host", "Host");
  out.fact("name", "threaded");
  const threaded::SchedulerStats scheduler = threaded::scheduler_stats();
  out.fact("threads", scheduler.threads);
  out.fact("thread_switches", scheduler.switches);
  out.fact("preemptions", scheduler.preemptions);
  out.end_facts();
  report_host_memory(out);
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

/// Polls until `done()`, parking in between.
template <class Done>
void run(HttpProgram& program, Done done) {
  const graft_osenv_t* osenv = threaded::osenv();
  while (!done()) {
    const uint64_t deadline_ns = program.poll();
    if (deadline_ns) osenv->thread_park(osenv->host, deadline_ns);
  }
}

}  // namespace

int host_main() {
  const auto wake = [](void* thread) { threaded::unpark(static_cast<threaded::Thread*>(thread)); };
  auto program = HttpProgram::create(threaded::osenv(), wake, threaded::current_thread(), report_host);
  WorldThread world{graft_kit_world(program->kit()), threaded::Semaphore()};
  if (!threaded::create_thread("world", threaded::kServicePriority, serve_world, &world)) {
    require(GRAFT_E_NOMEM, "the world's thread");
  }
  uint32_t attached = 0;
  require(graft_bus_probe(graft_kit_pci_bus(program->kit()), &attached), "probing the bus");
  program->start();
  require(program->open_network(), "opening the network interface");
  program->announce();
  run(*program, [&] { return program->over(); });

  program->stop();
  run(*program, [&] { return program->stopped(); });
  program->close_network();
  program->end_app();
  graft_world_stop(world.world);
  world.ended.acquire();
  require(graft_kit_destroy(program->kit()), "destroying the kit");
  printf("http: stopped\n");
  return 0;
}
