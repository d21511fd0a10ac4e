// Hits in order, counted and cut into pages, of what one caller may know. Nothing that the caller
// may not know has a part in any figure: a hit's rank is made of its own words and facts alone.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "policy/decide.h"
#include "search/index.h"

namespace hansa::search {

// Where a page ends. Equal ranks stand in the order of birth.
struct Cursor {
  std::uint32_t rank = 0;
  Ulid id;
  friend bool operator==(const Cursor&, const Cursor&) = default;
};
std::string to_text(const Cursor& cursor);
// Errors: invalid.
Result<Cursor> parse_cursor(std::string_view text);

struct Wish {
  // Only products of these domains.
  std::optional<std::vector<DomainId>> domains = {};
  std::optional<bool> open = {};
  std::string tag = {};
  std::string status = {};
  std::optional<Cursor> after = {};
  std::size_t limit = 0;
  Time now{};
};

struct Count {
  std::string name;
  std::size_t count = 0;
  friend bool operator==(const Count&, const Count&) = default;
};

// Of one facet: the most frequent ones are named.
inline constexpr std::size_t facet_max = 50;

struct Ranked {
  std::vector<std::pair<ProductId, Cursor>> page;
  bool more = false;
  std::size_t total = 0;  // of all pages
  std::vector<std::pair<DomainId, std::size_t>> domains;
  std::vector<Count> statuses, tags;  // the most frequent first, facet_max at most
  std::size_t open = 0;
};

Ranked rank(const Index& index, const policy::Sight& sight, const std::vector<Hit>& hits,
            const Wish& wish);

// A product's rank: its fit, raised by up to three quarters by trust (owner, channel, contract,
// descriptions) and a fresh publish, by up to a quarter by its use, and lowered by its status.
std::uint32_t rank_of(std::uint32_t fit, const Index::Row& row, std::uint8_t domain_trust,
                      Time now);

// Whether the caller may know any of these hits.
bool knows_any(const policy::Sight& sight, const std::vector<Hit>& hits);

}  // namespace hansa::search
