// Reads the JSON text of a parse tree. base/json stops at depth 64, since nothing that people write
// as JSON goes deeper; a tree nests as deeply as its SQL, and thirty `||` in a row are ordinary
// SQL. This reader therefore keeps all values in one flat list: reading, walking and freeing never
// recurse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hansa::query {

class TreeJson {
 public:
  enum class Kind : std::uint8_t { null, flag, number, text, list, object };

  // The engine's parser gives up at 1,000 nested expressions of two levels each, subqueries at
  // about five.
  static constexpr std::size_t depth_max = 8'000;
  // A member takes at least 12 bytes in any honest tree; a list of a million digits is none.
  static constexpr std::size_t values_max = 250'000;
  // The engine's widest node has 17 members.
  static constexpr std::size_t members_max = 64;

  struct Value {
    Kind kind = Kind::null;
    bool truth = false;       // of a flag
    std::uint32_t next = 0;   // the next sibling; 0: none
    std::uint32_t first = 0;  // the first child; 0: none
    std::string_view name;    // of an object's member
    std::string_view text;    // of a text, unescaped; of a number as written
  };

  // The result looks into `json`, which must outlive it. RFC 8259, strictly, but that numbers may
  // be Infinity and NaN, which the engine writes. Errors: corrupt (not such JSON, a duplicate
  // member), invalid (deeper or larger than above: the statement is too large).
  static Result<TreeJson> read(std::string_view json);

  TreeJson(TreeJson&&) = default;
  TreeJson& operator=(TreeJson&&) = default;

  const Value& root() const { return values_.front(); }
  // The first child or the next sibling, or nullptr.
  const Value* first(const Value& value) const { return at(value.first); }
  const Value* next(const Value& value) const { return at(value.next); }
  // A member of an object, or nullptr: absent, or null, which the engine writes for absent.
  const Value* find(const Value& object, std::string_view name) const;
  // A text member, or "" for one that is absent or of another kind.
  std::string_view text(const Value& object, std::string_view name) const;

 private:
  TreeJson() = default;
  const Value* at(std::uint32_t index) const { return index == 0 ? nullptr : &values_[index]; }
  friend class TreeReader;

  std::vector<Value> values_;
  // Texts that held escapes, unescaped. On the heap of a vector, so that views survive a move.
  std::vector<char> unescaped_;
};

}  // namespace hansa::query
