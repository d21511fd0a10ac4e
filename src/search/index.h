// An inverted index over products, in memory. Kept in step with the mesh by whoever changes it; it
// knows nothing of who may see what, so its answers are for policy to filter.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/flat.h"
#include "model/order.h"
#include "search/dictionary.h"
#include "search/document.h"
#include "search/postings.h"
#include "search/query.h"

namespace hansa::search {

// A product that holds all words of a query, and how well.
struct Hit {
  Slot slot;
  std::uint32_t fit;
  friend bool operator==(const Hit&, const Hit&) = default;
};

// A word's best place counts, and each other one an eighth; one that is only begun, or only meant,
// five eighths of that.
std::uint32_t weight_of(Fields exact, Fields begun);

// Texts that many rows share, counted.
class Labels {
 public:
  std::uint32_t take(const std::string& text);
  void release(std::uint32_t number);
  // Past the last number given.
  std::size_t end() const { return texts_.size(); }
  const std::string& text(std::uint32_t number) const { return texts_[number]; }
  // ~0U: nobody has it.
  std::uint32_t find(const std::string& text) const;

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> texts_;
  std::vector<std::uint32_t> users_;
  std::vector<std::uint32_t> free_;
};

class Index {
 public:
  // A product as it is now; no facts: it is gone. One slot stands once in a set.
  struct Change {
    Slot slot = 0;
    std::vector<Word> words;
    std::optional<Facts> facts;
  };
  void put(std::vector<Change> changes);
  // What is said of everything in a domain, and its part of trust; nothing once it is gone.
  void put_domain(Ulid domain, const std::vector<Word>& words, std::uint8_t trust);

  // Ascending by slot.
  std::vector<Hit> find(const Query& query) const;

  // What ranking and counting look at, for one product in half a line of memory.
  struct Row {
    std::uint32_t domain = 0;  // its number here
    std::uint32_t hours = 0;   // of the last publish, since 1970; 0: never
    std::uint32_t status = 0;  // a label
    // The first few; what has more keeps them elsewhere.
    std::array<std::uint32_t, 4> first_tags{};
    std::uint16_t tags = 0;
    std::uint8_t trust = 0;
    Life life = Life::active;
    std::uint8_t use = 0;  // how much it is read, up to use_max
    bool present = false;
    bool open = false;  // to the organisation: not restricted, not hidden
  };
  // How much the products from this slot on are read, by id; those that are not named: not at all.
  // At most so many slots; gives the next one, or kNoSlot at the end.
  Slot put_use(Slot from, std::size_t max, const std::unordered_map<Ulid, std::uint8_t>& use);
  // Of a slot that a hit named, or any other: one that is not present.
  const Row& row(Slot slot) const {
    static constexpr Row kNone;
    return slot < rows_.size() ? rows_[slot] : kNone;
  }
  // That it is about to be asked for: memory that is far away can be on its way meanwhile.
  void expect_row(Slot slot) const { __builtin_prefetch(rows_.data() + slot); }
  Ulid id(Slot slot) const { return ids_[slot]; }
  std::span<const std::uint32_t> tags(Slot slot) const {
    const Row& row = rows_[slot];
    if (row.tags <= row.first_tags.size()) return std::span(row.first_tags).first(row.tags);
    return more_tags_.at(slot);
  }
  std::size_t products() const { return products_; }
  // Those of products, and those that are said of whole domains.
  std::size_t words() const { return dictionary_.size() + of_domains_.size(); }

  std::size_t domains() const { return domains_.size(); }
  Ulid domain(std::uint32_t number) const { return domains_[number].id; }
  std::uint8_t domain_trust(std::uint32_t number) const { return domains_[number].trust; }
  // ~0U: no product lies in it.
  std::uint32_t number_of(Ulid domain) const {
    const std::uint32_t* known = domain_numbers_.find(domain);
    return known == nullptr ? ~0U : *known;
  }
  const Labels& statuses() const { return statuses_; }
  const Labels& all_tags() const { return tag_labels_; }

 private:
  static constexpr Slot kSlotsMax = 1U << 24;
  static Posting posting(Slot slot, Fields fields) { return slot << 8 | fields; }

  struct Place {
    Ulid id;
    std::uint8_t trust = 0;
    Postings products;  // that lie in it
    std::vector<std::string> words;
  };
  struct Edit {
    WordNumber word;
    Slot slot;
    Fields fields;  // 0: the word goes
  };
  // Postings whose union answers a word: whole lists, and those that stand alone in theirs.
  struct Answers {
    std::vector<const Postings*> lists;
    std::vector<Posting> alone;
  };
  struct Lists {
    Answers exact, begun;  // in `begun` its word goes on
    std::size_t size = 0;
  };

  void edit_words(const Change& change, std::vector<Edit>& edits);
  void edit_row(const Change& change, std::vector<Edit>& moves);
  static void apply(Postings& list, std::span<const Edit> edits);
  std::uint32_t domain_number(Ulid domain);
  WordNumber take(const std::string& word);
  void drop_if_unused(WordNumber word);

  Lists lists_of(const Asked& asked) const;
  void add(Lists& lists, WordNumber word, bool exact) const;
  void add_begun(Lists& lists, const std::string& beginning, const Asked& asked) const;
  void add_domains(Lists& lists, const std::vector<std::uint32_t>& domains, bool exact) const;
  // Those of `within` alone where it is given; some of the others may be among them.
  std::vector<Hit> hits_of(const Term& term, const Lists& whole,
                           const std::vector<Hit>* within) const;
  std::vector<Hit> hits_of(const Lists& lists, const std::vector<Hit>* within) const;
  std::vector<Hit> laid(const Lists& lists, const std::vector<Hit>* within) const;
  static std::vector<Hit> one(const Postings& list, const std::vector<Hit>* within);

  Dictionary dictionary_;
  std::vector<Postings> postings_;  // by the word's number
  // Of the few words that are said of whole domains: which.
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> of_domains_;
  std::vector<std::vector<WordNumber>> words_;  // of each product, ascending
  std::vector<Row> rows_;
  std::vector<Ulid> ids_;
  std::unordered_map<Slot, std::vector<std::uint32_t>> more_tags_;
  Labels statuses_;
  Labels tag_labels_;
  FlatMap<Ulid, std::uint32_t, UlidTraits> domain_numbers_;
  std::vector<Place> domains_;
  std::size_t products_ = 0;
};

}  // namespace hansa::search
