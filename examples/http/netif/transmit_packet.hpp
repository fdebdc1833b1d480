// SPDX-License-Identifier: BSD-2-Clause
/// TransmitPacket: an lwIP packet as bufio + sgbufio, without copying.
#ifndef GRAFT_EXAMPLES_HTTP_NETIF_TRANSMIT_PACKET_HPP
#define GRAFT_EXAMPLES_HTTP_NETIF_TRANSMIT_PACKET_HPP

#include <lwip/pbuf.h>

#include <boost/intrusive/list_hook.hpp>
#include <graft/bufio.hpp>
#include <graft/sgbufio.hpp>

#include "examples/http/host.hpp"

namespace graft::http {

class TransmitQueue;

class TransmitPacket final : public Object<TransmitPacket, graft_bufio_t, graft_sgbufio_t>,
                             public boost::intrusive::list_base_hook<> {
 public:
  static constexpr uint32_t kMaxFragments = 8;

  explicit TransmitPacket(TransmitQueue& owner) : owner_(owner) {}

  /// Takes a reference to the chain and notes where its bytes lie. The packet has one reference afterwards.
  /// @context the polling thread  @onfail false: it has more fragments than fit; nothing was taken
  [[nodiscard]] bool fill(pbuf* chain, uint64_t sequence);
  /// Drops the chain, after the last reference to the packet is gone. @context the polling thread
  void drain();

  [[nodiscard]] uint64_t sequence() const { return sequence_; }

  // bufio and sgbufio; contracts there. The content is fixed: write is PERM, copy NOTSUP.
  size_t size() { return bytes_; }
  Status read(void* to, size_t offset, size_t bytes);
  Status write(const void*, size_t, size_t) { return GRAFT_E_PERM; }
  Status map(void** out, size_t offset, size_t bytes);
  void unmap(void*, size_t, size_t) {}
  Status wire(uint64_t* out_phys, size_t offset, size_t bytes);
  void unwire(uint64_t, size_t, size_t) {}
  Status copy(size_t, size_t, graft_bufio_t** out);
  Status fragments(size_t offset, size_t bytes, graft_fragment_t* out, uint32_t capacity, uint32_t* out_count);

  void destroy();

 private:
  friend class TransmitQueue;

  TransmitQueue& owner_;
  TransmitPacket* next_ = nullptr;  ///< in the list of released or of free packets
  pbuf* chain_ = nullptr;
  uint64_t sequence_ = 0;
  size_t bytes_ = 0;
  uint32_t count_ = 0;
  graft_fragment_t fragments_[kMaxFragments];
};

}  // namespace graft::http

#endif
