// The index against a plain reading of everything, on a mesh that changes at random.
#include "search/index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "search/rank.h"

namespace hansa::search {
namespace {

TEST(Dictionary, FindsWordsByTheirBeginningInOrder) {
  Dictionary dictionary;
  std::map<std::string, WordNumber> all;
  std::mt19937_64 random(7);
  const auto word = [&] {
    std::string out;
    for (std::size_t size = 1 + random() % 12; size > 0; --size)
      out += static_cast<char>('a' + random() % 3);
    return out;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string each = word();
    if (const auto found = all.find(each); found != all.end() && random() % 2 == 0) {
      dictionary.drop(found->second);
      all.erase(found);
    } else {
      all[each] = dictionary.take(each);
    }
  }
  EXPECT_EQ(dictionary.size(), all.size());
  for (int i = 0; i < 500; ++i) {
    const std::string prefix = word();
    std::vector<std::string> found, expected;
    dictionary.each(prefix, [&](WordNumber number) { found.push_back(dictionary.text(number)); });
    for (const auto& [text, number] : all)
      if (text.starts_with(prefix)) expected.push_back(text);
    EXPECT_EQ(found, expected) << prefix;
    EXPECT_EQ(dictionary.find(prefix) != kNoWord, all.contains(prefix));
  }
}

// What the index should hold.
struct Plain {
  std::map<Slot, std::pair<std::map<std::string, Fields>, Ulid>> products;
  std::map<Ulid, std::vector<std::string>> domains;

  Fields fields(Slot slot, const Asked& asked, Fit wanted) const {
    const auto& [words, domain] = products.at(slot);
    Fields out = 0;
    for (const auto& [word, in] : words)
      if (fits(asked, word, wanted)) out |= in;
    if (const auto owner = domains.find(domain); owner != domains.end())
      for (const std::string& word : owner->second)
        if (fits(asked, word, wanted)) out |= bit(Field::owner);
    return out;
  }
  static bool fits(const Asked& asked, std::string_view word, Fit wanted) {
    const Fit fit = asked.fit(word);
    return wanted == Fit::exact ? fit == wanted : fit != Fit::none && fit != Fit::exact;
  }
  std::uint32_t fit(Slot slot, const Asked& asked) const {
    return weight_of(fields(slot, asked, Fit::exact), fields(slot, asked, Fit::prefix));
  }
  std::uint32_t fit(Slot slot, const Term& term) const {
    std::uint32_t parts = 0;
    for (const Asked& part : term.parts) {
      const std::uint32_t one = fit(slot, part);
      if (one == 0) return fit(slot, term.whole);
      parts += one;
    }
    if (term.parts.empty()) return fit(slot, term.whole);
    return std::max(fit(slot, term.whole), parts / static_cast<std::uint32_t>(term.parts.size()));
  }
  std::vector<Hit> find(const Query& query) const {
    std::vector<Hit> out;
    for (const auto& [slot, product] : products) {
      std::uint32_t sum = 0;
      for (const Term& term : query.terms) {
        const std::uint32_t one = fit(slot, term);
        if (one == 0) sum = ~0U;
        if (sum != ~0U) sum += one;
      }
      if (sum != ~0U) out.push_back({slot, sum});
    }
    return out;
  }
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : random_(seed) {}
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  // Of few letters, so that words meet.
  std::string word() {
    static constexpr std::string_view kParts[] = {"plays", "play", "user", "users", "é",   "daily",
                                                  "x",     "9",    "id",   "shows", "epi", "sode"};
    std::string out(kParts[pick(12)]);
    if (pick(3) == 0) out += (pick(2) ? "_" : "") + std::string(kParts[pick(12)]);
    return out;
  }
  std::vector<Word> words(std::uint64_t most, bool owner) {
    std::map<std::string, Fields> all;
    for (std::uint64_t n = pick(most); n > 0; --n) {
      const std::string text = word();
      Splitter splitter(text);
      const Compound* compound = splitter.next();
      const auto fields = owner ? bit(Field::owner) : static_cast<Fields>(1U << pick(kFields));
      all[std::string(compound->word())] |= fields;
      for (std::size_t i = 0; i < compound->parts.size(); ++i)
        all[std::string(compound->part(i))] |= fields;
    }
    std::vector<Word> out;
    for (const auto& [text, fields] : all) out.push_back({text, fields});
    return out;
  }

 private:
  std::mt19937_64 random_;
};

void change(Index& index, Plain& plain, Random& random, Slot slots) {
  if (random.pick(10) == 0) {
    const Ulid domain{1, random.pick(4)};
    const auto words = random.pick(5) == 0 ? std::vector<Word>{} : random.words(4, true);
    index.put_domain(domain, words, 0);
    plain.domains[domain].clear();
    for (const Word& word : words) plain.domains[domain].push_back(word.text);
    return;
  }
  std::map<Slot, Index::Change> changes;
  for (std::uint64_t n = 1 + random.pick(5); n > 0; --n) {
    const auto slot = static_cast<Slot>(random.pick(slots));
    Index::Change& each = changes[slot];
    each = {.slot = slot, .words = {}, .facts = {}};
    plain.products.erase(slot);
    if (random.pick(4) == 0) continue;
    const Ulid domain{1, random.pick(4)};
    each.words = random.words(8, false);
    each.facts = Facts{.id = {2, slot},
                       .domain = domain,
                       .status = random.pick(2) ? "active" : "draft",
                       .tags = {},
                       .published = {}};
    auto& [words, in] = plain.products[slot];
    for (const Word& word : each.words) words[word.text] = word.fields;
    in = domain;
  }
  std::vector<Index::Change> all;
  for (auto& [slot, each] : changes) all.push_back(std::move(each));
  index.put(std::move(all));
}

TEST(Index, FindsWhatAPlainReadingFinds) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    Index index;
    Plain plain;
    // Few slots keep all lists short, and many make some long.
    const Slot slots = seed % 2 == 0 ? 12 : 400;
    for (int i = 0; i < 300; ++i) {
      change(index, plain, random, slots);
      std::string text = random.word();
      while (random.pick(2) == 0) text += " " + random.word();
      if (random.pick(2) == 0) text.resize(text.size() - random.pick(text.size()));
      auto query = parse_query(text);
      if (!query) continue;
      if (random.pick(3) == 0)
        for (Term& term : query->terms) loosen(term);
      ASSERT_EQ(index.find(*query), plain.find(*query)) << "seed " << seed << ": " << text;
      ASSERT_EQ(index.products(), plain.products.size());
    }
    // Nothing is left of what goes.
    std::vector<Index::Change> gone;
    for (Slot slot = 0; slot < slots; ++slot)
      gone.push_back({.slot = slot, .words = {}, .facts = {}});
    index.put(std::move(gone));
    for (std::uint64_t n = 0; n < 4; ++n) index.put_domain({1, n}, {}, 0);
    EXPECT_EQ(index.words(), 0U);
    EXPECT_EQ(index.products(), 0U);
  }
}

TEST(Index, KeepsTheUseOfAProductThatChangesAndNotOfAnother) {
  Index index;
  const auto put = [&](Slot slot, Ulid id) {
    Facts facts;
    facts.id = id;
    index.put({{.slot = slot, .words = {{"plays", bit(Field::name)}}, .facts = facts}});
  };
  put(0, {1, 1});
  put(1, {1, 2});
  const std::unordered_map<Ulid, std::uint8_t> use{{Ulid{1, 1}, 3}, {Ulid{1, 2}, 200}};
  EXPECT_EQ(index.put_use(0, 1, use), 1U);
  EXPECT_EQ(index.put_use(1, 1, use), kNoSlot);
  EXPECT_EQ(index.row(0).use, 3);
  EXPECT_EQ(index.row(1).use, use_max);
  put(0, {1, 1});
  EXPECT_EQ(index.row(0).use, 3);
  put(0, {1, 3});
  EXPECT_EQ(index.row(0).use, 0);
  index.put_use(0, 10, {});
  EXPECT_EQ(index.row(1).use, 0);
}

TEST(Use, RaisesARankByAQuarterAtMost) {
  EXPECT_EQ(use_of(0, 0), 0);
  EXPECT_LT(use_of(1, 1), use_of(2, 2));
  EXPECT_LT(use_of(1, 1'000), use_of(50, 1'000));
  EXPECT_EQ(use_of(1'000'000, UINT64_MAX), use_max);
  Index::Row row;
  const std::uint32_t unused = rank_of(100, row, 0, Time{});
  row.use = use_max;
  EXPECT_EQ(rank_of(100, row, 0, Time{}) * 4, unused * 5);
}

}  // namespace
}  // namespace hansa::search
