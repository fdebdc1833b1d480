// SPDX-License-Identifier: BSD-2-Clause
/// Test cases inside a kernel image: one line "PASS name" or "FAIL name: reason" each, as qemu_test reads them.
#ifndef GRAFT_TESTS_QEMU_KERNEL_TEST_HPP
#define GRAFT_TESTS_QEMU_KERNEL_TEST_HPP

#include <cstdio>

namespace graft::test {

class KernelTest {
 public:
  KernelTest(const char* name, void (*body)()) : name_(name), body_(body) {
    *last_ = this;
    last_ = &next_;
  }

  static void fail(const char* file, int line, const char* expression) {
    if (failed_++ == 0) printf("FAIL %s: %s:%d: %s\n", current_->name_, file, line, expression);
  }

  /// Runs every case of the image; returns 0 if all passed and there was one.
  static int run_all() {
    while (begin_next()) end_current();
    return verdict();
  }

  // For a host on which a case only begins in its body and goes on later.

  /// Runs the body of the next case; false after the last.
  static bool begin_next() {
    current_ = current_ == nullptr ? first_ : current_->next_;
    if (current_ == nullptr) return false;
    failed_ = 0;
    current_->body_();
    return true;
  }
  static void end_current() {
    if (failed_ == 0) printf("PASS %s\n", current_->name_);
    ++(failed_ == 0 ? passed_ : broken_);
  }
  static int verdict() {
    printf("%d passed, %d failed\n", passed_, broken_);
    return broken_ == 0 && passed_ > 0 ? 0 : 1;
  }

 private:
  const char* name_;
  void (*body_)();
  KernelTest* next_ = nullptr;

  static inline KernelTest* first_ = nullptr;
  static inline KernelTest** last_ = &first_;
  static inline KernelTest* current_ = nullptr;
  static inline int failed_ = 0;  ///< expectations of the current case
  static inline int passed_ = 0, broken_ = 0;
};

}  // namespace graft::test

/// Defines a case, `KERNEL_TEST(clock_advances) { EXPECT(...); }`.
#define KERNEL_TEST(name)                                         \
  static void name##_body();                                      \
  static graft::test::KernelTest name##_case(#name, name##_body); \
  static void name##_body()

/// Marks the case as failed and goes on.
#define EXPECT(condition) ((condition) ? (void)0 : graft::test::KernelTest::fail(__FILE__, __LINE__, #condition))

/// Marks the case as failed and leaves it.
#define ASSERT(condition)                                            \
  do {                                                               \
    if (!(condition)) {                                              \
      graft::test::KernelTest::fail(__FILE__, __LINE__, #condition); \
      return;                                                        \
    }                                                                \
  } while (0)

#endif
