// SPDX-License-Identifier: BSD-2-Clause
/// ArchiveIndex: the files of an archive by path, and its folders, which follow from the paths.
#ifndef GRAFT_EXAMPLES_HTTP_ARCHIVE_ARCHIVE_INDEX_HPP
#define GRAFT_EXAMPLES_HTTP_ARCHIVE_ARCHIVE_INDEX_HPP

#include <string_view>

#include "examples/http/page_vector.hpp"

namespace graft::http {

class ArchiveIndex {
 public:
  struct File {
    std::string_view path;
    uint64_t offset_bytes;  ///< in the archive, a multiple of 512
    uint64_t size_bytes;
  };

  explicit ArchiveIndex(const Host& host) : records_(host), names_(host) {}

  /// Adds a file or an (empty) folder; of two with one path the later counts. @errors NOMEM; NOSPC: too many
  graft_error_t add_file(std::string_view path, uint64_t offset_bytes, uint64_t size_bytes);
  graft_error_t add_folder(std::string_view path);
  /// Sorts; find and list are for afterwards.
  void finish();
  void clear();

  /// Finds a file by its path without a leading '/'.
  [[nodiscard]] bool find(std::string_view path, File* out) const;
  /// Says whether there is such a folder; the root is "".
  [[nodiscard]] bool has_folder(std::string_view path) const;

  /// Calls visit(name, is_folder, size_bytes) for each direct member of a folder, in the order of the names' bytes.
  template <class Visit>
  void list(std::string_view folder, Visit visit) const {
    for (size_t i = first_inside(folder); i < records_.size();) {
      std::string_view name = member_of(folder, i);
      if (name.data() == nullptr) break;
      const size_t slash = name.find('/');
      if (slash == std::string_view::npos) {
        const bool is_folder = records_[i].is_folder;
        visit(name, is_folder, records_[i].size_bytes);
        i = is_folder ? skip_folder(folder, name, i) : i + 1;
      } else {
        name = name.substr(0, slash);
        visit(name, true, uint64_t{0});
        i = skip_folder(folder, name, i);
      }
    }
  }

  [[nodiscard]] size_t file_count() const { return files_; }
  [[nodiscard]] uint64_t total_bytes() const { return total_bytes_; }

 private:
  static constexpr size_t kMaxRecords = 1 << 20;

  struct Record {
    uint64_t offset_bytes;
    uint64_t size_bytes;
    uint32_t name_offset;
    uint16_t name_bytes;
    bool is_folder;
  };

  graft_error_t add(std::string_view path, const Record& record);
  [[nodiscard]] std::string_view name(const Record& r) const { return {names_.data() + r.name_offset, r.name_bytes}; }
  [[nodiscard]] size_t lower_bound(std::string_view path) const;
  [[nodiscard]] size_t first_inside(std::string_view folder) const;
  /// The i-th path relative to `folder`; without data if it is not inside.
  [[nodiscard]] std::string_view member_of(std::string_view folder, size_t i) const;
  /// Index of the first record behind `folder`/`name` and what it contains.
  [[nodiscard]] size_t skip_folder(std::string_view folder, std::string_view name, size_t from) const;

  PageVector<Record> records_;
  PageVector<char> names_;
  size_t files_ = 0;
  uint64_t total_bytes_ = 0;
};

}  // namespace graft::http

#endif
