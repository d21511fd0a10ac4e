#include "world/store/chain.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "base/scratch_test.h"
#include "base/text.h"
#include "world/store/anchor.h"
#include "world/store/bytes.h"

namespace hansa::store {
namespace {

struct Stored {
  Line line;
  std::string hash;
};
using Stories = std::vector<Stored>;

Line line(std::uint64_t n) {
  return {.number = 0,
          .seq = Seq{n % 3 == 0 ? n : 0},
          .kind = n % 2 ? "read" : "granted",
          .who = {{1, n % 4}},
          .at = Time{static_cast<std::int64_t>(n) * 1000},
          .subject = {2, n % 5},
          .subject_kind = n % 2 ? "" : "port",
          .body = "{\"n\":" + std::to_string(n) + "}"};
}

Stories chain_of(std::size_t count) {
  Stories all;
  ChainEnd end;
  for (std::uint64_t n = 1; n <= count; ++n) {
    Line next = line(n);
    end.append(next);
    all.push_back({std::move(next), end.hash});
  }
  return all;
}

Result<AuditHead> verify(const Stories& all, std::vector<Anchor> anchors = {}) {
  ChainCheck check(std::move(anchors));
  for (const Stored& stored : all) HANSA_CHECK(check.add(stored.line, stored.hash));
  return check.finish();
}

// What somebody with the database in his hands makes of hashes once he changed lines.
void forge_from(Stories& all, std::size_t first) {
  ChainEnd end;
  if (first > 0) end = {all[first - 1].line.number, all[first - 1].hash};
  for (std::size_t i = first; i < all.size(); ++i) {
    end.append(all[i].line);
    all[i].hash = end.hash;
  }
}

void edit(Stored& stored, std::mt19937_64& random) {
  Line& line = stored.line;
  switch (random() % 10) {
    case 0: line.seq.number += 1 + random() % 5; break;
    case 1: line.kind += 'x'; break;
    case 2: line.who.ulid.low ^= 1; break;
    case 3: line.at.us -= 1; break;
    case 4: line.subject.high ^= std::uint64_t{1} << 63; break;
    case 5: line.subject_kind += "t"; break;
    case 6: line.body[random() % line.body.size()] ^= 1; break;
    case 7: line.body.pop_back(); break;
    case 8: stored.hash[random() % 32] ^= static_cast<char>(1 << random() % 8); break;
    // Moves a byte across the border of two texts.
    default:
      line.subject_kind += line.body.front();
      line.body.erase(0, 1);
      break;
  }
}

void tamper(Stories& all, std::mt19937_64& random) {
  const std::size_t at = random() % all.size();
  const auto place = all.begin() + static_cast<std::ptrdiff_t>(at);
  switch (random() % 6) {
    case 0: edit(*place, random); break;
    case 1: all.erase(place); break;
    case 2: std::swap(all[at], all[(at + 1 + random() % (all.size() - 1)) % all.size()]); break;
    case 3: all.insert(place, all[random() % all.size()]); break;
    case 4: all.resize(at); break;
    default: {  // swaps two lines and gives each the other's number
      const std::size_t other = (at + 1 + random() % (all.size() - 1)) % all.size();
      std::swap(all[at].line, all[other].line);
      std::swap(all[at].line.number, all[other].line.number);
    }
  }
}

TEST(Chain, FindsEveryTamperWithAKnownHead) {
  const Stories honest = chain_of(40);
  const AuditHead head = *verify(honest);
  EXPECT_EQ(head.number, 40U);
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    std::mt19937_64 random(seed);
    Stories all = honest;
    tamper(all, random);
    const auto found = verify(all);
    if (found) EXPECT_NE(*found, head) << "seed " << seed;
    else EXPECT_EQ(found.error().code, Code::corrupt) << "seed " << seed;
  }
}

TEST(Chain, FindsAForgedChainByItsAnchors) {
  const Stories honest = chain_of(40);
  const std::vector<Anchor> anchors{{40, honest[39].hash, Time{2}}, {17, honest[16].hash, Time{1}}};
  ASSERT_TRUE(verify(honest, anchors));
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    std::mt19937_64 random(seed);
    Stories all = honest;
    tamper(all, random);
    forge_from(all, 0);
    if (all.size() == honest.size() && all.back().hash == honest.back().hash)
      continue;  // only a hash was touched
    const auto found = verify(all, anchors);
    ASSERT_FALSE(found) << "seed " << seed;
    EXPECT_EQ(found.error().code, Code::corrupt);
  }
  // It may grow.
  EXPECT_TRUE(verify(chain_of(50), anchors));
}

TEST(Chain, NamesTheFirstLineThatDoesNotFollow) {
  Stories all = chain_of(10);
  all[6].line.body = "{}";
  EXPECT_NE(verify(all).error().text.find("line 7:"), std::string::npos);
  all = chain_of(10);
  all.erase(all.begin() + 3);
  EXPECT_NE(verify(all).error().text.find("line 4:"), std::string::npos);
}

// Whoever keeps hashes elsewhere must be able to compute them in ten years: the encoding never
// changes.
TEST(Chain, HashesTheDocumentedBytes) {
  const Line one{.number = 1,
                 .seq = {2},
                 .kind = "k",
                 .who = {{3, 4}},
                 .at = Time{5},
                 .subject = {6, 7},
                 .subject_kind = "sk",
                 .body = "{}"};
  EXPECT_EQ(to_hex(chain_hash(chain_start(), one)),
            "5d0b5aec1718acdaca00e2f968e9ff153b8ca4f97e4cbd93e8f05038f019b166");
  Line said = one;
  said.text_digest = text_digest({"salt", "select 1"});
  EXPECT_EQ(to_hex(chain_hash(chain_start(), said)),
            "fbcdec6391109d28cd9f0e6ee8b9aabc29e48eb8a6ab2321f48a68010c05a645");
}

TEST(Chain, HoldsATextByItsDigestAlone) {
  Line kept = line(1);
  kept.text = passing("select 1");
  kept.text_digest = text_digest(*kept.text);
  EXPECT_NE(passing("select 1").salt, kept.text->salt);
  ChainEnd end;
  end.append(kept);
  Line dropped = kept;
  dropped.text.reset();
  Line other = kept;
  other.text->text = "select 2";
  Line bare = dropped;
  bare.text_digest.clear();
  EXPECT_TRUE(verify({{kept, end.hash}}));
  EXPECT_TRUE(verify({{dropped, end.hash}}));
  EXPECT_FALSE(verify({{other, end.hash}}));
  EXPECT_FALSE(verify({{bare, end.hash}}));
}

TEST(Anchors, RememberWhatWasWritten) {
  Scratch scratch;
  EXPECT_TRUE(read_anchors(scratch.path())->empty());
  EXPECT_EQ(write_anchor(scratch.path(), {1, "short"}, Time{1}).error().code, Code::invalid);
  const Stories all = chain_of(3);
  const auto time = [](std::size_t i) {
    return Time{1'700'000'000'000'000 + static_cast<std::int64_t>(i) * 60'000'000};
  };
  for (std::size_t i = 0; i < all.size(); ++i)
    ASSERT_TRUE(write_anchor(scratch.path(), {i + 1, to_hex(all[i].hash)}, time(i)));
  const auto anchors = read_anchors(scratch.path());
  ASSERT_EQ(anchors->size(), 3U);
  EXPECT_EQ(anchors->at(1), (Anchor{2, all[1].hash, time(1)}));
  EXPECT_TRUE(verify(all, *anchors));
}

TEST(Anchors, SurviveAnUnfinishedLineAtEveryByte) {
  const Stories all = chain_of(2);
  Scratch scratch;
  const std::string file = scratch / "audit.anchors";
  ASSERT_TRUE(write_anchor(scratch.path(), {1, to_hex(all[0].hash)}, Time{1'000'000}));
  const auto first = std::filesystem::file_size(file);
  ASSERT_TRUE(write_anchor(scratch.path(), {2, to_hex(all[1].hash)}, Time{2'000'000}));
  const auto both = std::filesystem::file_size(file);
  for (auto size = first; size < both; ++size) {
    std::filesystem::resize_file(file, size);
    EXPECT_EQ(read_anchors(scratch.path())->size(), 1U);
    ASSERT_TRUE(write_anchor(scratch.path(), {2, to_hex(all[1].hash)}, Time{2'000'000}));
    EXPECT_EQ(read_anchors(scratch.path())->size(), 2U);
  }
}

TEST(Anchors, RefuseWhatCannotBeRead) {
  for (const std::string text :
       {"2 1 00 1970-01-01T00:00:00Z\n", "1 x 00 1970-01-01T00:00:00Z\n", "\n", "1 1 zz now\n"}) {
    Scratch scratch;
    std::ofstream(scratch / "audit.anchors") << text;
    EXPECT_EQ(read_anchors(scratch.path()).error().code, Code::corrupt) << text;
  }
}

TEST(Bytes, NeverReadPastTheEnd) {
  std::string bytes;
  append_text(bytes, "word");
  append_ulid(bytes, {1, 2});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    BytesReader reader(std::string_view(bytes).substr(0, size));
    const auto text = reader.text();
    EXPECT_FALSE(text && reader.ulid()) << size;
  }
  BytesReader reader(bytes);
  EXPECT_EQ(*reader.text(), "word");
  EXPECT_EQ(*reader.ulid(), (Ulid{1, 2}));
  EXPECT_TRUE(reader.at_end());
}

}  // namespace
}  // namespace hansa::store
