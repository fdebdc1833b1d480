// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/threaded/options.hpp"

#include <algorithm>

namespace graft::http {

namespace {

/// Takes a decimal number of at most `limit` off the front of `text`.
bool take_number(std::string_view* text, uint32_t limit, uint32_t* out) {
  uint32_t value = 0;
  size_t digits = 0;
  for (; digits < text->size() && (*text)[digits] >= '0' && (*text)[digits] <= '9'; ++digits) {
    value = value * 10 + static_cast<uint32_t>((*text)[digits] - '0');
    if (value > limit) return false;
  }
  text->remove_prefix(digits);
  *out = value;
  return digits > 0;
}

bool parse_address(std::string_view text, uint8_t (&out)[4]) {
  for (int i = 0; i < 4; ++i) {
    if (i > 0) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
    uint32_t part;
    if (!take_number(&text, 255, &part)) return false;
    out[i] = static_cast<uint8_t>(part);
  }
  return text.empty();
}

bool parse_port(std::string_view text, uint16_t* out) {
  uint32_t port;
  if (!take_number(&text, 65535, &port) || port == 0 || !text.empty()) return false;
  *out = static_cast<uint16_t>(port);
  return true;
}

bool parse_word(std::string_view name, std::string_view value, HttpConfig* config) {
  if (name == "ip") return parse_address(value, config->ip.address);
  if (name == "netmask") return parse_address(value, config->ip.netmask);
  if (name == "gateway") return parse_address(value, config->ip.gateway);
  if (name == "port") return parse_port(value, &config->port);
  // The host's own.
  if (name == "log") return value == "debug" || value == "info";
  return false;
}

}  // namespace

bool parse_options(std::string_view command_line, HttpConfig* config, std::string_view* out_bad_word) {
  while (!command_line.empty()) {
    const size_t end = std::min(command_line.find(' '), command_line.size());
    const std::string_view word = command_line.substr(0, end);
    command_line.remove_prefix(std::min(end + 1, command_line.size()));
    if (word.empty()) continue;
    const size_t equals = word.find('=');
    const bool good =
        equals != std::string_view::npos && parse_word(word.substr(0, equals), word.substr(equals + 1), config);
    if (good) continue;
    *out_bad_word = word;
    return false;
  }
  return true;
}

}  // namespace graft::http
