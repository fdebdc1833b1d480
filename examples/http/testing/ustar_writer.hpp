// SPDX-License-Identifier: BSD-2-Clause
/// Writes ustar archives for tests.
#ifndef GRAFT_EXAMPLES_HTTP_TESTING_USTAR_WRITER_HPP
#define GRAFT_EXAMPLES_HTTP_TESTING_USTAR_WRITER_HPP

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace graft::http::testing {

class UstarWriter {
 public:
  /// Adds a member; its data follow only for a regular file.
  UstarWriter& add(const std::string& name, const std::string& content, char type = '0',
                   const std::string& prefix = {}) {
    uint8_t header[512] = {};
    std::memcpy(header, name.data(), std::min<size_t>(name.size(), 100));
    std::memcpy(header + 100, "0000644", 7);
    std::memcpy(header + 108, "0000000", 7);
    std::memcpy(header + 116, "0000000", 7);
    std::snprintf(reinterpret_cast<char*>(header) + 124, 12, "%011zo", content.size());
    std::memcpy(header + 136, "00000000000", 11);
    header[156] = static_cast<uint8_t>(type);
    std::memcpy(header + 257, "ustar\00000", 8);
    std::memcpy(header + 345, prefix.data(), std::min<size_t>(prefix.size(), 155));
    seal(header);
    bytes_.insert(bytes_.end(), header, header + 512);
    bytes_.insert(bytes_.end(), content.begin(), content.end());
    bytes_.resize((bytes_.size() + 511) / 512 * 512);
    return *this;
  }

  /// Fills in the checksum.
  static void seal(uint8_t* header) {
    std::memset(header + 148, ' ', 8);
    unsigned sum = 0;
    for (int i = 0; i < 512; ++i) sum += header[i];
    std::snprintf(reinterpret_cast<char*>(header) + 148, 7, "%06o", sum);
  }

  /// The archive so far, without its end.
  const std::vector<uint8_t>& open() const { return bytes_; }
  /// The archive with its two blocks of zeroes.
  std::vector<uint8_t> closed() const {
    std::vector<uint8_t> all = bytes_;
    all.resize(all.size() + 1024);
    return all;
  }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace graft::http::testing

#endif
