// What a statement has in common with one that differs in whole numbers alone: dashboards ask the
// same with another number, and both parse trees say the same but for the constants.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace hansa::query {

// The text with each digit of its plain whole numbers as 0, so that all else stays in its place;
// where it is not plain what is a number, for comments, `$`, `\` or `"`, the text as it is. Two
// statements that become the same are equal to the engine's grammar, which is told of a whole
// number below 2^31 only that it is one.
std::string numbers_as_zero(std::string_view sql);

// What is known of statements and of those alike, for as long as somebody can vouch for it: of a
// bounded number of them, of bounded size.
class Alike {
 public:
  static constexpr std::size_t count_max = 64;
  static constexpr std::size_t sql_bytes_max = 16 * 1024;
  static constexpr std::size_t bytes_max = 512 * 1024;  // of all of them, with what is known

  // Null: nothing is known. Until the next change.
  const std::string* find(std::string_view sql) const;
  void keep(std::string_view sql, std::string known);
  void forget();

 private:
  std::map<std::string, std::string, std::less<>> known_;
  std::size_t bytes_ = 0;
};

}  // namespace hansa::query
