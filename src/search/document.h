// What of a product can be found, and what it is judged by: one description for the index, for
// whoever shows why a hit matched, and for tests.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/mesh.h"
#include "search/split.h"

namespace hansa::search {

// Where a word stands, in the order of weight; `full`: it is all of a name.
enum class Field : std::uint8_t { full, name, title, tag, column, owner, about, column_about };
inline constexpr std::size_t kFields = 8;
using Fields = std::uint8_t;  // a bit each
constexpr Fields bit(Field field) {
  return static_cast<Fields>(1U << static_cast<unsigned>(field));
}

struct Text {
  Field field = Field::name;
  std::string_view text;
  const Port* port = nullptr;  // whose it is, if it is not the product's
  std::string column = {};     // its path, if it is a column's
};
using OnText = std::function<void(const Text&)>;

// The product's own texts, those that matter most first.
void texts_of(const Mesh& mesh, const Product& product, const OnText& on);
// What is said of the owner of everything in a domain: its name, its team, its channels. No titles:
// a guest who was given one product knows the names of its owner, and nothing else of the team.
void texts_of(const Mesh& mesh, const Domain& domain, const OnText& on);

// Words past this many of one product or domain are not found: names come before descriptions, so
// that only the end of very long descriptions is lost.
inline constexpr std::size_t kWordsMax = 20'000;

struct Word {
  std::string text;
  Fields fields = 0;
  friend bool operator==(const Word&, const Word&) = default;
};
// All words of a thing, ascending, each once.
template <class T>
std::vector<Word> words_of(const Mesh& mesh, const T& thing);
extern template std::vector<Word> words_of(const Mesh&, const Product&);
extern template std::vector<Word> words_of(const Mesh&, const Domain&);

enum class Life : std::uint8_t { active, draft, deprecated, retired };
// Of its status and its marks; a product whose ports are all deprecated is.
Life life_of(const Mesh& mesh, const Product& product);

// What a product is judged and counted by.
struct Facts {
  Ulid id;
  Ulid domain;
  std::string status;
  std::vector<std::string> tags;  // its own and its ports', ascending
  bool open = false;              // to the organisation: not restricted, not hidden
  Life life = Life::active;
  std::uint8_t trust = 0;  // of what it says of itself, up to 20; half of it while a port is late
  Time published{};        // last; zero: never
  friend bool operator==(const Facts&, const Facts&) = default;
};
// Of so many readers and reads in the last 30 days: what doubles them raises it by the same, and
// readers by four times as much as reads.
inline constexpr std::uint8_t use_max = 16;
std::uint8_t use_of(std::uint64_t readers, std::uint64_t reads);
Facts facts_of(const Mesh& mesh, const Product& product);
// Of a domain: whether somebody answers for it, and can be reached; up to 12.
std::uint8_t trust_of(const Mesh& mesh, const Domain& domain);

}  // namespace hansa::search
