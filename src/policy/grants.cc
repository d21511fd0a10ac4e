#include "policy/grants.h"

#include <algorithm>
#include <limits>

namespace hansa::policy {

bool Grants::before(Index a, Index b) const {
  const Row& one = rows_[a];
  const Row& other = rows_[b];
  if (one.until != other.until) return other.until < one.until;
  return one.id < other.id;
}

void Grants::hang(Map& map, std::uint64_t key, Index at) {
  List& list = map[key];
  if (++list.count == 1) {
    list.one = at;
    return;
  }
  if (list.count == 2) {
    const Index first = list.one;
    if (free_many_.empty()) {
      list.one = static_cast<Index>(many_.size());
      many_.emplace_back();
    } else {
      list.one = free_many_.back();
      free_many_.pop_back();
    }
    many_[list.one] = {first};
  }
  std::vector<Index>& all = many_[list.one];
  all.insert(std::ranges::upper_bound(all, at, [&](Index a, Index b) { return before(a, b); }), at);
}

void Grants::unhang(Map& map, std::uint64_t key, Index at) {
  List& list = *map.find(key);
  if (--list.count == 0) return map.erase(key);
  std::vector<Index>& all = many_[list.one];
  std::erase(all, at);
  if (list.count > 1) return;
  free_many_.push_back(list.one);
  list.one = all.front();
  all = {};
}

void Grants::hang(Index at) {
  const Row& row = rows_[at];
  if (row.holder == kNone) return;
  hang(shelves_, key(row.shelf, row.holder), at);
  hang(products_, key(row.product, row.holder), at);
  if (held_.size() <= row.holder) held_.resize(row.holder + 1);
  held_[row.holder].push_back(at);
}

void Grants::unhang(Index at) {
  const Row& row = rows_[at];
  if (row.holder == kNone) return;
  unhang(shelves_, key(row.shelf, row.holder), at);
  unhang(products_, key(row.product, row.holder), at);
  std::vector<Index>& held = held_[row.holder];
  *std::ranges::find(held, at) = held.back();
  held.pop_back();
}

Index Grants::put(const std::shared_ptr<const Grant>& grant, Index product, Index shelf,
                  Index holder) {
  auto at = static_cast<Index>(rows_.size());
  if (free_rows_.empty()) {
    rows_.emplace_back();
  } else {
    at = free_rows_.back();
    free_rows_.pop_back();
  }
  rows_[at] = {.from = grant->not_before.value_or(Time{std::numeric_limits<std::int64_t>::min()}),
               .until = grant->until.value_or(kNever),
               .id = grant->id.ulid,
               .product = product,
               .shelf = shelf,
               .holder = holder,
               .major = grant->majors.empty()       ? kAllMajors
                        : grant->majors.size() == 1 ? grant->majors.front()
                                                    : kSomeMajors,
               .scoped = grant->scope.empty() ? 0U : 1U,
               .grant = grant};
  by_id_[grant->id.ulid] = at;
  hang(at);
  return at;
}

void Grants::remove(Index at) {
  unhang(at);
  by_id_.erase(rows_[at].id);
  rows_[at] = {};
  free_rows_.push_back(at);
}

void Grants::move(Index at, Index holder) {
  if (rows_[at].holder == holder) return;
  unhang(at);
  rows_[at].holder = holder;
  hang(at);
}

Index Grants::at(GrantId id) const {
  const Index* found = by_id_.find(id.ulid);
  return found ? *found : kNone;
}

}  // namespace hansa::policy
