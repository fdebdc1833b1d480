// SPDX-License-Identifier: BSD-2-Clause
/// One header of a ustar archive (POSIX.1-2017, pax, section "ustar Interchange Format").
#ifndef GRAFT_EXAMPLES_HTTP_ARCHIVE_USTAR_HPP
#define GRAFT_EXAMPLES_HTTP_ARCHIVE_USTAR_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace graft::http {

inline constexpr size_t kTarBlockBytes = 512;

struct UstarHeader {
  enum class Kind {
    kFile,
    kDirectory,
    kOther,        ///< a link, a device, a pax or vendor extension: not served
    kEnd,          ///< a block of zeroes
    kNotUstar,     ///< no "ustar" signature
    kBadChecksum,  ///< signature, but damaged
    kBadField,     ///< intact, but a number or the name makes no sense
  };
  Kind kind = Kind::kNotUstar;
  char type = 0;
  uint64_t size_bytes = 0;  ///< of the data that follows
  size_t name_bytes = 0;
  char name[256];  ///< without leading "/" and "./" and without trailing "/"; empty for the archive's root

  [[nodiscard]] std::string_view path() const { return {name, name_bytes}; }
};

/// Reads and checks one block of kTarBlockBytes.
void parse_ustar_header(const uint8_t* block, UstarHeader* out);

}  // namespace graft::http

#endif
