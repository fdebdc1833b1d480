// SPDX-License-Identifier: BSD-2-Clause
/// The virtual address space of a bare-metal host. docs/hosts.md has the picture.
#ifndef GRAFT_KERNELS_SUPPORT_LAYOUT_HPP
#define GRAFT_KERNELS_SUPPORT_LAYOUT_HPP

#include <cstddef>
#include <cstdint>

namespace graft::support {

inline constexpr size_t kPageBytes = 4096;
inline constexpr size_t kLargePageBytes = 2 << 20;

/// All RAM, linearly: this is the window that osenv announces.
inline constexpr uint64_t kDirectMapBase = 0xffff'8000'0000'0000;
/// Device registers, uncached, mapped on demand at kDeviceBase + physical address.
inline constexpr uint64_t kDeviceBase = 0xffff'c000'0000'0000;
/// Device memory with write combining, likewise.
inline constexpr uint64_t kCombiningBase = 0xffff'd000'0000'0000;
/// The image, where it is linked.
inline constexpr uint64_t kKernelBase = 0xffff'ffff'8000'0000;

/// Physical addresses lie below this in each of the areas above.
inline constexpr uint64_t kPhysLimit = uint64_t{1} << 44;

}  // namespace graft::support

#endif
