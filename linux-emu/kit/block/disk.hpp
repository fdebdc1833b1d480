// SPDX-License-Identifier: GPL-2.0-only
/// Disk: blkio and asyncblk of one disk of a donor driver. It outlives the disk: after that it answers GONE.
#ifndef GRAFT_LINUX_EMU_KIT_BLOCK_DISK_HPP
#define GRAFT_LINUX_EMU_KIT_BLOCK_DISK_HPP

#include <graft/asyncblk.hpp>
#include <graft/blkio.hpp>

#include "glue/registry/driver_entry.h"
#include "glue/world/world.hpp"
#include "linux-emu/boundary/block.h"
#include "linux-emu/kit/block/bounce.hpp"
#include "linux-emu/kit/block/flight.hpp"
#include "linux-emu/kit/driver.hpp"

namespace graft::lx {

class Disk final : public Object<Disk, graft_blkio_t, graft_asyncblk_t> {
 public:
  /// Makes the interfaces of a disk that was just added and exports them; null if memory ran out.
  static Disk* create(lx_disk* disk, Instance& instance);

  // blkio
  uint32_t get_block_size() { return limits_.block_bytes; }
  graft_error_t get_size(uint64_t* out_bytes);
  graft_error_t read(void* to, uint64_t offset, size_t bytes);
  graft_error_t write(const void* from, uint64_t offset, size_t bytes);
  graft_error_t flush();

  // asyncblk; get_size serves both
  graft_error_t submit(graft_blk_request_t* const* requests, uint32_t count, uint32_t* out_accepted);
  void get_limits(graft_blk_limits_t* out_limits) { *out_limits = limits_; }
  graft_error_t identify(graft_blk_identity_t* out_identity);
  void get_stats(graft_blk_stats_t* out_stats);

  void destroy();

  // ---- For the emulation ----
  void resized();
  /// Refuses new requests from now on. @context fiber
  void removed();
  /// Waits until everything that was accepted has been reported. @context fiber  @blocks may
  void drained();
  /// A request completed. @context world, also in a handler
  void completed(graft_blk_request_t* request, int error);

 private:
  friend class graft::Heap;

  explicit Disk(lx_disk* disk);

  graft_error_t check(const graft_blk_request_t& request, bool* out_copy) const;
  graft_error_t check_data(const graft_blk_request_t& request, bool* out_copy) const;
  graft_error_t start(graft_blk_request_t* request);
  graft_error_t synchronous(uint32_t operation, void* buffer, uint64_t offset, size_t bytes);
  graft_error_t wait_for(uint32_t operation, void* buffer, uint64_t offset, size_t bytes);
  void finish(graft_blk_request_t* request);
  void end_copy(graft_blk_request_t* request);
  void report();

  lx_disk* disk_;  ///< null once the disk is gone
  graft_attachment_t* attachment_ = nullptr;
  DeviceInterrupts* interrupts_ = nullptr;  ///< of its device, while disk_ is there
  const Instance* instance_ = nullptr;      ///< as long as anything is in flight
  uint32_t adapter_ = GRAFT_ADAPTER_AUTO;
  uint64_t size_bytes_ = 0;
  uint32_t max_fragments_ = 0;
  graft_blk_limits_t limits_{};
  graft_blk_stats_t stats_{};
  BouncePool bounce_;
  FlightList done_;  ///< completed, to be reported by upcalls
  Work report_work_;
  Fiber* drain_waiter_ = nullptr;
};

}  // namespace graft::lx

#endif
