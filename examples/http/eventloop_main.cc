// SPDX-License-Identifier: BSD-2-Clause
// The example on the event loop host: HttpApp is a task of the loop, and what may block is a Call whose end begins the
// next step.
#include <cstdio>

#include "examples/http/host_report.hpp"
#include "examples/http/program.hpp"
#include "kernels/eventloop/host.hpp"

namespace {

using namespace graft;
using namespace graft::http;

void report_host(Report& out) {
  const eventloop::LoopStats loop = eventloop::loop_stats();
  out.begin_facts("host", "Host");
  out.fact("name", "eventloop");
  out.fact("turns", loop.turns, "rounds of the loop");
  out.fact("halts", loop.halts, "how often the processor had nothing to do");
  out.fact("world_runs", loop.world_runs, "how often drivers had their turn");
  out.fact("longest_world_run_ns", loop.longest_world_run_ns,
           "longest time that drivers kept the loop from everything else, busy waits included");
  out.fact("longest_poll_ns", loop.longest_poll_ns, "longest time that the program kept the loop from the drivers");
  out.fact("parks", loop.parks, "how often the kit asked to wait, which this host does not");
  out.end_facts();
  report_host_memory(out);
}

class Server {
 public:
  static Server& instance() {
    static Server server;
    return server;
  }

  void start() {
    const auto wake = [](void* self) { static_cast<Server*>(self)->app_.wake(); };
    program_ = HttpProgram::create(eventloop::osenv(), wake, this, report_host);
    eventloop::run_world(graft_kit_world(program_->kit()));
    step<&Server::attach_drivers, &Server::drivers_attached>("probing the bus");
  }

 private:
  Server() : app_(&Server::poll, this) {}

  /// Runs `method` as a fiber, then `next` in the loop; ends the run if `method` fails, saying what it was.
  template <Status (Server::*method)(), void (Server::*next)()>
  void step(const char* what) {
    what_ = what;
    const auto run = [](void* self) { return (static_cast<Server*>(self)->*method)().code(); };
    const auto done = [](void* arg, graft_error_t status) {
      auto* self = static_cast<Server*>(arg);
      require(status, self->what_);
      (self->*next)();
    };
    require(call_.start(run, this, done), what);
  }

  Status attach_drivers() {
    uint32_t attached = 0;
    return graft_bus_probe(graft_kit_pci_bus(program_->kit()), &attached);
  }

  void drivers_attached() {
    program_->start();
    step<&Server::open_network, &Server::network_open>("opening the network interface");
  }

  Status open_network() { return program_->open_network(); }

  void network_open() {
    program_->announce();
    app_.add();
  }

  static uint64_t poll(void* arg) { return static_cast<Server*>(arg)->poll(); }
  uint64_t poll() {
    if (!stopping_ && program_->over()) {
      stopping_ = true;
      program_->stop();
    }
    if (stopping_ && program_->stopped()) {
      app_.remove();
      step<&Server::close_network, &Server::network_closed>("closing the network interface");
      return eventloop::kForever;
    }
    return program_->poll();
  }

  Status close_network() {
    program_->close_network();
    return GRAFT_OK;
  }

  void network_closed() {
    program_->end_app();
    step<&Server::detach_drivers, &Server::drivers_detached>("detaching the drivers");
  }

  Status detach_drivers() { return graft_kit_detach_all(program_->kit()); }

  void drivers_detached() {
    eventloop::run_world(nullptr);
    require(graft_kit_destroy(program_->kit()), "destroying the kit");
    printf("http: stopped, thread_park was called %lu times\n", eventloop::loop_stats().parks);
    eventloop::exit(true);
  }

  eventloop::Task app_;
  eventloop::Call call_;
  std::unique_ptr<HttpProgram> program_;
  const char* what_ = "";
  bool stopping_ = false;
};

}  // namespace

void host_start() { Server::instance().start(); }
