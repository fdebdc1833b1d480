// SPDX-License-Identifier: BSD-2-Clause
/// HttpProgram: what the example's main programs share on every host. They differ in how they wait.
///
/// Order of life: create(); attach drivers; start(); open_network(); poll() until over(); stop(); poll() until
/// stopped(); close_network(); end_app(); then the kit may go.
#ifndef GRAFT_EXAMPLES_HTTP_PROGRAM_HPP
#define GRAFT_EXAMPLES_HTTP_PROGRAM_HPP

#include <graft/kit.h>

#include <memory>

#include "examples/http/app.hpp"
#include "examples/http/kit_report.hpp"
#include "examples/http/options.hpp"

namespace graft::http {

/// Ends the run, saying what did not work, unless `status` is OK.
void require(Status status, const char* what);

class HttpProgram {
 public:
  /// Reads the command line and creates the kit; ends the run if either is wrong. `wake(wake_arg)` as HttpApp's;
  /// `report_host` adds what the host knows of itself to /status. @context before anything runs the world
  static std::unique_ptr<HttpProgram> create(const graft_osenv_t* osenv, void (*wake)(void* arg), void* wake_arg,
                                             void (*report_host)(Report& out));

  [[nodiscard]] graft_kit_t* kit() const { return kit_; }

  /// With drivers attached: says what there is, starts the server and gives it the first disk. @context the polling
  /// thread
  void start();

  /// Opens the first network interface, if there is one. @context thread, fiber  @blocks may
  Status open_network();
  /// Says where it serves, or that it cannot. @context the polling thread
  void announce() const;

  /// As HttpApp's.
  uint64_t poll();
  [[nodiscard]] bool over() const { return host_.now_ns() >= end_ns_; }
  void stop();
  [[nodiscard]] bool stopped() const { return app_->stopped(); }
  void close_network() { app_->close_network(); }

  /// Gives back everything of the kit but the kit. @context the polling thread
  void end_app();

 private:
  HttpProgram(const graft_osenv_t* osenv, void (*wake)(void* arg), void* wake_arg);

  const graft_osenv_t* osenv_;
  void (*wake_)(void*);
  void* wake_arg_;
  Host host_;
  Options options_;
  graft_kit_t* kit_ = nullptr;
  std::unique_ptr<KitReport> report_;
  std::unique_ptr<HttpApp> app_;
  Ref<graft_etherdev_t> ether_;
  uint64_t end_ns_ = GRAFT_FOREVER;
};

}  // namespace graft::http

#endif
