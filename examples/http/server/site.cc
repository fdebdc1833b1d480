// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/server/site.hpp"

#include "examples/http/server/content_type.hpp"

namespace graft::http {

namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kJson = "application/json";
constexpr size_t kMaxListed = 10000;

constexpr std::string_view kPageStart =
    "<!DOCTYPE html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">"
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;"
    "background:#fff}h1{font-size:1.5rem;font-weight:600;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:2rem 0 "
    ".5rem}"
    "a{color:#0a58ca;text-decoration:none}a:hover{text-decoration:underline}"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}td,th{padding:.3rem .6rem;text-align:left;"
    "border-bottom:1px solid #e3e6ea;overflow-wrap:anywhere;font-weight:400}th{color:#57606a}.n{text-align:right;"
    "font-variant-numeric:tabular-nums}footer{margin-top:2rem;color:#57606a;font-size:.85rem}"
    "@media(prefers-color-scheme:dark){body{background:#16191d;color:#e3e6ea}a{color:#7ab7ff}td,th{border-color:#"
    "2d333b}"
    "th,footer{color:#9aa4af}}</style>";

constexpr std::string_view kPageEnd =
    "<footer><a href=\"/\">files</a> &middot; <a href=\"/status\">status</a></footer></html>\n";

void begin_page(Text& out, std::string_view title) {
  out << kPageStart << "<title>";
  out.html(title) << "</title><h1>";
  out.html(title) << "</h1>\n";
}

std::string_view last_segment(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace

void Answer::reset() {
  status = 200;
  content_type = {};
  fields.reset();
  body.reset();
  is_file = false;
  file = {};
  span = {};
}

void Site::refuse(int status, std::string_view detail, Answer* out) {
  out->reset();
  out->status = status;
  out->content_type = kHtml;
  if (status == 405) out->fields << "Allow: GET, HEAD\r\n";
  if (status == 503) out->fields << "Retry-After: 1\r\n";
  Text& body = out->body;
  body << kPageStart << "<title>" << status << ' ' << status_phrase(status) << "</title><h1>" << status << ' '
       << status_phrase(status) << "</h1>\n";
  if (!detail.empty()) {
    body << "<p>";
    body.html(detail) << "</p>\n";
  }
  body << kPageEnd;
}

void Site::answer(const Request& request, Answer* out) {
  if (request.error_status) return refuse(request.error_status, {}, out);
  out->reset();
  std::string_view path = request.path.substr(1);
  if (path == "status" || path == "status.json") return status_page(path, request.query, out);
  if (archive_.state() != ArchiveLoader::State::kReady) {
    const bool failed = archive_.state() == ArchiveLoader::State::kFailed;
    return refuse(503, failed ? archive_.reason() : "The archive is still being read.", out);
  }
  const ArchiveIndex& index = archive_.index();
  ArchiveIndex::File found;
  if (index.find(path, &found)) return file(request, found, out);
  const bool ends_with_slash = path.empty() || path.back() == '/';
  const std::string_view folder = path.empty() || !ends_with_slash ? path : path.substr(0, path.size() - 1);
  if (!index.has_folder(folder) || (!folder.empty() && folder.back() == '/')) return refuse(404, request.path, out);
  if (!ends_with_slash) {
    refuse(301, {}, out);
    out->fields << "Location: ";
    out->fields.url(request.path) << "/\r\n";
    return;
  }
  Text index_page(host_);
  index_page << path << "index.html";
  if (index.find(index_page.view(), &found)) return file(request, found, out);
  listing(folder, out);
}

void Site::file(const Request& request, const ArchiveIndex::File& file, Answer* out) {
  const ByteRange::Span span = request.range.of(file.size_bytes);
  if (!span.satisfiable) {
    refuse(416, {}, out);
    out->fields << "Content-Range: bytes */" << file.size_bytes << "\r\n";
    return;
  }
  out->is_file = true;
  out->file = file;
  out->span = span;
  out->content_type = content_type_of(file.path);
  out->fields << "Accept-Ranges: bytes\r\n";
  if (request.range.kind != ByteRange::Kind::kNone) {
    out->status = 206;
    out->fields << "Content-Range: bytes " << span.begin << '-' << span.end - 1 << '/' << file.size_bytes << "\r\n";
  }
}

void Site::listing(std::string_view folder, Answer* out) {
  out->content_type = kHtml;
  Text& body = out->body;
  Text title(host_);
  title << '/' << folder;
  begin_page(body, title.view());
  body << "<table><tr><th>Name</th><th class=n>Size</th></tr>\n";
  if (!folder.empty()) body << "<tr><td><a href=\"../\">../</a></td><td></td></tr>\n";
  size_t count = 0;
  archive_.index().list(folder, [&](std::string_view name, bool is_folder, uint64_t size_bytes) {
    if (++count > kMaxListed) return;
    const char* slash = is_folder ? "/" : "";
    // "./" keeps a name with a colon from looking like a scheme.
    body << "<tr><td><a href=\"./";
    body.url(name) << slash << "\">";
    body.html(last_segment(name)) << slash << "</a></td><td class=n>";
    if (!is_folder) body.size(size_bytes);
    body << "</td></tr>\n";
  });
  body << "</table>\n";
  if (count > kMaxListed) body << "<p>" << count - kMaxListed << " more are not listed.</p>\n";
  body << kPageEnd;
}

void Site::status_page(std::string_view path, std::string_view query, Answer* out) {
  Text& body = out->body;
  if (path == "status.json" || query == "json") {
    out->content_type = kJson;
    JsonReport report(body);
    for (size_t i = 0; i < source_count_; ++i) sources_[i]->report(report);
    report.finish();
    return;
  }
  out->content_type = kHtml;
  begin_page(body, "Status");
  HtmlReport report(body);
  for (size_t i = 0; i < source_count_; ++i) sources_[i]->report(report);
  body << kPageEnd;
}

}  // namespace graft::http
