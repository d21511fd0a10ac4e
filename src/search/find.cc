// The reading half of the index: lists of postings, joined.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

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

// So far ahead memory is asked for that will be needed.
constexpr std::size_t kAhead = 16;

// The fields in which each slot was found: exact ones in the lower byte, begun ones in the upper.
class Plane {
 public:
  void make_room(std::size_t slots) {
    const std::size_t blocks = slots / kBlock + 1;
    if (blocks * kBlock <= fields_.size()) return;
    fields_.resize(blocks * kBlock);
    laid_.resize(blocks / 8 * 8 + 8);
  }
  void lay(Posting each, unsigned shift) {
    const Slot slot = each >> 8;
    fields_[slot] |= static_cast<std::uint16_t>((each & 0xFF) << shift);
    laid_[slot / kBlock] = 1;  // a byte: writing bits would wait for the one before
  }
  std::uint16_t at(Slot slot) const { return fields_[slot]; }
  // Calls `on` with each slot that was laid, ascending, and leaves all empty.
  template <class On>
  void take_all(On on) {
    for (std::size_t at = 0; at < laid_.size(); at += 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, &laid_[at], sizeof eight);
      if (eight == 0) continue;
      for (std::size_t block = at; block < at + 8; ++block)
        if (std::exchange(laid_[block], std::uint8_t{0}) != 0) take_block(block, on);
    }
  }

 private:
  static constexpr std::size_t kBlock = 32;  // a line of memory
  template <class On>
  void take_block(std::size_t block, On on) {
    std::uint16_t* const fields = fields_.data() + block * kBlock;
    for (std::size_t i = 0; i < kBlock; ++i)
      if (fields[i] != 0) on(static_cast<Slot>(block * kBlock + i), fields[i]);
    std::fill_n(fields, kBlock, std::uint16_t{0});
  }

  std::vector<std::uint16_t> fields_;
  std::vector<std::uint8_t> laid_;  // by block: whether something lies in it
};

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
  Answers& out = exact ? lists.exact : lists.begun;
  if (own.size() == 1) out.alone.push_back(own.back());
  else if (!own.empty()) out.lists.push_back(&own);
  lists.size += own.size();
}

void Index::add_domains(Lists& lists, const std::vector<std::uint32_t>& domains, bool exact) const {
  for (const std::uint32_t domain : domains) {
    (exact ? lists.exact : lists.begun).lists.push_back(&domains_[domain].products);
    lists.size += domains_[domain].products.size();
  }
}

// All words that begin so, but the one that was asked for itself.
void Index::add_begun(Lists& lists, const std::string& beginning, const Asked& asked) const {
  static thread_local std::vector<WordNumber> words;
  words.clear();
  dictionary_.each(beginning, [&](WordNumber word) { words.push_back(word); });
  const WordNumber whole = dictionary_.find(asked.text);
  for (std::size_t at = 0; at < words.size(); ++at) {
    // Words that stand beside one another in order do not in memory: most of the time goes into
    // waiting for it.
    if (at + kAhead < words.size()) __builtin_prefetch(&postings_[words[at + kAhead]]);
    if (words[at] != whole) add(lists, words[at], false);
  }
  for (auto at = of_domains_.lower_bound(beginning);
       at != of_domains_.end() && at->first.starts_with(beginning); ++at)
    if (at->first != asked.text) add_domains(lists, at->second, false);
}

Index::Lists Index::lists_of(const Asked& asked) const {
  Lists out;
  const auto add_word = [&](const std::string& text, bool exact) {
    if (const WordNumber word = dictionary_.find(text); word != kNoWord) add(out, word, exact);
    if (const auto of = of_domains_.find(text); of != of_domains_.end())
      add_domains(out, of->second, exact);
  };
  add_word(asked.text, true);
  if (asked.prefix) add_begun(out, asked.text, asked);
  for (const std::string& variant : asked.variants) {
    if (asked.prefix) add_begun(out, variant, asked);
    else if (variant != asked.text) add_word(variant, false);
  }
  return out;
}

// Postings are laid over a plane of all slots, of which only what is not empty is looked at.
std::vector<Hit> Index::laid(const Lists& lists, const std::vector<Hit>* within) const {
  static thread_local Plane plane;
  std::vector<Hit> out;  // has room before anything is laid: nothing is left there if there is none
  out.reserve(within != nullptr ? within->size() : std::min(lists.size, rows_.size()));
  plane.make_room(rows_.size());
  const auto lay = [&](const Answers& from, unsigned shift) {
    for (const Posting each : from.alone) plane.lay(each, shift);
    for (const Postings* list : from.lists)
      for (const Posting each : *list) plane.lay(each, shift);
  };
  lay(lists.exact, 0), lay(lists.begun, 8);
  const auto take = [&](Slot slot, std::uint16_t fields) {
    out.push_back(
        {slot, weight_of(static_cast<Fields>(fields & 0xFF), static_cast<Fields>(fields >> 8))});
  };
  if (within != nullptr) {
    for (const Hit& hit : *within)
      if (const std::uint16_t fields = plane.at(hit.slot); fields != 0) take(hit.slot, fields);
    plane.take_all([](Slot, std::uint16_t) {});
  } else {
    plane.take_all(take);
  }
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
  const auto& exact = lists.exact.lists;
  if (exact.size() == 1 && exact.front()->size() == lists.size) return one(*exact.front(), within);
  return laid(lists, within);
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
