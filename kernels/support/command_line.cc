// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/command_line.hpp"

namespace graft::support {

std::optional<std::string_view> find_option(std::string_view command_line, std::string_view name) {
  std::optional<std::string_view> found;
  while (!command_line.empty()) {
    const size_t blank = command_line.find(' ');
    const std::string_view word = command_line.substr(0, blank);
    command_line.remove_prefix(blank == std::string_view::npos ? command_line.size() : blank + 1);
    if (!word.starts_with(name)) continue;
    const std::string_view rest = word.substr(name.size());
    if (rest.empty()) found = rest;
    if (rest.starts_with('=')) found = rest.substr(1);
  }
  return found;
}

}  // namespace graft::support
