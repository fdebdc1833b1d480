// SPDX-License-Identifier: BSD-2-Clause
/// Site: what is answered to a request. Knows the archive and the status page, nothing of connections.
#ifndef GRAFT_EXAMPLES_HTTP_SERVER_SITE_HPP
#define GRAFT_EXAMPLES_HTTP_SERVER_SITE_HPP

#include "examples/http/archive/archive_loader.hpp"
#include "examples/http/server/report.hpp"
#include "examples/http/server/request.hpp"
#include "examples/http/server/text.hpp"

namespace graft::http {

/// An answer without its framing. The body is `body`, or a part of a file.
struct Answer {
  explicit Answer(const Host& host) : fields(host), body(host) {}

  int status = 200;
  std::string_view content_type;
  Text fields;  ///< further header fields, each with its CRLF
  Text body;
  bool is_file = false;
  ArchiveIndex::File file;
  ByteRange::Span span;

  void reset();
};

class Site {
 public:
  /// `sources` is what /status shows, `count` of them. @owns all borrowed
  Site(const Host& host, const ArchiveLoader& archive, ReportSource* const* sources, size_t count)
      : host_(host), archive_(archive), sources_(sources), source_count_(count) {}

  /// Answers a request that was understood. `out` is reset first.
  void answer(const Request& request, Answer* out);

  /// An answer that says what went wrong; `detail` may be empty.
  static void refuse(int status, std::string_view detail, Answer* out);

 private:
  void status_page(std::string_view path, std::string_view query, Answer* out);
  void file(const Request& request, const ArchiveIndex::File& file, Answer* out);
  void listing(std::string_view folder, Answer* out);

  const Host& host_;
  const ArchiveLoader& archive_;
  ReportSource* const* sources_;
  size_t source_count_;
};

}  // namespace graft::http

#endif
