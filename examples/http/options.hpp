// SPDX-License-Identifier: BSD-2-Clause
/// Options: the command line of an image with the example.
#ifndef GRAFT_EXAMPLES_HTTP_OPTIONS_HPP
#define GRAFT_EXAMPLES_HTTP_OPTIONS_HPP

#include <graft/kit.h>

#include <cstdint>
#include <string_view>

#include "examples/http/app.hpp"

namespace graft::http {

/// What may stand on the command line, for people.
inline constexpr const char* kOptionHelp =
    "ip=A.B.C.D[/BITS] netmask=A.B.C.D gateway=A.B.C.D port=1..65535 adapter=auto|sg|copy seconds=N log=debug|info "
    "ORIGIN/DRIVER.PARAMETER=VALUE";

class Options {
 public:
  static constexpr size_t kMaxParameters = 16;
  static constexpr size_t kMaxParameterBytes = 512;

  /// Reads the words over the defaults. False if one is no option or its value is wrong; then that is `*out_wrong`.
  [[nodiscard]] bool parse(std::string_view command_line, std::string_view* out_wrong);

  HttpConfig http;
  uint64_t run_seconds = 0;  ///< 0: for ever

  /// Valid as long as this object stays where it is.
  [[nodiscard]] graft_kit_options_t kit_options() const;

 private:
  bool take(std::string_view word);
  bool take_parameter(std::string_view word);

  uint32_t adapter_ = GRAFT_ADAPTER_AUTO;
  const char* parameters_[kMaxParameters + 1] = {};
  size_t parameter_count_ = 0;
  char parameter_text_[kMaxParameterBytes];
  size_t parameter_bytes_ = 0;
};

}  // namespace graft::http

#endif
