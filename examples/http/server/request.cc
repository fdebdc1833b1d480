// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/server/request.hpp"

#include <algorithm>
#include <cstring>

namespace graft::http {

namespace {

bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_control(char c) { return (static_cast<uint8_t>(c) < 0x20 && c != '\t') || c == 0x7f; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Calls `fn` with each element of a comma-separated list.
template <class Fn>
void for_each_element(std::string_view list, Fn fn) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    fn(trim(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

/// Cuts the next line off `text`, without its line end (CRLF or a bare LF).
std::string_view take_line(std::string_view* text) {
  const size_t end = text->find('\n');
  std::string_view line = text->substr(0, end);
  text->remove_prefix(end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);  // the '/'
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(end);
  }
  return false;
}

}  // namespace

void RequestParser::reset() {
  request_ = {};
  done_ = http_1_0_ = has_host_ = has_length_ = wants_close_ = wants_keep_alive_ = false;
  length_ = line_length_ = 0;
}

void RequestParser::refuse(int status) {
  request_.error_status = status;
  request_.keep_alive = false;
  done_ = true;
}

int RequestParser::overflow_status() const {
  const bool in_request_line = std::memchr(head_, '\n', length_) == nullptr;
  return in_request_line ? 414 : 431;
}

size_t RequestParser::feed(const char* bytes, size_t count) {
  size_t used = 0;
  while (used < count && !done_) {
    const char c = bytes[used++];
    // An empty line before the request line is skipped (RFC 9112, section 2.2).
    if (length_ == 0 && (c == '\r' || c == '\n')) continue;
    if (length_ == kMaxHeadBytes) {
      refuse(overflow_status());
      break;
    }
    head_[length_++] = c;
    if (c != '\n') {
      ++line_length_;
      continue;
    }
    const bool empty = line_length_ == 0 || (line_length_ == 1 && head_[length_ - 2] == '\r');
    line_length_ = 0;
    if (empty) parse();
  }
  return used;
}

void RequestParser::parse() {
  done_ = true;
  std::string_view rest(head_, length_);
  if (!parse_request_line(take_line(&rest))) return;
  for (int fields = 0;; ++fields) {
    const std::string_view line = take_line(&rest);
    if (line.empty()) break;
    if (fields == kMaxFields) return refuse(431);
    if (!parse_field(line)) return;
  }
  finish();
}

bool RequestParser::parse_request_line(std::string_view line) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return refuse(400), false;
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method) || version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.') {
    return refuse(400), false;
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return refuse(505), false;
  http_1_0_ = version == "HTTP/1.0";
  if (target.size() > kMaxTargetBytes) return refuse(414), false;
  if (!parse_target(target)) return refuse(400), false;
  request_.head_only = method == "HEAD";
  if (method != "GET" && method != "HEAD") return refuse(405), false;
  return true;
}

bool RequestParser::parse_target(std::string_view target) {
  for (char c : target) {
    if (is_control(c) || c == '\t' || c == ' ' || c == '#') return false;
  }
  constexpr std::string_view kScheme = "http://";
  if (target.size() > kScheme.size() && equal_ignoring_case(target.substr(0, kScheme.size()), kScheme)) {
    target.remove_prefix(kScheme.size());
    const size_t end = std::min(target.find_first_of("/?"), target.size());
    if (end == 0) return false;
    target.remove_prefix(end);
    if (target.empty()) target = "/";
  }
  const size_t question = std::min(target.find('?'), target.size());
  if (question < target.size()) request_.query = target.substr(question + 1);
  target = target.substr(0, question);
  if (target.empty() || target[0] != '/') return false;

  size_t length = 0;
  for (size_t i = 0; i < target.size(); ++i) {
    char c = target[i];
    if (c == '%') {
      if (target.size() - i < 3) return false;
      const int high = hex_value(target[i + 1]);
      const int low = hex_value(target[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high << 4 | low);
      if (is_control(c) || c == '\t') return false;
      i += 2;
    }
    path_[length++] = c;
  }
  request_.path = {path_, length};
  return !has_dot_segment(request_.path);
}

bool RequestParser::parse_field(std::string_view line) {
  const size_t colon = line.find(':');
  // A blank before the colon or at the start of a line (folding) is refused (RFC 9112, section 5).
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return refuse(400), false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (std::any_of(value.begin(), value.end(), is_control)) return refuse(400), false;

  if (equal_ignoring_case(name, "host")) {
    if (has_host_) return refuse(400), false;
    has_host_ = true;
  } else if (equal_ignoring_case(name, "connection")) {
    for_each_element(value, [&](std::string_view option) {
      wants_close_ |= equal_ignoring_case(option, "close");
      wants_keep_alive_ |= equal_ignoring_case(option, "keep-alive");
    });
  } else if (equal_ignoring_case(name, "content-length")) {
    uint64_t bytes;
    if (!parse_decimal(value, &bytes) || (has_length_ && bytes != request_.body_bytes)) return refuse(400), false;
    has_length_ = true;
    request_.body_bytes = bytes;
  } else if (equal_ignoring_case(name, "transfer-encoding")) {
    return refuse(501), false;
  } else if (equal_ignoring_case(name, "range")) {
    request_.range = parse_byte_range(value);
  }
  return true;
}

bool RequestParser::finish() {
  if (!http_1_0_ && !has_host_) return refuse(400), false;
  if (request_.body_bytes > kMaxBodyBytes) return refuse(413), false;
  request_.keep_alive = !wants_close_ && (!http_1_0_ || wants_keep_alive_);
  return true;
}

}  // namespace graft::http
