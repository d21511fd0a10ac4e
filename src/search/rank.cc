#include "search/rank.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hansa::search {
namespace {

// So far ahead memory is asked for that will be needed.
constexpr std::size_t kAhead = 16;

std::uint32_t freshness(std::uint32_t published_hours, Time now) {
  if (published_hours == 0) return 0;
  const auto age = now.us / 3'600'000'000 - static_cast<std::int64_t>(published_hours);
  constexpr std::int64_t kDay = 24;
  return age <= 7 * kDay     ? 16
         : age <= 30 * kDay  ? 12
         : age <= 90 * kDay  ? 8
         : age <= 365 * kDay ? 4
                             : 1;
}

std::uint32_t eighths(Life life) {
  switch (life) {
    case Life::active: return 8;
    case Life::draft: return 5;
    case Life::deprecated: return 3;
    case Life::retired: return 1;
  }
  return 1;
}

bool before(const Cursor& a, const Cursor& b) {
  return a.rank != b.rank ? a.rank > b.rank : a.id < b.id;
}

// A wish in the index's own numbers.
class Filter {
 public:
  Filter(const Index& index, const Wish& wish) : index_(index), open_(wish.open) {
    if (wish.domains) {
      in_.emplace(index.domains(), false);
      for (const DomainId id : *wish.domains)
        if (const auto number = index.number_of(id.ulid); number != ~0U) (*in_)[number] = true;
    }
    if (!wish.status.empty()) status_ = index.statuses().find(wish.status);
    if (!wish.tag.empty()) tag_ = index.all_tags().find(wish.tag);
  }
  bool takes(Slot slot, const Index::Row& row) const {
    if (in_ && !(*in_)[row.domain]) return false;
    if (open_ && row.open != *open_) return false;
    if (status_ && row.status != *status_) return false;
    return !tag_ || std::ranges::find(index_.tags(slot), *tag_) != index_.tags(slot).end();
  }

 private:
  const Index& index_;
  std::optional<std::vector<bool>> in_;
  std::optional<bool> open_;
  std::optional<std::uint32_t> status_, tag_;
};

// The best of a stream, at most `limit`.
class Best {
 public:
  explicit Best(std::size_t limit) : limit_(limit) {}
  // Whether one of this rank may be among them.
  bool wants(std::uint32_t rank) {
    if (heap_.size() < limit_) return true;
    more_ = true;
    return limit_ != 0 && rank >= heap_.front().rank;
  }
  void add(const Cursor& at) {
    if (heap_.size() == limit_) {
      if (!before(at, heap_.front())) return;
      std::ranges::pop_heap(heap_, before);
      heap_.pop_back();
    }
    heap_.push_back(at);
    std::ranges::push_heap(heap_, before);
  }
  bool more() const { return more_; }
  std::vector<Cursor> take() {
    std::ranges::sort(heap_, before);
    return std::move(heap_);
  }

 private:
  std::size_t limit_;
  bool more_ = false;
  std::vector<Cursor> heap_;  // the last of them in front
};

// The most frequent, and of equal ones the first by name.
std::vector<Count> named(const std::vector<std::size_t>& counts, const Labels& labels) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < counts.size(); ++i)
    if (counts[i] != 0 && !labels.text(i).empty()) numbers.push_back(i);
  const auto first = [&](std::uint32_t a, std::uint32_t b) {
    return counts[a] != counts[b] ? counts[a] > counts[b] : labels.text(a) < labels.text(b);
  };
  const std::size_t most = std::min(numbers.size(), facet_max);
  std::ranges::partial_sort(numbers, numbers.begin() + static_cast<std::ptrdiff_t>(most), first);
  std::vector<Count> out;
  for (std::size_t i = 0; i < most; ++i)
    out.push_back({labels.text(numbers[i]), counts[numbers[i]]});
  return out;
}

}  // namespace

std::string to_text(const Cursor& cursor) {
  return fmt::format("{}-{}", cursor.rank, hansa::to_text(cursor.id));
}

Result<Cursor> parse_cursor(std::string_view text) {
  const auto dash = text.find('-');
  const auto rank = parse_int(text.substr(0, dash));
  const auto id = dash == std::string_view::npos ? std::nullopt : parse_ulid(text.substr(dash + 1));
  if (!rank || *rank < 0 || *rank > ~0U || !id)
    return invalid("`after` is not where a page ended", "give the `next` of the page before");
  return Cursor{static_cast<std::uint32_t>(*rank), *id};
}

std::uint32_t rank_of(std::uint32_t fit, const Index::Row& row, std::uint8_t domain_trust,
                      Time now) {
  return fit * (64U + row.trust + domain_trust + freshness(row.hours, now) + row.use) *
         eighths(row.life);
}

bool knows_any(const policy::Sight& sight, const std::vector<Hit>& hits) {
  return std::ranges::any_of(hits, [&](const Hit& hit) { return sight.product(hit.slot); });
}

Ranked rank(const Index& index, const policy::Sight& sight, const std::vector<Hit>& hits,
            const Wish& wish) {
  const Filter filter(index, wish);
  Best best(wish.limit);
  Ranked out;
  std::vector<std::size_t> domains(index.domains()), statuses(index.statuses().end()),
      tags(index.all_tags().end());
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (i + kAhead < hits.size()) {
      index.expect_row(hits[i + kAhead].slot);
      sight.expect_product(hits[i + kAhead].slot);
    }
    const Hit& hit = hits[i];
    const Index::Row& row = index.row(hit.slot);
    if (!sight.product(hit.slot) || !filter.takes(hit.slot, row)) continue;
    ++out.total;
    ++domains[row.domain];
    ++statuses[row.status];
    out.open += row.open;
    for (const std::uint32_t tag : index.tags(hit.slot)) ++tags[tag];
    const std::uint32_t rank = rank_of(hit.fit, row, index.domain_trust(row.domain), wish.now);
    if (wish.after && !before(*wish.after, {rank, index.id(hit.slot)})) continue;
    if (best.wants(rank)) best.add({rank, index.id(hit.slot)});
  }
  for (std::uint32_t i = 0; i < domains.size(); ++i)
    if (domains[i] != 0) out.domains.emplace_back(DomainId{index.domain(i)}, domains[i]);
  out.statuses = named(statuses, index.statuses());
  out.tags = named(tags, index.all_tags());
  out.more = best.more();
  for (const Cursor& at : best.take()) out.page.emplace_back(ProductId{at.id}, at);
  return out;
}

}  // namespace hansa::search
