// SPDX-License-Identifier: BSD-2-Clause
/// Names that HTTP gives to content and to outcomes.
#ifndef GRAFT_EXAMPLES_HTTP_SERVER_CONTENT_TYPE_HPP
#define GRAFT_EXAMPLES_HTTP_SERVER_CONTENT_TYPE_HPP

#include <string_view>

namespace graft::http {

/// The media type for a path, by its extension; "application/octet-stream" if that says nothing.
std::string_view content_type_of(std::string_view path);

/// The reason phrase of a status that this server sends.
std::string_view status_phrase(int status);

}  // namespace graft::http

#endif
