// SPDX-License-Identifier: BSD-2-Clause
/// KitReport: what the kit knows of the machine: devices, drivers, the world, counters; for /status and for the
/// console.
#ifndef GRAFT_EXAMPLES_HTTP_KIT_REPORT_HPP
#define GRAFT_EXAMPLES_HTTP_KIT_REPORT_HPP

#include <graft/kit.h>

#include "examples/http/server/report.hpp"

namespace graft::http {

class KitReport final : public ReportSource {
 public:
  /// `host_facts` adds facts of the host itself, such as its memory; may be null. @owns kit: borrowed
  KitReport(const Host& host, graft_kit_t* kit, void (*host_facts)(Report& out) = nullptr)
      : host_(host), kit_(kit), host_facts_(host_facts) {}

  void report(Report& out) override;

  /// Logs one line for each device: where it is, what it is, which driver drives it. @context thread
  void log_devices();

 private:
  void report_devices(Report& out);
  void report_drivers(Report& out);
  void report_world(Report& out);
  void report_counters(Report& out);
  /// Calls visit(info, device) for each device of the bus.
  template <class Visit>
  void for_each_device(Visit visit);

  const Host& host_;
  graft_kit_t* kit_;
  void (*host_facts_)(Report& out);
};

}  // namespace graft::http

#endif
