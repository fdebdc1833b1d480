// SPDX-License-Identifier: BSD-2-Clause
/// PageVector: a growable array in whole pages from the host, for plain data. Growing may fail and says so.
#ifndef GRAFT_EXAMPLES_HTTP_PAGE_VECTOR_HPP
#define GRAFT_EXAMPLES_HTTP_PAGE_VECTOR_HPP

#include <cstring>
#include <type_traits>
#include <utility>

#include "examples/http/host.hpp"

namespace graft::http {

template <class T>
class PageVector {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  explicit PageVector(const Host& host) : host_(&host) {}
  PageVector(const PageVector&) = delete;
  PageVector(PageVector&& other) noexcept { swap(other); }
  PageVector& operator=(PageVector other) noexcept {
    swap(other);
    return *this;
  }
  ~PageVector() { clear(); }

  /// Makes room for `count` elements in all. @onfail nothing changed
  [[nodiscard]] bool reserve(size_t count) {
    if (count <= capacity_) return true;
    if (count > SIZE_MAX / 2 / sizeof(T)) return false;
    const size_t doubled = capacity_ * 2 > count ? capacity_ * 2 : count;
    const size_t pages = pages_for(doubled * sizeof(T));
    void* fresh = host_->alloc_pages(pages);
    if (!fresh) return false;
    if (size_) std::memcpy(fresh, data_, size_ * sizeof(T));
    if (data_) host_->free_pages(data_, pages_);
    data_ = static_cast<T*>(fresh);
    pages_ = pages;
    capacity_ = pages * GRAFT_PAGE_BYTES / sizeof(T);
    return true;
  }

  [[nodiscard]] bool push_back(const T& value) { return append(&value, 1); }

  [[nodiscard]] bool append(const T* values, size_t count) {
    if (count > capacity_ - size_ && !reserve(size_ + count)) return false;
    if (count) std::memcpy(static_cast<void*>(data_ + size_), values, count * sizeof(T));
    size_ += count;
    return true;
  }

  /// Gives the memory back.
  void clear() {
    if (data_) host_->free_pages(data_, pages_);
    data_ = nullptr;
    size_ = capacity_ = pages_ = 0;
  }
  /// Keeps the memory.
  void truncate(size_t count) {
    if (count < size_) size_ = count;
  }

  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

 private:
  void swap(PageVector& other) {
    std::swap(host_, other.host_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(pages_, other.pages_);
  }

  const Host* host_ = nullptr;
  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  size_t pages_ = 0;
};

}  // namespace graft::http

#endif
