// SPDX-License-Identifier: BSD-2-Clause
/// The PCI functions of a host, found once by libpci.
#ifndef GRAFT_GLUE_PCI_SCAN_HPP
#define GRAFT_GLUE_PCI_SCAN_HPP

#include "glue/pci/function.hpp"
#include "glue/world/heap.hpp"
#include "glue/world/host.hpp"

namespace graft {

class PciScan {
 public:
  PciScan(Host& host, Heap& heap) : host_(host), heap_(heap) {}
  ~PciScan() { clear(); }
  PciScan(const PciScan&) = delete;
  PciScan& operator=(const PciScan&) = delete;

  /// Looks at every bus from bus 0 of segment 0 and behind every bridge that firmware configured. Sizes of base
  /// address registers are found by writing to them while the function's decoding is off.
  /// @context thread  @blocks never  @errors NOMEM. @onfail the list is empty
  graft_error_t run();
  void clear();

  /// In the order of addresses.
  uint32_t count() const { return count_; }
  const PciFunction& operator[](uint32_t index) const { return functions_[index]; }
  PciFunction& operator[](uint32_t index) { return functions_[index]; }

  /// Gives the host's interrupt line of a function's pin. A host that only knows its root bus is asked for the bridge's
  /// pin that the function's pin is wired to (PCI-to-PCI Bridge Architecture Specification 1.2, section 9.1).
  /// @errors NOENT: no pin, or not wired
  graft_error_t route_interrupt(uint32_t index, uint32_t* out_line) const;

 private:
  void scan_with_libpci();
  void set_parents();

  Host& host_;
  Heap& heap_;
  PciFunction* functions_ = nullptr;
  uint32_t count_ = 0;
};

}  // namespace graft

#endif
