// SPDX-License-Identifier: BSD-2-Clause
/// What a conformance case runs in: the host's callbacks, a way to let devices work, and a place for its verdict.
/// Cases are freestanding functions, so the same ones run in a test process and inside a kernel.
#ifndef GRAFT_TESTS_CONFORMANCE_CONTEXT_HPP
#define GRAFT_TESTS_CONFORMANCE_CONTEXT_HPP

#include <graft/osenv.h>

#include <cstddef>
#include <cstdint>

namespace graft::conformance {

class Context {
 public:
  static constexpr uint64_t kMillisecond_ns = 1'000'000;
  /// No device takes longer for anything a case asks of it.
  static constexpr uint64_t kPatience_ns = 10'000 * kMillisecond_ns;
  /// What has not happened after this much idle time does not happen any more.
  static constexpr uint64_t kQuiet_ns = 30 * kMillisecond_ns;

  explicit Context(const graft_osenv_t* osenv) : osenv_(osenv) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Lets devices and their upcalls happen, at least until the clock reaches `deadline_ns` or something happened.
  virtual void progress(uint64_t deadline_ns) = 0;

  /// Called after the case, however it ended: nothing of it may be in flight any more.
  virtual void end_case() {}

  [[nodiscard]] uint64_t now_ns() const { return osenv_->clock_now_ns(osenv_->host); }
  [[nodiscard]] void* thread() const { return osenv_->thread_self(osenv_->host); }
  [[nodiscard]] const graft_osenv_t& osenv() const { return *osenv_; }

  /// Waits until `condition()`; false if it does not come true in time.
  template <class Condition>
  bool wait(Condition condition, uint64_t patience_ns = kPatience_ns) {
    const uint64_t end_ns = now_ns() + patience_ns;
    while (!condition()) {
      const uint64_t now = now_ns();
      if (now >= end_ns) return false;
      progress(now + kMillisecond_ns < end_ns ? now + kMillisecond_ns : end_ns);
    }
    return true;
  }
  /// Gives everything that is still to come the time to come.
  void settle() {
    wait([] { return false; }, kQuiet_ns);
  }

  /// Memory inside the window of the host; null if there is none. Given back at the end of the case.
  [[nodiscard]] void* alloc(size_t bytes);

  [[nodiscard]] bool in_window(const void* address, size_t bytes) const {
    const auto at = reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(osenv_->mem_window.va);
    return at < osenv_->mem_window.bytes && bytes <= osenv_->mem_window.bytes - at;
  }

  /// Notes a violation; the first one counts. From any thread.
  void fail(const char* file, int line, const char* what);
  /// Notes that the device does not have what the case is about.
  void skip(const char* why) { skipped_ = why; }
  [[nodiscard]] bool failed() const { return what_ != nullptr; }
  [[nodiscard]] const char* skipped() const { return skipped_; }
  [[nodiscard]] const char* failed_what() const { return what_; }
  [[nodiscard]] const char* failed_file() const { return file_; }
  [[nodiscard]] int failed_line() const { return line_; }

  /// Random numbers, the same in every run.
  uint32_t random();
  uint32_t random_below(uint32_t limit) { return random() % limit; }

 protected:
  ~Context();

 private:
  static constexpr size_t kMaxAllocations = 64;

  const graft_osenv_t* osenv_;
  const char* file_ = nullptr;
  const char* what_ = nullptr;
  const char* skipped_ = nullptr;
  int line_ = 0;
  uint64_t random_state_ = 0x853c49e6748fea9b;
  struct {
    void* va;
    size_t pages;
  } allocations_[kMaxAllocations];
  size_t allocation_count_ = 0;
};

/// One case of a suite.
template <class SuiteContext>
struct Case {
  const char* suite;
  const char* name;
  void (*run)(SuiteContext& context);
};

/// A suite: an array of cases.
template <class SuiteContext>
struct Suite {
  const Case<SuiteContext>* cases;
  size_t count;
};

/// Content that depends on the seed and the position.
inline uint8_t pattern_byte(uint32_t seed, size_t i) {
  uint32_t x = seed * 2654435761u + static_cast<uint32_t>(i) * 40503u + static_cast<uint32_t>(i >> 8) * 97u;
  x ^= x >> 15;
  return static_cast<uint8_t>(x ^ x >> 8);
}

}  // namespace graft::conformance

/// Notes a violation and leaves the function.
#define CONFORMANCE_REQUIRE(context, condition)       \
  do {                                                \
    if (!(condition)) {                               \
      (context).fail(__FILE__, __LINE__, #condition); \
      return;                                         \
    }                                                 \
  } while (0)

/// The same in a function that says whether all is well.
#define CONFORMANCE_REQUIRE_OR_FALSE(context, condition) \
  do {                                                   \
    if (!(condition)) {                                  \
      (context).fail(__FILE__, __LINE__, #condition);    \
      return false;                                      \
    }                                                    \
  } while (0)

#endif
