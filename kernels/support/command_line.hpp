// SPDX-License-Identifier: BSD-2-Clause
/// Options on the command line: words of the form name or name=value, separated by blanks.
#ifndef GRAFT_KERNELS_SUPPORT_COMMAND_LINE_HPP
#define GRAFT_KERNELS_SUPPORT_COMMAND_LINE_HPP

#include <optional>
#include <string_view>

namespace graft::support {

/// Gives the value of the last word `name=value`, "" for a bare `name`, nothing if there is neither.
std::optional<std::string_view> find_option(std::string_view command_line, std::string_view name);

}  // namespace graft::support

#endif
