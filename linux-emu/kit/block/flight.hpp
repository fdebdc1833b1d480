// SPDX-License-Identifier: GPL-2.0-only
/// What the driver side keeps of a request in flight: it lives in the request itself.
#ifndef GRAFT_LINUX_EMU_KIT_BLOCK_FLIGHT_HPP
#define GRAFT_LINUX_EMU_KIT_BLOCK_FLIGHT_HPP

#include <graft/asyncblk.h>

#include <new>

namespace graft::lx {

class Disk;

struct Flight {
  graft_blk_request_t* next;  ///< in the list of completed requests
  Disk* disk;
  void* bounce;  ///< linear copy of the fragments, or null
  uint32_t bounce_pages;
  graft_error_t status;

  static Flight& of(graft_blk_request_t* request) {
    return *std::launder(reinterpret_cast<Flight*>(request->driver_private));
  }
  static Flight& create(graft_blk_request_t* request, Disk* disk) {
    return *new (request->driver_private) Flight{nullptr, disk, nullptr, 0, GRAFT_OK};
  }
};

static_assert(sizeof(Flight) <= sizeof(graft_blk_request_t::driver_private));

/// First in, first out, linked through the requests.
class FlightList {
 public:
  bool empty() const { return head_ == nullptr; }
  void push(graft_blk_request_t* request) {
    Flight::of(request).next = nullptr;
    *tail_ = request;
    tail_ = &Flight::of(request).next;
  }
  graft_blk_request_t* pop() {
    graft_blk_request_t* request = head_;
    if (request) {
      head_ = Flight::of(request).next;
      if (!head_) tail_ = &head_;
    }
    return request;
  }

 private:
  graft_blk_request_t* head_ = nullptr;
  graft_blk_request_t** tail_ = &head_;
};

}  // namespace graft::lx

#endif
