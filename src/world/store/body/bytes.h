// A described struct (fields.h of this folder) as bytes, and back. One value has one spelling:
//
//   object    the number of its members (one byte), then each in the order of its description
//   number    LEB128 without superfluous bytes; signed ones zigzag; a time its microseconds
//   true      one byte, 0 or 1
//   text      its length as a number, then UTF-8; a location or an enum is its text
//   packed    its bytes (base/packed.h), as a text, looked at only when somebody asks for it
//   id        16 bytes
//   optional  a byte, 0, or 1 and the value
//   list      the number of its items, then each; pairs of texts one after the other
//
// What is read may be damaged: nothing is taken that is not there, and nothing is set aside by a
// count that the bytes left cannot hold.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "base/limits.h"
#include "base/packed.h"
#include "base/text.h"
#include "model/ids.h"
#include "model/location.h"
#include "world/store/bytes.h"

namespace hansa::store {

template <class T>
struct IsId : std::false_type {};
template <class Tag>
struct IsId<Id<Tag>> : std::true_type {};
template <class T>
struct IsPair : std::false_type {};
template <class A, class B>
struct IsPair<std::pair<A, B>> : std::true_type {};

class BodyWriter {
 public:
  static constexpr bool reads = false;
  explicit BodyWriter(std::string& out) : out_(out) {}

  template <class T>
  void required(std::string_view, T& value) {
    ++members_;
    write(value);
  }
  template <class T>
  void optional(std::string_view name, T& value) {
    required(name, value);
  }
  void rule(bool, std::string_view) {}

  template <class T>
  void write(T& value) {
    if constexpr (std::same_as<T, bool>) {
      out_ += value ? '\1' : '\0';
    } else if constexpr (std::same_as<T, std::string>) {
      text(value);
    } else if constexpr (std::same_as<T, PackedText>) {
      text(value.bytes());
    } else if constexpr (std::same_as<T, Time>) {
      write(value.us);
    } else if constexpr (std::same_as<T, Seq>) {
      number(value.number);
    } else if constexpr (std::signed_integral<T>) {
      const std::int64_t wide = value;
      number((static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63));
    } else if constexpr (std::unsigned_integral<T>) {
      number(value);
    } else if constexpr (std::same_as<T, Ulid>) {
      append_ulid(out_, value);
    } else if constexpr (IsId<T>::value) {
      append_ulid(out_, value.ulid);
    } else if constexpr (std::same_as<T, Location>) {
      text(value.text());
    } else if constexpr (Named<T>) {
      text(name_of(value));
    } else if constexpr (IsOptional<T>::value) {
      out_ += value ? '\1' : '\0';
      if (value) write(*value);
    } else if constexpr (IsVector<T>::value) {
      number(value.size());
      for (auto& item : value) write(item);
    } else if constexpr (IsPair<T>::value) {
      write(value.first);
      write(value.second);
    } else {
      object(value);
    }
  }

 private:
  template <class T>
  void object(T& value) {
    const std::size_t at = out_.size();
    const int outer = std::exchange(members_, 0);
    out_ += '\0';
    describe(*this, value);
    HANSA_ASSERT(members_ < 128);
    out_[at] = static_cast<char>(members_);
    members_ = outer;
  }
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }

  std::string& out_;
  int members_ = 0;
};

// The first thing that is wrong stops it: `problem` names it, and what was read is of no use.
class BodyReader {
 public:
  static constexpr bool reads = true;
  explicit BodyReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  void required(std::string_view name, T& value) {
    if (!problem_.empty()) return;
    if (members_ == 0) return refuse(name, "is missing");
    member(name, value);
  }
  template <class T>
  void optional(std::string_view name, T& value) {
    if (problem_.empty() && members_ > 0) member(name, value);
  }
  void rule(bool holds, std::string_view says) {
    if (problem_.empty() && !holds) problem_ = says;
  }

  // Reads all of the bytes. Empty: it went well.
  template <class T>
  std::string whole(T& value) {
    read(value);
    if (problem_.empty() && !rest_.empty()) problem_ = "bytes after its end";
    return std::move(problem_);
  }

 private:
  template <class T>
  void member(std::string_view name, T& value) {
    --members_;
    read(value);
    if (!problem_.empty()) problem_ = std::string(name) + ": " + problem_;
  }
  void refuse(std::string_view name, std::string_view says);

  template <class T>
  void read(T& value) {
    if constexpr (std::same_as<T, bool>) {
      value = flag();
    } else if constexpr (std::same_as<T, std::string>) {
      const std::string_view found = text();
      if (problem_.empty() && !is_utf8(found)) problem_ = "not UTF-8";
      value = found;
    } else if constexpr (std::same_as<T, PackedText>) {
      value = PackedText::of_bytes(text());
    } else if constexpr (std::same_as<T, Time>) {
      read(value.us);
    } else if constexpr (std::same_as<T, Seq>) {
      value.number = number();
    } else if constexpr (std::integral<T>) {
      whole_number(value);
    } else if constexpr (std::same_as<T, Ulid>) {
      value = ulid();
    } else if constexpr (IsId<T>::value) {
      value.ulid = ulid();
    } else if constexpr (std::same_as<T, Location>) {
      location(value);
    } else if constexpr (Named<T>) {
      choice(value);
    } else if constexpr (IsOptional<T>::value) {
      if (flag()) read(value.emplace());
    } else if constexpr (IsVector<T>::value) {
      list(value);
    } else if constexpr (IsPair<T>::value) {
      read(value.first);
      read(value.second);
    } else {
      object(value);
    }
  }

  template <class T>
  void object(T& value) {
    if (depth_ == limits::nesting_max) problem_ = "nested too deeply";
    const int outer = std::exchange(members_, byte());
    ++depth_;
    describe(*this, value);
    if (problem_.empty() && members_ != 0) problem_ = "it has members this version does not know";
    --depth_;
    members_ = outer;
  }
  template <class T>
  void list(std::vector<T>& items) {
    const std::uint64_t count = number();
    if (count > rest_.size()) problem_ = "it ends too early";
    // An item takes a byte at least, in memory more: most lists are short, and the others grow.
    if (problem_.empty()) items.reserve(std::min<std::uint64_t>(count, 64));
    for (std::uint64_t i = 0; i < count && problem_.empty(); ++i) read(items.emplace_back());
  }
  template <class T>
  void whole_number(T& value) {
    const std::uint64_t raw = number();
    if constexpr (std::is_signed_v<T>) {
      const auto wide = static_cast<std::int64_t>((raw >> 1) ^ (~(raw & 1) + 1));
      if (!std::in_range<T>(wide)) problem_ = "out of range";
      value = static_cast<T>(wide);
    } else {
      if (!std::in_range<T>(raw)) problem_ = "out of range";
      value = static_cast<T>(raw);
    }
  }
  template <class T>
  void choice(T& value) {
    const std::string_view found = text();
    for (const auto& [each, name] : names_of(std::type_identity<T>{}))
      if (found == name) return void(value = each);
    if (problem_.empty()) problem_ = "no such choice";
  }

  std::uint8_t byte();
  bool flag();
  std::uint64_t number();
  std::string_view text();
  Ulid ulid();
  void location(Location& value);

  std::string_view rest_;
  std::string problem_;
  int members_ = 0;  // of the object being read, still to come
  std::size_t depth_ = 0;
};

}  // namespace hansa::store
