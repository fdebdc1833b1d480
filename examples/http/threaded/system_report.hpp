// SPDX-License-Identifier: BSD-2-Clause
/// SystemReport: what the machine, the kit and the threaded host say of themselves on /status.
#ifndef GRAFT_EXAMPLES_HTTP_THREADED_SYSTEM_REPORT_HPP
#define GRAFT_EXAMPLES_HTTP_THREADED_SYSTEM_REPORT_HPP

#include <graft/kit.h>

#include "examples/http/server/report.hpp"

namespace graft::http {

class SystemReport final : public ReportSource {
 public:
  explicit SystemReport(graft_kit_t* kit) : kit_(kit) {}
  void report(Report& out) override;

  /// Writes the device tree to the console, one line for each device, with its driver or "no driver".
  void print_devices() const;

 private:
  void report_devices(Report& out) const;
  void report_drivers(Report& out) const;
  void report_counters(Report& out) const;
  void report_memory(Report& out) const;

  graft_kit_t* kit_;
};

}  // namespace graft::http

#endif
