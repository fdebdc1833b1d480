// SPDX-License-Identifier: BSD-2-Clause
/// Cases of the Linux environment's own tests: functions compiled with donor headers, run in a fiber.
#ifndef GRAFT_TESTS_EMU_CASE_H
#define GRAFT_TESTS_EMU_CASE_H

#ifdef __cplusplus
extern "C" {
#endif

struct lx_case {
  const char* name;
  void (*run)(void);
};

/// Notes that a check of the running case failed.
void lx_check_failed(const char* file, int line, const char* text);

/// One table for each file of cases, ended by a null name.
extern const struct lx_case lx_cases_memory[], lx_cases_time[], lx_cases_work[], lx_cases_thread[], lx_cases_softirq[],
    lx_cases_interrupt[], lx_cases_dma[], lx_cases_pci[], lx_cases_boundary[];

#define CHECK(condition)                                               \
  do {                                                                 \
    if (!(condition)) lx_check_failed(__FILE__, __LINE__, #condition); \
  } while (0)

#define REQUIRE(condition)                             \
  do {                                                 \
    if (!(condition)) {                                \
      lx_check_failed(__FILE__, __LINE__, #condition); \
      return;                                          \
    }                                                  \
  } while (0)

/// The scripted machine: its registers lie at this physical address. See lab.hpp.
#define LX_LAB_PHYS 0xfe000000ull
#define LX_LAB_BYTES 0x1000
/// Write line << 1 | level.
#define LX_LAB_LINE 0x00
/// Reads how often lines were masked.
#define LX_LAB_MASKS 0x04
/// Write line; reads 1 if it is masked.
#define LX_LAB_MASKED 0x08
/// Reads what was written.
#define LX_LAB_SCRATCH 0x10

/// The scripted PCI function: bus 0, slot 3; BAR 0 has LX_LAB_PCI_BYTES of registers with the MSI-X table in them.
#define LX_LAB_PCI_ADDRESS (3 << 3)
#define LX_LAB_PCI_VENDOR 0x1234
#define LX_LAB_PCI_DEVICE 0x4711
#define LX_LAB_PCI_PHYS 0xfd000000ull
#define LX_LAB_PCI_BYTES 0x4000
#define LX_LAB_PCI_LINE 9
/// BAR 0: write a vector number to have its message sent.
#define LX_LAB_PCI_DOORBELL 0x00
/// BAR 0: write 1 or 0 to drive the interrupt pin.
#define LX_LAB_PCI_PIN 0x04
#define LX_LAB_PCI_MSIX_TABLE 0x2000
#define LX_LAB_PCI_MSIX_VECTORS 4

#ifdef __cplusplus
}
#endif

#endif
