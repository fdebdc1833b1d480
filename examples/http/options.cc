// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/options.hpp"

#include <algorithm>
#include <cstring>

namespace graft::http {

namespace {

bool parse_bounded(std::string_view text, uint64_t limit, uint64_t* out) {
  return parse_decimal(text, out) && *out <= limit;
}

bool parse_ipv4(std::string_view text, uint8_t (&out)[4]) {
  for (int i = 0; i < 4; ++i) {
    const size_t end = i < 3 ? text.find('.') : text.size();
    uint64_t value;
    if (end == std::string_view::npos || !parse_bounded(text.substr(0, end), 255, &value)) return false;
    out[i] = static_cast<uint8_t>(value);
    text.remove_prefix(i < 3 ? end + 1 : end);
  }
  return true;
}

bool parse_address(std::string_view text, Ipv4Config* out) {
  const size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    uint64_t bits;
    if (!parse_bounded(text.substr(slash + 1), 32, &bits)) return false;
    const uint32_t mask = bits ? UINT32_MAX << (32 - bits) : 0;
    for (int i = 0; i < 4; ++i) out->netmask[i] = static_cast<uint8_t>(mask >> (24 - 8 * i));
  }
  return parse_ipv4(text.substr(0, slash), out->address);
}

}  // namespace

bool Options::parse(std::string_view command_line, std::string_view* out_wrong) {
  while (!command_line.empty()) {
    const size_t end = std::min(command_line.find(' '), command_line.size());
    const std::string_view word = command_line.substr(0, end);
    command_line.remove_prefix(std::min(end + 1, command_line.size()));
    if (take(word)) continue;
    *out_wrong = word;
    return false;
  }
  return true;
}

bool Options::take(std::string_view word) {
  if (word.empty()) return true;
  const size_t equals = word.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = word.substr(0, equals);
  const std::string_view value = word.substr(equals + 1);
  if (name == "ip") return parse_address(value, &http.ip);
  if (name == "netmask") return parse_ipv4(value, http.ip.netmask);
  if (name == "gateway" || name == "gw") return parse_ipv4(value, http.ip.gateway);
  if (name == "seconds") return parse_decimal(value, &run_seconds);
  if (name == "port") {
    uint64_t port;
    if (!parse_bounded(value, UINT16_MAX, &port) || port == 0) return false;
    http.port = static_cast<uint16_t>(port);
    return true;
  }
  if (name == "adapter") {
    adapter_ = value == "sg" ? GRAFT_ADAPTER_SG : value == "copy" ? GRAFT_ADAPTER_COPY : GRAFT_ADAPTER_AUTO;
    return value == "sg" || value == "copy" || value == "auto";
  }
  // The host's own.
  if (name == "log") return value == "debug" || value == "info";
  const size_t slash = name.find('/');
  const bool is_parameter = slash != std::string_view::npos && name.find('.', slash) != std::string_view::npos;
  return is_parameter && take_parameter(word);
}

bool Options::take_parameter(std::string_view word) {
  if (parameter_count_ == kMaxParameters || word.size() >= kMaxParameterBytes - parameter_bytes_) return false;
  char* at = parameter_text_ + parameter_bytes_;
  std::memcpy(at, word.data(), word.size());
  at[word.size()] = 0;
  parameter_bytes_ += word.size() + 1;
  parameters_[parameter_count_++] = at;
  return true;
}

graft_kit_options_t Options::kit_options() const {
  graft_kit_options_t options = {};
  options.size_bytes = sizeof options;
  options.adapter = adapter_;
  options.parameters = parameters_;
  return options;
}

}  // namespace graft::http
