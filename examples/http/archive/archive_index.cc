// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/archive/archive_index.hpp"

#include <algorithm>

namespace graft::http {

namespace {

/// Order of paths in which '/' comes before every other byte, so that a folder is followed at once by its content.
struct PathLess {
  static uint32_t rank(char c) { return c == '/' ? 0 : static_cast<uint32_t>(static_cast<uint8_t>(c)) + 1; }
  static int compare(std::string_view a, std::string_view b) {
    const size_t common = std::min(a.size(), b.size());
    for (size_t i = 0; i < common; ++i) {
      if (a[i] != b[i]) return rank(a[i]) < rank(b[i]) ? -1 : 1;
    }
    return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
  }
  bool operator()(std::string_view a, std::string_view b) const { return compare(a, b) < 0; }
};

}  // namespace

graft_error_t ArchiveIndex::add(std::string_view path, const Record& record) {
  if (records_.size() == kMaxRecords || path.size() > UINT16_MAX) return GRAFT_E_NOSPC;
  Record r = record;
  r.name_offset = static_cast<uint32_t>(names_.size());
  r.name_bytes = static_cast<uint16_t>(path.size());
  if (!names_.append(path.data(), path.size())) return GRAFT_E_NOMEM;
  return records_.push_back(r) ? GRAFT_OK : GRAFT_E_NOMEM;
}

graft_error_t ArchiveIndex::add_file(std::string_view path, uint64_t offset_bytes, uint64_t size_bytes) {
  return add(path, {offset_bytes, size_bytes, 0, 0, false});
}

graft_error_t ArchiveIndex::add_folder(std::string_view path) {
  return path.empty() ? GRAFT_OK : add(path, {0, 0, 0, 0, true});
}

void ArchiveIndex::finish() {
  // Names were appended in the order of the archive: a larger name_offset is a later record.
  std::sort(records_.begin(), records_.end(), [this](const Record& a, const Record& b) {
    const int order = PathLess::compare(name(a), name(b));
    return order != 0 ? order < 0 : a.name_offset < b.name_offset;
  });
  size_t kept = 0;
  for (size_t i = 0; i < records_.size(); ++i) {
    const bool replaced = i + 1 < records_.size() && name(records_[i]) == name(records_[i + 1]);
    if (!replaced) records_[kept++] = records_[i];
  }
  records_.truncate(kept);
  files_ = 0;
  total_bytes_ = 0;
  for (const Record& r : records_) {
    if (r.is_folder) continue;
    ++files_;
    total_bytes_ += r.size_bytes;
  }
}

void ArchiveIndex::clear() {
  records_.clear();
  names_.clear();
  files_ = 0;
  total_bytes_ = 0;
}

size_t ArchiveIndex::lower_bound(std::string_view path) const {
  const Record* at = std::lower_bound(records_.begin(), records_.end(), path,
                                      [this](const Record& r, auto p) { return PathLess::compare(name(r), p) < 0; });
  return static_cast<size_t>(at - records_.begin());
}

bool ArchiveIndex::find(std::string_view path, File* out) const {
  const size_t i = lower_bound(path);
  if (i == records_.size() || name(records_[i]) != path || records_[i].is_folder) return false;
  *out = {name(records_[i]), records_[i].offset_bytes, records_[i].size_bytes};
  return true;
}

bool ArchiveIndex::has_folder(std::string_view path) const {
  if (path.empty()) return true;
  const size_t i = lower_bound(path);
  if (i < records_.size() && name(records_[i]) == path && records_[i].is_folder) return true;
  const size_t inside = first_inside(path);
  return inside < records_.size() && member_of(path, inside).data() != nullptr;
}

size_t ArchiveIndex::first_inside(std::string_view folder) const {
  if (folder.empty()) return 0;
  size_t i = lower_bound(folder);
  if (i < records_.size() && name(records_[i]) == folder) ++i;
  return i;
}

std::string_view ArchiveIndex::member_of(std::string_view folder, size_t i) const {
  std::string_view path = name(records_[i]);
  if (folder.empty()) return path;
  if (path.size() <= folder.size() + 1 || !path.starts_with(folder) || path[folder.size()] != '/') return {};
  return path.substr(folder.size() + 1);
}

size_t ArchiveIndex::skip_folder(std::string_view folder, std::string_view folder_name, size_t from) const {
  const auto inside = [&](const Record& r) {
    std::string_view path = name(r);
    if (!folder.empty()) path.remove_prefix(folder.size() + 1);
    return path == folder_name ||
           (path.size() > folder_name.size() && path.starts_with(folder_name) && path[folder_name.size()] == '/');
  };
  while (from < records_.size() && member_of(folder, from).data() && inside(records_[from])) ++from;
  return from;
}

}  // namespace graft::http
