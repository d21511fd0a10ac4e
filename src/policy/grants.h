// Grants in force or yet to be, found by what they are for and whom they are for in one probe.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "base/flat.h"
#include "model/grant.h"
#include "model/order.h"

namespace hansa::policy {

// A dense number for a product, a domain, a name of ports, or somebody; never used twice, since
// grants may name what has gone or is not there yet.
using Index = std::uint32_t;
inline constexpr Index kNone = ~0U;

class Grants {
 public:
  // What a decision compares, on one line of memory.
  struct Row {
    Time from;  // the window; open ends are the ends of time
    Time until;
    Ulid id;
    Index product = kNone;
    Index shelf = kNone;  // all majors of one port
    Index holder = kNone;
    std::uint32_t major : 31 = kAllMajors;
    std::uint32_t scoped : 1 = 0;  // narrows what is shown or to whom: the grant has to be read
    std::shared_ptr<const Grant> grant;

    bool holds(Time now) const { return from <= now && now < until; }
    bool covers(std::uint32_t wanted) const {
      return major == kAllMajors || major == wanted ||
             (major == kSomeMajors && covers_major(*grant, wanted));
    }
  };
  static constexpr Time kNever{std::numeric_limits<std::int64_t>::max()};
  static constexpr std::uint32_t kAllMajors = 0;
  static constexpr std::uint32_t kSomeMajors = ~0U >> 1;

  // Only what can be in force is kept: a decision need not look at what was rejected or revoked.
  // A holder of kNone gets nothing.
  Index put(const std::shared_ptr<const Grant>& grant, Index product, Index shelf, Index holder);
  void remove(Index at);
  // To another holder.
  void move(Index at, Index holder);
  // kNone if it is not kept.
  Index at(GrantId id) const;
  const Row& row(Index at) const { return rows_[at]; }

  // Those of one holder, ending last first, so that what has ended need not be looked at.
  std::span<const Index> on_shelf(Index shelf, Index holder) const {
    return span(shelves_.find(key(shelf, holder)));
  }
  std::span<const Index> on_product(Index product, Index holder) const {
    return span(products_.find(key(product, holder)));
  }
  // All of one holder, in no order.
  std::span<const Index> of(Index holder) const {
    return holder < held_.size() ? std::span<const Index>(held_[holder]) : std::span<const Index>();
  }

 private:
  // Nearly always one, which then stands in the map itself.
  struct List {
    std::uint32_t count = 0;
    Index one = kNone;  // or, of more, where in `many_`
  };
  struct KeyTraits {
    static std::uint64_t none() { return ~0ULL; }
    static std::uint64_t hash(std::uint64_t key) { return key * 0x9E3779B97F4A7C15ULL; }
  };
  using Map = FlatMap<std::uint64_t, List, KeyTraits>;

  static std::uint64_t key(Index of, Index holder) {
    return static_cast<std::uint64_t>(of) << 32 | holder;
  }
  std::span<const Index> span(const List* list) const {
    if (list == nullptr) return {};
    if (list->count == 1) return {&list->one, 1};
    return many_[list->one];
  }
  bool before(Index a, Index b) const;
  void hang(Map& map, std::uint64_t key, Index at);
  void unhang(Map& map, std::uint64_t key, Index at);
  void hang(Index at);
  void unhang(Index at);

  std::vector<Row> rows_;
  std::vector<Index> free_rows_;
  std::vector<std::vector<Index>> many_;
  std::vector<Index> free_many_;
  FlatMap<Ulid, Index, UlidTraits> by_id_;
  Map shelves_;
  Map products_;
  std::vector<std::vector<Index>> held_;  // by holder
};

}  // namespace hansa::policy
