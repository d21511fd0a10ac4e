#include "search/index.h"

#include <algorithm>
#include <tuple>

namespace hansa::search {
namespace {

// Of one product; more are found as words and not counted.
constexpr std::size_t kTagsMax = 1'000;

std::uint32_t hours_of(Time time) {
  return time.us <= 0 ? 0U : static_cast<std::uint32_t>(time.us / 3'600'000'000);
}

}  // namespace

std::uint32_t Labels::find(const std::string& text) const {
  const auto found = numbers_.find(text);
  return found == numbers_.end() ? ~0U : found->second;
}

std::uint32_t Labels::take(const std::string& text) {
  const auto [at, fresh] = numbers_.try_emplace(text, static_cast<std::uint32_t>(texts_.size()));
  if (fresh && !free_.empty()) {
    at->second = free_.back();
    free_.pop_back();
    texts_[at->second] = text;
  } else if (fresh) {
    texts_.push_back(text);
    users_.push_back(0);
  }
  ++users_[at->second];
  return at->second;
}

void Labels::release(std::uint32_t number) {
  if (--users_[number] != 0) return;
  numbers_.erase(texts_[number]);
  texts_[number].clear();
  free_.push_back(number);
}

std::uint32_t Index::domain_number(Ulid domain) {
  if (const std::uint32_t* known = domain_numbers_.find(domain)) return *known;
  const auto number = static_cast<std::uint32_t>(domains_.size());
  domains_.push_back({.id = domain, .trust = 0, .products = {}, .words = {}});
  return domain_numbers_[domain] = number;
}

WordNumber Index::take(const std::string& word) {
  const WordNumber number = dictionary_.take(word);
  if (number >= postings_.size()) postings_.resize(number + 1);
  return number;
}

void Index::drop_if_unused(WordNumber word) {
  if (!postings_[word].empty()) return;
  postings_[word] = {};
  dictionary_.drop(word);
}

void Index::edit_words(const Change& change, std::vector<Edit>& edits) {
  std::vector<WordNumber>& held = words_[change.slot];
  std::vector<WordNumber> now;
  now.reserve(change.words.size());
  for (const Word& word : change.words) {
    now.push_back(take(word.text));
    edits.push_back({now.back(), change.slot, word.fields});
  }
  std::ranges::sort(now);
  for (const WordNumber word : held)
    if (!std::ranges::binary_search(now, word)) edits.push_back({word, change.slot, 0});
  held = std::move(now);
}

void Index::edit_row(const Change& change, std::vector<Edit>& moves) {
  Row& row = rows_[change.slot];
  const Row before = row;
  const Ulid was = ids_[change.slot];
  const auto held = tags(change.slot);
  const std::vector<std::uint32_t> tags_before(held.begin(), held.end());
  row = {};
  ids_[change.slot] = {};
  std::vector<std::uint32_t> labels;
  if (const auto& facts = change.facts) {
    ids_[change.slot] = facts->id;
    row = {.domain = domain_number(facts->domain),
           .hours = hours_of(facts->published),
           .status = statuses_.take(facts->status),
           .trust = facts->trust,
           .life = facts->life,
           .use = facts->id == was ? before.use : std::uint8_t{0},
           .present = true,
           .open = facts->open};
    for (const std::string& tag : facts->tags)
      if (labels.size() < kTagsMax) labels.push_back(tag_labels_.take(tag));
  }
  for (const std::uint32_t tag : tags_before) tag_labels_.release(tag);
  more_tags_.erase(change.slot);
  row.tags = static_cast<std::uint16_t>(labels.size());
  std::copy_n(labels.begin(), std::min(labels.size(), row.first_tags.size()),
              row.first_tags.begin());
  if (labels.size() > row.first_tags.size()) more_tags_[change.slot] = std::move(labels);
  if (before.present) statuses_.release(before.status);
  products_ += row.present;
  products_ -= before.present;
  if (before.present == row.present && before.domain == row.domain) return;
  if (before.present) moves.push_back({before.domain, change.slot, 0});
  if (row.present) moves.push_back({row.domain, change.slot, bit(Field::owner)});
}

// Each list is gone through once, however many products change in it; one that comes last, as new
// products do, costs nothing but itself.
void Index::apply(Postings& list, std::span<const Edit> edits) {
  if (list.empty() || (list.back() >> 8) < edits.front().slot) {
    for (const Edit& edit : edits)
      if (edit.fields != 0) list.push_back(posting(edit.slot, edit.fields));
    return;
  }
  if (edits.size() == 1) {
    const Edit& edit = edits.front();
    const auto at = std::ranges::lower_bound(list, posting(edit.slot, 0));
    const bool there = at != list.end() && (*at >> 8) == edit.slot;
    const auto place = static_cast<std::size_t>(at - list.begin());
    if (edit.fields == 0 && there) list.erase(place);
    else if (edit.fields != 0 && there) *at = posting(edit.slot, edit.fields);
    else if (edit.fields != 0) list.insert(place, posting(edit.slot, edit.fields));
    return;
  }
  std::vector<Posting> merged;
  merged.reserve(list.size() + edits.size());
  const Posting* at = list.begin();
  for (const Edit& edit : edits) {
    while (at != list.end() && (*at >> 8) < edit.slot) merged.push_back(*at++);
    if (at != list.end() && (*at >> 8) == edit.slot) ++at;
    if (edit.fields != 0) merged.push_back(posting(edit.slot, edit.fields));
  }
  merged.insert(merged.end(), at, std::as_const(list).end());
  list.assign(merged);
}

void Index::put(std::vector<Change> changes) {
  std::vector<Edit> edits, moves;
  for (const Change& change : changes) {
    HANSA_ASSERT(change.slot < kSlotsMax);
    if (change.slot >= rows_.size()) {
      rows_.resize(change.slot + 1);
      ids_.resize(change.slot + 1);
      words_.resize(change.slot + 1);
    }
    edit_words(change, edits);
    edit_row(change, moves);
  }
  const auto each_list = [](std::vector<Edit>& all, auto on) {
    std::ranges::sort(all, {}, [](const Edit& e) { return std::pair(e.word, e.slot); });
    for (std::size_t from = 0, to = 0; from < all.size(); from = to) {
      while (to < all.size() && all[to].word == all[from].word) ++to;
      on(all[from].word, std::span(all).subspan(from, to - from));
    }
  };
  each_list(edits, [&](WordNumber word, std::span<const Edit> of) {
    apply(postings_[word], of);
    drop_if_unused(word);
  });
  each_list(moves, [&](std::uint32_t domain, std::span<const Edit> of) {
    apply(domains_[domain].products, of);
  });
}

Slot Index::put_use(Slot from, std::size_t max, const std::unordered_map<Ulid, std::uint8_t>& use) {
  const std::size_t end = std::min(rows_.size(), from + max);
  for (std::size_t slot = from; slot < end; ++slot) {
    const auto found = use.find(ids_[slot]);
    rows_[slot].use = found == use.end() ? 0 : std::min(found->second, use_max);
  }
  return end == rows_.size() ? kNoSlot : static_cast<Slot>(end);
}

void Index::put_domain(Ulid id, const std::vector<Word>& words, std::uint8_t trust) {
  const std::uint32_t number = domain_number(id);
  domains_[number].trust = trust;
  std::vector<std::string> now;
  for (const Word& word : words) {
    auto& list = of_domains_[now.emplace_back(word.text)];
    if (std::ranges::find(list, number) == list.end()) list.push_back(number);
  }
  for (const std::string& word : std::exchange(domains_[number].words, now)) {
    if (std::ranges::find(now, word) != now.end()) continue;
    if (auto& list = of_domains_[word]; std::erase(list, number) != 0 && list.empty())
      of_domains_.erase(word);
  }
}

}  // namespace hansa::search
