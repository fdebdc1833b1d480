// SPDX-License-Identifier: BSD-2-Clause
/// RequestParser: collects and checks the head of one HTTP/1.x request (RFC 9112). Bodies are not understood, only
/// measured, so that they can be skipped.
#ifndef GRAFT_EXAMPLES_HTTP_SERVER_REQUEST_HPP
#define GRAFT_EXAMPLES_HTTP_SERVER_REQUEST_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "examples/http/server/byte_range.hpp"

namespace graft::http {

struct Request {
  /// 0, or the status with which the request is to be refused. After a refusal the connection cannot go on.
  int error_status = 0;
  bool head_only = false;  ///< HEAD
  bool keep_alive = false;
  std::string_view path;   ///< decoded, begins with '/', has no "." or ".." segments
  std::string_view query;  ///< after '?', as it was sent
  uint64_t body_bytes = 0;
  ByteRange range;
};

class RequestParser {
 public:
  static constexpr size_t kMaxHeadBytes = 8192;
  static constexpr size_t kMaxTargetBytes = 2048;
  static constexpr int kMaxFields = 64;
  static constexpr uint64_t kMaxBodyBytes = 65536;

  /// Takes bytes up to the end of the head; says how many it took. Nothing is taken once done().
  size_t feed(const char* bytes, size_t count);

  /// The head is complete, or wrong: request() may be read.
  [[nodiscard]] bool done() const { return done_; }
  /// Nothing of a request has come yet.
  [[nodiscard]] bool idle() const { return length_ == 0 && !done_; }
  /// What was asked; its strings are valid until reset().
  [[nodiscard]] const Request& request() const { return request_; }
  /// Starts over.
  void reset();

 private:
  void parse();
  void refuse(int status);
  bool parse_request_line(std::string_view line);
  bool parse_target(std::string_view target);
  bool parse_field(std::string_view line);
  bool finish();
  int overflow_status() const;

  Request request_;
  bool done_ = false;
  bool http_1_0_ = false;
  bool has_host_ = false;
  bool has_length_ = false;
  bool wants_close_ = false;
  bool wants_keep_alive_ = false;
  size_t length_ = 0;
  size_t line_length_ = 0;  ///< of the line that is being received
  char head_[kMaxHeadBytes];
  char path_[kMaxTargetBytes];
};

}  // namespace graft::http

#endif
