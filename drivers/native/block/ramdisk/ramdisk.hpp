// SPDX-License-Identifier: BSD-2-Clause
/// A disk in memory: blkio and asyncblk with the manners of a real one. Requests complete later, by upcall.
#ifndef GRAFT_DRIVERS_NATIVE_BLOCK_RAMDISK_RAMDISK_HPP
#define GRAFT_DRIVERS_NATIVE_BLOCK_RAMDISK_RAMDISK_HPP

#include <graft/asyncblk.hpp>
#include <graft/blkio.hpp>

#include "drivers/native/block/ramdisk/store.hpp"
#include "glue/world/world.hpp"

namespace graft::ramdisk {

struct Parameters {
  uint64_t bytes = 16 << 20;
  uint32_t block_bytes = 512;
  uint32_t queue_depth = 64;
  bool read_only = false;
};

class RamDisk final : public Object<RamDisk, graft_blkio_t, graft_asyncblk_t> {
 public:
  /// @owns *out: caller owns one reference  @errors NOMEM; INVAL: sizes that do not fit. @onfail *out is null
  static graft_error_t create(World& world, const Parameters& parameters, RamDisk** out);

  uint32_t get_block_size() { return parameters_.block_bytes; }
  graft_error_t get_size(uint64_t* out_bytes);
  graft_error_t read(void* to, uint64_t offset, size_t bytes);
  graft_error_t write(const void* from, uint64_t offset, size_t bytes);
  graft_error_t flush();

  graft_error_t submit(graft_blk_request_t* const* requests, uint32_t count, uint32_t* out_accepted);
  void get_limits(graft_blk_limits_t* out_limits);
  graft_error_t identify(graft_blk_identity_t* out_identity);
  void get_stats(graft_blk_stats_t* out_stats);

  void destroy();

  /// Refuses new calls, waits until every accepted request completed, and drops the content. @context fiber
  void detach();

  graft_iunknown_t* unknown() { return reinterpret_cast<graft_iunknown_t*>(static_cast<graft_blkio_t*>(this)); }

 private:
  friend class graft::Heap;

  RamDisk(World& world, const Parameters& parameters) : world_(world), parameters_(parameters) {}

  graft_error_t check_range(uint64_t offset, uint64_t bytes) const;
  graft_error_t check_synchronous(uint64_t offset, uint64_t bytes) const;
  graft_error_t check(const graft_blk_request_t& request) const;
  void carry_out(graft_blk_request_t& request);
  void complete_waiting();

  World& world_;
  Parameters parameters_;
  Store store_;
  bool gone_ = false;
  graft_blk_request_t* first_ = nullptr;  ///< accepted, linked by driver_private[0]
  graft_blk_request_t* last_ = nullptr;
  graft_blk_stats_t stats_{};
  Work work_{[](void* self) { static_cast<RamDisk*>(self)->complete_waiting(); }, this};
};

}  // namespace graft::ramdisk

#endif
