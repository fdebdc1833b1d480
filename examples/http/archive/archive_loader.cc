// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/archive/archive_loader.hpp"

#include <algorithm>

namespace graft::http {

ArchiveLoader::~ArchiveLoader() {
  if (window_) host_.free_pages(window_, pages_for(kWindowBytes));
}

Text& ArchiveLoader::begin_failure() {
  state_ = State::kFailed;
  index_.clear();
  reason_.clear();
  return reason_;
}

void ArchiveLoader::end_failure() {
  Text line(host_);
  line << "http: no files: " << reason_.view();
  host_.log(GRAFT_LOG_ERROR, line.view());
}

void ArchiveLoader::fail(std::string_view reason) {
  begin_failure() << reason;
  end_failure();
}

void ArchiveLoader::start() {
  state_ = State::kLoading;
  const uint32_t block_bytes = disk_.limits().block_bytes;
  if (block_bytes > kWindowBytes || block_bytes < kTarBlockBytes) {
    begin_failure() << "blocks of " << block_bytes << " bytes cannot be handled";
    return end_failure();
  }
  if (disk_.size_bytes() < kTarBlockBytes) return fail("the disk is empty");
  window_ = static_cast<uint8_t*>(host_.alloc_pages(pages_for(kWindowBytes)));
  if (!window_) return fail("out of memory");
  read_window(kWindowBytes);
}

void ArchiveLoader::read_window(uint32_t bytes) {
  const uint64_t block_bytes = disk_.limits().block_bytes;
  window_begin_ = next_header_ & ~(block_bytes - 1);
  window_end_ = std::min(window_begin_ + bytes, disk_.size_bytes());
  read_.memory = window_;
  read_.offset_bytes = window_begin_;
  read_.bytes = static_cast<uint32_t>(window_end_ - window_begin_);
  read_.arg = this;
  read_.on_read = [](void* arg, DiskRead*, Status status) { static_cast<ArchiveLoader*>(arg)->on_window(status); };
  disk_.read(&read_);
}

void ArchiveLoader::on_window(Status status) {
  const uint32_t block_bytes = disk_.limits().block_bytes;
  // What cannot be read may be a file's data behind the header, which is no reason to serve nothing at all.
  if (!status.ok() && window_end_ - window_begin_ > block_bytes) return read_window(block_bytes);
  if (!status.ok()) {
    begin_failure() << "reading the archive failed in the " << (window_end_ - window_begin_) / kTarBlockBytes
                    << " sectors from sector " << window_begin_ / kTarBlockBytes << ": " << status.name();
    return end_failure();
  }
  if (scan()) read_window(kWindowBytes);
}

bool ArchiveLoader::scan() {
  while (next_header_ + kTarBlockBytes <= window_end_) {
    UstarHeader header;
    parse_ustar_header(window_ + (next_header_ - window_begin_), &header);
    if (!take_header(header)) return false;
  }
  if (next_header_ + kTarBlockBytes > disk_.size_bytes()) {
    begin_failure() << "the archive is truncated: the disk ends at byte " << disk_.size_bytes()
                    << " without an end-of-archive block";
    end_failure();
    return false;
  }
  return true;
}

bool ArchiveLoader::take_header(const UstarHeader& header) {
  using Kind = UstarHeader::Kind;
  const uint64_t data = next_header_ + kTarBlockBytes;
  switch (header.kind) {
    case Kind::kEnd:
      finish();
      return false;
    case Kind::kNotUstar:
      if (next_header_ == 0) {
        begin_failure() << "the disk does not hold a ustar archive";
      } else {
        begin_failure() << "the archive is damaged: no header at byte " << next_header_;
      }
      end_failure();
      return false;
    case Kind::kBadChecksum:
    case Kind::kBadField:
      begin_failure() << "the archive is damaged: the header at byte " << next_header_ << " has a wrong "
                      << (header.kind == Kind::kBadChecksum ? "checksum" : "field");
      end_failure();
      return false;
    case Kind::kFile:
    case Kind::kDirectory:
    case Kind::kOther:
      break;
  }
  if (header.size_bytes > disk_.size_bytes() - data) {
    begin_failure() << "the archive is truncated: " << header.path() << " has " << header.size_bytes
                    << " bytes at byte " << data << ", but the disk ends at byte " << disk_.size_bytes();
    end_failure();
    return false;
  }
  graft_error_t status = GRAFT_OK;
  if (header.kind == Kind::kFile && header.name_bytes) {
    status = index_.add_file(header.path(), data, header.size_bytes);
  } else if (header.kind == Kind::kDirectory) {
    status = index_.add_folder(header.path());
  } else {
    ++skipped_;
  }
  if (status != GRAFT_OK) {
    fail(status == GRAFT_E_NOMEM ? "out of memory for the index" : "the archive has too many files");
    return false;
  }
  next_header_ = data + (header.size_bytes + kTarBlockBytes - 1) / kTarBlockBytes * kTarBlockBytes;
  return true;
}

void ArchiveLoader::finish() {
  index_.finish();
  state_ = State::kReady;
  Text line(host_);
  line << "http: the archive has " << index_.file_count() << " files, ";
  line.size(index_.total_bytes());
  if (skipped_) line << "; " << skipped_ << " other members are not served";
  host_.log(GRAFT_LOG_INFO, line.view());
}

}  // namespace graft::http
