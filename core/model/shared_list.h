// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace nacelle {

// A std::vector of large values whose copies share them: what a scan finds unchanged
// is there once, in whatever lists it is, and lists that share their values compare
// fast. Who changes a value that other lists have too changes a copy of it; do not
// keep a reference to a value over a copy of its list. A list that is not const
// gives out values that may be changed, so read through a const one.
template <typename T>
class SharedList {
 public:
  using value_type = T;
  using Value = std::shared_ptr<const T>;

  template <typename List>
  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using reference = std::conditional_t<std::is_const_v<List>, const T&, T&>;
    using pointer = std::remove_reference_t<reference>*;

    Iterator() = default;
    Iterator(List& list, difference_type index) : list_(&list), index_(index) {}
    reference operator*() const { return (*list_)[static_cast<std::size_t>(index_)]; }
    pointer operator->() const { return &**this; }
    reference operator[](difference_type n) const { return *(*this + n); }
    Iterator& operator++() { return *this += 1; }
    Iterator& operator--() { return *this -= 1; }
    Iterator operator++(int) { return std::exchange(*this, *this + 1); }
    Iterator operator--(int) { return std::exchange(*this, *this - 1); }
    Iterator& operator+=(difference_type n) { return index_ += n, *this; }
    Iterator& operator-=(difference_type n) { return index_ -= n, *this; }
    friend Iterator operator+(Iterator it, difference_type n) { return it += n; }
    friend Iterator operator+(difference_type n, Iterator it) { return it += n; }
    friend Iterator operator-(Iterator it, difference_type n) { return it -= n; }
    friend difference_type operator-(const Iterator& a, const Iterator& b) { return a.index_ - b.index_; }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }
    auto operator<=>(const Iterator& other) const { return index_ <=> other.index_; }

   private:
    List* list_ = nullptr;
    difference_type index_ = 0;
  };
  using iterator = Iterator<SharedList>;
  using const_iterator = Iterator<const SharedList>;

  SharedList() = default;
  SharedList(std::initializer_list<T> values) : SharedList(std::vector<T>(values)) {}
  SharedList(std::vector<T> values) {  // NOLINT(google-explicit-constructor): it is one
    reserve(values.size());
    for (auto& value : values) push_back(std::move(value));
  }

  std::size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }
  const_iterator begin() const { return {*this, 0}; }
  const_iterator end() const { return {*this, static_cast<std::ptrdiff_t>(size())}; }
  iterator begin() { return {*this, 0}; }
  iterator end() { return {*this, static_cast<std::ptrdiff_t>(size())}; }
  const T& operator[](std::size_t i) const { return *values_[i]; }
  const T& at(std::size_t i) const { return *values_.at(i); }
  const T& front() const { return *values_.front(); }
  const T& back() const { return *values_.back(); }
  T& operator[](std::size_t i) {
    auto& value = values_[i];
    if (value.use_count() > 1) value = std::make_shared<T>(*value);
    return const_cast<T&>(*value);  // all are made as values that may be changed
  }
  T& front() { return (*this)[0]; }
  T& back() { return (*this)[size() - 1]; }

  void reserve(std::size_t size) { values_.reserve(size); }
  void shrink_to_fit() { values_.shrink_to_fit(); }
  void pop_back() { values_.pop_back(); }
  void clear() { values_.clear(); }
  void push_back(T value) { values_.push_back(std::make_shared<T>(std::move(value))); }
  void push_back(Value value) { values_.push_back(std::move(value)); }
  T& emplace_back(T value = {}) { return push_back(std::move(value)), back(); }
  void resize(std::size_t size) {
    while (this->size() < size) emplace_back();
    values_.resize(size);
  }
  void erase(const_iterator at) { values_.erase(values_.begin() + (at - std::as_const(*this).begin())); }
  void erase(iterator at) { values_.erase(values_.begin() + (at - begin())); }

  template <typename Less>
  void sort(Less less) {
    std::sort(values_.begin(), values_.end(), [&](const Value& a, const Value& b) { return less(*a, *b); });
  }

  // A value as lists share it, from one to another.
  const Value& shared(std::size_t i) const { return values_[i]; }
  void replace(std::size_t i, Value value) { values_[i] = std::move(value); }

  template <typename Predicate>
  friend std::size_t erase_if(SharedList& list, Predicate matches) {
    return std::erase_if(list.values_, [&](const Value& value) { return matches(*value); });
  }
  friend bool operator==(const SharedList& a, const SharedList& b) {
    return std::equal(a.values_.begin(), a.values_.end(), b.values_.begin(), b.values_.end(),
                      [](const Value& x, const Value& y) { return x == y || *x == *y; });
  }

 private:
  std::vector<Value> values_;
};

}  // namespace nacelle
