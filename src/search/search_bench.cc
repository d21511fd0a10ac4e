// Search in process over many products, with the policy's filter: `search_bench [PRODUCTS
// [FOLDER]]`. With a folder it writes documents and queries there, for bench/search_peer.py to ask
// another engine the same.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <random>

#include "base/text.h"
#include "search/rank.h"

namespace {

using namespace hansa;
using namespace hansa::search;
using Steady = std::chrono::steady_clock;

constexpr std::uint64_t kDomains = 500;
constexpr std::size_t kVocabulary = 20'000;
constexpr Time kNow{1'795'338'000'000'000};

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

// Words of syllables, the first ones far more frequent, as in any language.
class Language {
 public:
  Language() {
    static constexpr std::string_view kSyllables[] = {
        "ba", "co", "di",  "fe",  "ga",  "ho",  "ju",  "ki",  "lo",   "ma",
        "ne", "or", "pa",  "qui", "ra",  "so",  "ta",  "un",  "ve",   "wi",
        "xa", "yo", "zen", "st",  "tri", "cal", "mer", "per", "ship", "ing"};
    while (words_.size() < kVocabulary) {
      std::string word;
      for (std::size_t size = 2 + random_() % 3; size > 0; --size)
        word += kSyllables[random_() % std::size(kSyllables)];
      words_.push_back(std::move(word));
    }
  }
  const std::string& frequent(std::size_t rank) const { return words_[rank]; }
  const std::string& any() {
    const double u = static_cast<double>(random_() % 1'000'000) / 1e6;
    return words_[static_cast<std::size_t>(std::pow(kVocabulary, u)) - 1];
  }
  std::string some(std::size_t count, char between = ' ') {
    std::string out = any();
    for (; count > 1; --count) out += between + any();
    return out;
  }
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }

 private:
  std::mt19937_64 random_{1};
  std::vector<std::string> words_;
};

struct Asking {
  std::string kind;
  std::string text;
};

struct Bench {
  Language language;
  Mesh mesh;
  policy::Rights rights;
  Index index;
  std::vector<DomainId> domains;
  PrincipalId member;
  std::uint64_t seq = 0;
  std::FILE* documents = nullptr;

  template <class T>
  T put(T noun) {
    noun.id = {new_ulid(kNow)};
    mesh.apply(share(noun), false, Seq{++seq});
    rights.apply(mesh, share(noun), false);
    return noun;
  }

  explicit Bench(std::uint64_t products, std::FILE* file) : documents(file) {
    put(Organisation{});
    member = put(Principal{.name = "ann", .organisation = mesh.organisation()->id}).id;
    for (std::uint64_t i = 0; i < kDomains; ++i) {
      const Team team = put(Team{.name = fmt::format("t{}", i),
                                 .title = language.some(2),
                                 .channels = {{.channel = "#" + language.any()}}});
      domains.push_back(
          put(Domain{.name = fmt::format("d{}", i), .title = language.any(), .owner = team.id}).id);
      const auto* domain = mesh.find<Domain>(domains.back());
      index.put_domain(domain->id.ulid, words_of(mesh, *domain), trust_of(mesh, *domain));
    }
    double learning = 0;
    std::vector<Index::Change> changes;
    for (std::uint64_t i = 0; i < products; ++i) {
      const Product product = put(any_product(i));
      const auto start = Steady::now();
      changes.push_back({mesh.slot(product.id), words_of(mesh, product), facts_of(mesh, product)});
      if (file != nullptr) write(product, changes.back().words);
      if (changes.size() == 256 || i + 1 == products) index.put(std::exchange(changes, {}));
      learning += seconds_since(start);
    }
    fmt::print("{:<28} {:.2f} s for {} products, {} words\n", "learned", learning, products,
               index.words());
  }

  // Words of columns stand in the description here: what counts is how many there are.
  Product any_product(std::uint64_t i) {
    return {.name = fmt::format("{}_{}", language.some(2, '_'), i % 100),
            .domain = domains[language.pick(domains.size())],
            .title = language.some(4),
            .description = language.some(24),
            .status = i % 20 == 0 ? "deprecated" : "active",
            .visibility = i % 3 == 0 ? Visibility::restricted : Visibility::open,
            .hidden = i % 10 == 9,
            .tags = {language.frequent(language.pick(100)), language.frequent(language.pick(100))}};
  }
  void write(const Product& product, const std::vector<Word>& words) const {
    std::string line = fmt::format("{}\t", mesh.slot(product.id));
    for (const Word& word : words) line += word.text + " ";
    for (const Word& word : words_of(mesh, *mesh.find<Domain>(product.domain)))
      line += word.text + " ";
    std::fputs((line + "\n").c_str(), documents);
  }

  std::vector<Asking> questions() {
    std::vector<Asking> out;
    for (std::size_t i = 0; i < 40; ++i) {
      out.push_back({"one frequent word", language.frequent(10 + i * 5)});
      out.push_back({"one rare word", language.frequent(2'000 + i * 300)});
      out.push_back(
          {"two words", language.frequent(20 + i * 7) + " " + language.frequent(300 + i * 20)});
      out.push_back({"three words", language.some(1) + " " + language.frequent(i) + " " +
                                        language.frequent(100 + i)});
      for (const std::size_t typed : {2UL, 3UL, 4UL})
        out.push_back({"as it is typed", language.frequent(50 + i * 30).substr(0, typed)});
      out.push_back({"two words, as typed", language.frequent(5 + i * 3) + " " +
                                                language.frequent(60 + i * 9).substr(0, 3)});
    }
    return out;
  }

  void measure(std::FILE* file) {
    std::map<std::string, std::vector<double>> us;
    std::vector<double> all;
    const Wish wish{.limit = 20, .now = kNow};
    for (const Asking& each : questions()) {
      const auto hits = index.find(*parse_query(each.text));
      std::vector<double> rounds;
      std::size_t total = 0;
      for (int round = 0; round < 5; ++round) {
        const auto start = Steady::now();
        const policy::Sight sight(rights, mesh, member, kNow);
        total = rank(index, sight, index.find(*parse_query(each.text)), wish).total;
        rounds.push_back(seconds_since(start) * 1e6);
      }
      std::ranges::sort(rounds);
      us[each.kind].push_back(rounds[2]);
      all.push_back(rounds[2]);
      if (file == nullptr) continue;
      // A sum that tells two sets apart.
      std::uint64_t sum = 0;
      for (const Hit& hit : hits) sum += (std::uint64_t{hit.slot} + 1) * (hit.slot + 1);
      fmt::print(file, "{}\t{}\t{}\t{}\t{}\t{:.2f}\n", each.kind, each.text, hits.size(), sum,
                 total, rounds[2]);
    }
    us["all"] = all;
    for (auto& [kind, values] : us) {
      std::ranges::sort(values);
      fmt::print("{:<28} p50 {:8.1f} us  p95 {:8.1f} us  worst {:8.1f} us\n", kind,
                 values[values.size() / 2], values[values.size() * 95 / 100], values.back());
    }
  }
};

}  // namespace

int main(int count, char** words) {
  const std::uint64_t products =
      count > 1 ? static_cast<std::uint64_t>(parse_int(words[1]).value_or(100'000)) : 100'000;
  const std::string folder = count > 2 ? words[2] : "";
  const auto open = [&](const char* name) {
    return folder.empty() ? nullptr : std::fopen((folder + "/" + name).c_str(), "w");
  };
  std::FILE* documents = open("documents");
  std::FILE* questions = open("questions");
  Bench bench(products, documents);
  bench.measure(questions);
  for (std::FILE* file : {documents, questions})
    if (file != nullptr) std::fclose(file);
}
