// The reading half of the index: lists of postings, joined.
#include <algorithm>
#include <array>

#include "search/index.h"

namespace hansa::search {
namespace {

constexpr std::array<std::uint32_t, kFields> kWeights{1000, 700, 600, 500, 400, 300, 200, 120};

std::array<std::uint32_t, 256> all_weights() {
  std::array<std::uint32_t, 256> out{};
  for (std::size_t fields = 1; fields < out.size(); ++fields) {
    std::uint32_t best = 0, sum = 0;
    for (std::size_t i = 0; i < kFields; ++i)
      if ((fields >> i & 1) != 0) {
        best = std::max(best, kWeights[i]);
        sum += kWeights[i];
      }
    out[fields] = best + (sum - best) / 8;
  }
  return out;
}

const std::array<std::uint32_t, 256> kWeightOf = all_weights();

constexpr auto slot_of = [](const Hit& hit) { return hit.slot; };

// Those in both, worth the sum.
std::vector<Hit> both(const std::vector<Hit>& one, const std::vector<Hit>& other) {
  const bool swap = one.size() > other.size();
  const std::vector<Hit>& a = swap ? other : one;
  const std::vector<Hit>& b = swap ? one : other;
  std::vector<Hit> out;
  out.reserve(a.size());
  // A short list looks its slots up in a long one.
  const bool leap = b.size() / 32 > a.size();
  auto at = b.begin();
  for (const Hit& hit : a) {
    if (leap) at = std::ranges::lower_bound(at, b.end(), hit.slot, {}, slot_of);
    else
      while (at != b.end() && at->slot < hit.slot) ++at;
    if (at == b.end()) break;
    if (at->slot == hit.slot) out.push_back({hit.slot, hit.fit + at->fit});
  }
  return out;
}

// Those in either, worth the better.
std::vector<Hit> either(const std::vector<Hit>& a, const std::vector<Hit>& b) {
  std::vector<Hit> out;
  out.reserve(a.size() + b.size());
  std::ranges::merge(a, b, std::back_inserter(out), {}, slot_of, slot_of);
  std::size_t kept = 0;
  for (const Hit& hit : out) {
    if (kept != 0 && out[kept - 1].slot == hit.slot)
      out[kept - 1].fit = std::max(out[kept - 1].fit, hit.fit);
    else out[kept++] = hit;
  }
  out.resize(kept);
  return out;
}

}  // namespace

std::uint32_t weight_of(Fields exact, Fields begun) {
  return std::max(kWeightOf[exact], kWeightOf[begun] * 5 / 8);
}

void Index::add(Lists& lists, WordNumber word, bool exact) const {
  const Postings& own = postings_[word];
  if (!own.empty()) (exact ? lists.exact : lists.begun).push_back(&own);
  lists.size += own.size();
  const auto of = of_domains_.find(word);
  if (of == of_domains_.end()) return;
  for (const std::uint32_t domain : of->second) {
    (exact ? lists.owned_exact : lists.owned_begun).push_back(&domains_[domain].products);
    lists.size += domains_[domain].products.size();
  }
}

Index::Lists Index::lists_of(const Asked& asked) const {
  Lists out;
  const WordNumber whole = dictionary_.find(asked.text);
  if (whole != kNoWord) add(out, whole, true);
  const auto begun = [&](const std::string& text) {
    dictionary_.each(text, [&](WordNumber word) {
      if (word != whole) add(out, word, false);
    });
  };
  if (asked.prefix) begun(asked.text);
  for (const std::string& variant : asked.variants) {
    if (asked.prefix) {
      begun(variant);
    } else if (const WordNumber word = dictionary_.find(variant);
               word != kNoWord && word != whole) {
      add(out, word, false);
    }
  }
  return out;
}

// Few postings are gathered and sorted.
std::vector<Hit> Index::few(const Lists& lists) const {
  std::vector<std::uint64_t> all;
  all.reserve(lists.size);
  const auto gather = [&](const auto& from, unsigned shift) {
    for (const Postings* list : from)
      for (const Posting each : *list)
        all.push_back(std::uint64_t{each >> 8} << 16 | std::uint64_t{each & 0xFF} << shift);
  };
  gather(lists.exact, 0), gather(lists.owned_exact, 0);
  gather(lists.begun, 8), gather(lists.owned_begun, 8);
  std::ranges::sort(all);
  std::vector<Hit> out;
  out.reserve(all.size());
  for (std::size_t at = 0; at < all.size();) {
    const std::uint64_t slot = all[at] >> 16;
    std::uint64_t fields = 0;
    for (; at < all.size() && all[at] >> 16 == slot; ++at) fields |= all[at] & 0xFFFF;
    out.push_back({static_cast<Slot>(slot), weight_of(static_cast<Fields>(fields & 0xFF),
                                                      static_cast<Fields>(fields >> 8))});
  }
  return out;
}

// Many are laid over a plane of all slots, which is looked at only where a hit can be.
std::vector<Hit> Index::many(const Lists& lists, const std::vector<Hit>* within) const {
  static thread_local std::vector<std::uint16_t> planes;
  planes.resize(std::max(planes.size(), rows_.size()));
  std::uint16_t* const plane = planes.data();
  const auto lay = [&](const auto& from, unsigned shift) {
    for (const Postings* list : from)
      for (const Posting each : *list)
        plane[each >> 8] |= static_cast<std::uint16_t>((each & 0xFF) << shift);
  };
  lay(lists.exact, 0), lay(lists.owned_exact, 0);
  lay(lists.begun, 8), lay(lists.owned_begun, 8);
  std::vector<Hit> out;
  const auto look = [&](Slot slot) {
    if (const std::uint16_t fields = plane[slot]; fields != 0)
      out.push_back(
          {slot, weight_of(static_cast<Fields>(fields & 0xFF), static_cast<Fields>(fields >> 8))});
  };
  if (within != nullptr) {
    for (const Hit& hit : *within) look(hit.slot);
  } else {
    out.reserve(std::min(lists.size, rows_.size()));
    for (Slot slot = 0; slot < rows_.size(); ++slot) look(slot);
  }
  std::fill_n(plane, rows_.size(), std::uint16_t{0});
  return out;
}

// One list is its own answer.
std::vector<Hit> Index::one(const Postings& list, const std::vector<Hit>* within) {
  std::vector<Hit> out;
  if (within == nullptr) {
    out.reserve(list.size());
    for (const Posting each : list) out.push_back({each >> 8, kWeightOf[each & 0xFF]});
    return out;
  }
  const bool leap = list.size() / 32 > within->size();
  auto at = list.begin();
  for (const Hit& hit : *within) {
    const Posting from = posting(hit.slot, 0);
    if (leap) at = std::lower_bound(at, list.end(), from);
    else
      while (at != list.end() && *at < from) ++at;
    if (at == list.end()) break;
    if ((*at >> 8) == hit.slot) out.push_back({hit.slot, kWeightOf[*at & 0xFF]});
  }
  return out;
}

std::vector<Hit> Index::hits_of(const Lists& lists, const std::vector<Hit>* within) const {
  if (lists.exact.size() == 1 && lists.exact.front()->size() == lists.size)
    return one(*lists.exact.front(), within);
  return lists.size < rows_.size() / 16 ? few(lists) : many(lists, within);
}

std::vector<Hit> Index::hits_of(const Term& term, const Lists& whole,
                                const std::vector<Hit>* within) const {
  std::vector<Hit> out = hits_of(whole, within);
  if (term.parts.empty()) return out;
  std::vector<Hit> parts = hits_of(lists_of(term.parts.front()), within);
  for (std::size_t i = 1; i < term.parts.size() && !parts.empty(); ++i)
    parts = both(parts, hits_of(lists_of(term.parts[i]), &parts));
  for (Hit& hit : parts) hit.fit /= static_cast<std::uint32_t>(term.parts.size());
  return either(out, parts);
}

std::vector<Hit> Index::find(const Query& query) const {
  // From the word with the fewest postings on, so that the others are looked at where a hit can be.
  std::vector<std::pair<const Term*, Lists>> terms;
  for (const Term& term : query.terms) terms.emplace_back(&term, lists_of(term.whole));
  std::ranges::sort(terms, {}, [](const auto& each) {
    return std::pair(!each.first->parts.empty(), each.second.size);
  });
  std::vector<Hit> out = hits_of(*terms.front().first, terms.front().second, nullptr);
  for (std::size_t i = 1; i < terms.size() && !out.empty(); ++i)
    out = both(out, hits_of(*terms[i].first, terms[i].second, &out));
  return out;
}

}  // namespace hansa::search
