// SPDX-License-Identifier: BSD-2-Clause
/// The part of osenv that is the same for every host on this machine support. It needs the kit in the image.
#ifndef GRAFT_KERNELS_SUPPORT_OSENV_HPP
#define GRAFT_KERNELS_SUPPORT_OSENV_HPP

#include <graft/osenv.h>

namespace graft::support {

/// Gives the callbacks but thread_self, thread_park and thread_unpark, which the host adds. @context thread
graft_osenv_t machine_osenv();

}  // namespace graft::support

#endif
