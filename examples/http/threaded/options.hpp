// SPDX-License-Identifier: BSD-2-Clause
/// The example's options, from a command line of words `name=value`.
#ifndef GRAFT_EXAMPLES_HTTP_THREADED_OPTIONS_HPP
#define GRAFT_EXAMPLES_HTTP_THREADED_OPTIONS_HPP

#include <string_view>

#include "examples/http/app.hpp"

namespace graft::http {

/// What may stand on the command line, for people.
inline constexpr const char* kOptionHelp =
    "ip=A.B.C.D  netmask=A.B.C.D  gateway=A.B.C.D  port=1..65535  log=debug|info";

/// Reads a command line over the defaults in `config`. False if a word is no option or its value is wrong; then
/// `*out_bad_word` is that word.
bool parse_options(std::string_view command_line, HttpConfig* config, std::string_view* out_bad_word);

}  // namespace graft::http

#endif
