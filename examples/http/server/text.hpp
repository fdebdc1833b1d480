// SPDX-License-Identifier: BSD-2-Clause
/// Text: output under construction. Running out of memory is noted and asked for once at the end.
#ifndef GRAFT_EXAMPLES_HTTP_SERVER_TEXT_HPP
#define GRAFT_EXAMPLES_HTTP_SERVER_TEXT_HPP

#include <concepts>
#include <string_view>

#include "examples/http/page_vector.hpp"

namespace graft::http {

class Text {
 public:
  explicit Text(const Host& host) : bytes_(host) {}

  Text& operator<<(std::string_view text) {
    if (!failed_ && !bytes_.append(text.data(), text.size())) failed_ = true;
    return *this;
  }
  Text& operator<<(const char* text) { return *this << std::string_view(text); }
  Text& operator<<(char c) { return *this << std::string_view(&c, 1); }
  Text& operator<<(std::integral auto number) {
    if constexpr (std::signed_integral<decltype(number)>) {
      if (number < 0) return *this << '-' << (0 - static_cast<uint64_t>(number));
    }
    return decimal(static_cast<uint64_t>(number));
  }

  /// Appends at least `digits` lower-case hexadecimal digits.
  Text& hex(uint64_t number, int digits);
  /// Appends a size such as "14.2 MiB".
  Text& size(uint64_t bytes);
  /// Appends text for HTML: & < > " ' are escaped.
  Text& html(std::string_view text);
  /// Appends text for the inside of a JSON string. Bytes that are not UTF-8 become U+FFFD.
  Text& json(std::string_view text);
  /// Appends a path for a URL: everything but unreserved characters and '/' is percent-encoded.
  Text& url(std::string_view path);

  [[nodiscard]] std::string_view view() const { return {bytes_.data(), bytes_.size()}; }
  [[nodiscard]] size_t length() const { return bytes_.size(); }
  /// Something is missing because memory ran out.
  [[nodiscard]] bool failed() const { return failed_; }
  /// Gives the memory back.
  void clear() {
    bytes_.clear();
    failed_ = false;
  }
  /// Empties it and keeps the memory, if it is not large.
  void reset() {
    if (bytes_.size() > kKeptBytes) bytes_.clear();
    bytes_.truncate(0);
    failed_ = false;
  }

 private:
  static constexpr size_t kKeptBytes = 16384;

  Text& decimal(uint64_t number);

  PageVector<char> bytes_;
  bool failed_ = false;
};

}  // namespace graft::http

#endif
