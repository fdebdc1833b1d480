// SPDX-License-Identifier: BSD-2-Clause
/// One use of libpci: its memory, its configuration accesses and its way out when something fails.
#ifndef GRAFT_GLUE_PCI_LIBPCI_SESSION_HPP
#define GRAFT_GLUE_PCI_LIBPCI_SESSION_HPP

#include <graft/error.h>

#include "glue/world/heap.hpp"
#include "glue/world/host.hpp"

namespace graft::libpci {

/// libpci ends the process when memory runs out; here that ends the session. One session at a time.
class Session {
 public:
  Session(Host& host, Heap& heap) : host_(host), heap_(heap) {}
  /// Frees what libpci allocated.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs fn(arg), in which libpci may be called; a failure inside libpci leaves fn. Nothing with a destructor may live
  /// in fn. @errors NOMEM
  graft_error_t run(void (*fn)(void* arg), void* arg);

  static Session& current();

  Host& host() { return host_; }
  void* allocate(size_t bytes);
  [[noreturn]] void fail();

  // Configuration mechanism 1 as libpci sees it: the address register and the data window.
  uint32_t read_port(uint32_t port, uint32_t width);
  void write_port(uint32_t port, uint32_t width, uint32_t value);

 private:
  struct alignas(16) Block {
    Block* next;
    size_t bytes;
  };

  Host& host_;
  Heap& heap_;
  Block* blocks_ = nullptr;
  uint32_t address_register_ = 0;
  void* way_out_[5] = {};
};

}  // namespace graft::libpci

#endif
