// SPDX-License-Identifier: GPL-2.0-only
/// How a device reaches memory of the window. Implemented by kit/.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_DMA_H
#define GRAFT_LINUX_EMU_BOUNDARY_DMA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Set if the host maps memory for devices (an IOMMU); otherwise a device address is a physical address.
extern int lx_dma_has_iommu;

/// Maps memory of the window for a function; returns 0 or a graft_error_t. Only where lx_dma_has_iommu is set.
/// @context world, handlers too  @blocks never
int32_t lxk_dma_map(uint32_t function, void* va, uint64_t bytes, uint32_t direction, uint64_t max_address,
                    uint64_t* out_device_address);

/// Undoes one lxk_dma_map(). @context world, handlers too  @blocks never
void lxk_dma_unmap(uint32_t function, uint64_t device_address, uint64_t bytes, uint32_t direction);

#ifdef __cplusplus
}
#endif

#endif
