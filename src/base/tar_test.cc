#include "base/tar.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hansa {
namespace {

// Gives its bytes in pieces of a size that meets no block.
struct Pieces : Source {
  explicit Pieces(std::string bytes, std::size_t piece = 100)
      : bytes(std::move(bytes)), piece(piece) {}
  Result<std::optional<Chunk>> next(Want) override {
    if (at >= bytes.size()) return std::nullopt;
    std::string out = bytes.substr(at, piece);
    at += out.size();
    return Chunk{std::move(out), 0};
  }
  std::string bytes;
  std::size_t piece, at = 0;
};

std::string file(const std::string& name, const std::string& bytes) {
  return tar_head({name, bytes.size()}) + bytes + tar_padding(bytes.size());
}

using Files = std::vector<std::pair<std::string, std::string>>;
Result<Files> read(const std::string& archive) {
  Pieces source(archive);
  TarReader reader(source);
  Files out;
  for (;;) {
    HANSA_TRY(const auto entry, reader.next());
    if (!entry) return out;
    std::string bytes;
    for (;;) {
      HANSA_TRY(const std::string piece, reader.read());
      if (piece.empty()) break;
      bytes += piece;
    }
    EXPECT_EQ(bytes.size(), entry->bytes);
    out.emplace_back(entry->name, bytes);
  }
}

TEST(Tar, FilesOfAllSizesAndNamesOfAllLengthsComeBack) {
  const Files files{{"a", ""},
                    {std::string(100, 'n'), "x"},
                    {std::string(101, 'n'), std::string(511, 'a')},
                    {"objects/" + std::string(1100, 'k'), std::string(512, 'b')},
                    {"\xc3\xa4", std::string(513, 'c')}};
  std::string archive;
  for (const auto& [name, bytes] : files) archive += file(name, bytes);
  const auto back = read(archive + tar_end());
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(*back, files);
  EXPECT_EQ(*read(tar_end()), Files{});
}

TEST(Tar, ASizeThatAHeaderHasNoRoomForStandsBefore) {
  for (const std::uint64_t bytes :
       {(std::uint64_t{1} << 33) - 1, std::uint64_t{1} << 33, std::uint64_t{1} << 40}) {
    Pieces source(tar_head({"large", bytes}));
    TarReader reader(source);
    const auto entry = reader.next();
    ASSERT_TRUE(entry) << entry.error().text;
    EXPECT_EQ(**entry, (TarEntry{"large", bytes}));
  }
}

TEST(Tar, WhatIsNotReadIsPassedOver) {
  Pieces source(file("a", std::string(5000, 'a')) + file("b", "b") + tar_end());
  TarReader reader(source);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ((*reader.next())->name, "b");
  EXPECT_EQ(*reader.next(), std::nullopt);
}

TEST(Tar, EveryCutIsFound) {
  const std::string archive =
      file("a", "hello") + file(std::string(200, 'n'), std::string(700, 'x')) + tar_end();
  ASSERT_TRUE(read(archive));
  for (std::size_t bytes = 0; bytes < archive.size(); ++bytes) {
    const auto back = read(archive.substr(0, bytes));
    ASSERT_FALSE(back) << bytes;
    EXPECT_EQ(back.error().code, Code::corrupt);
  }
  EXPECT_FALSE(read(archive + "x"));
  EXPECT_FALSE(read(archive + std::string(512, '\0')));
}

// Any byte of what is not a file's own content.
TEST(Tar, EveryAlteredByteOfTheFrameIsFound) {
  const std::string archive = file(std::string(200, 'n'), "12345") + tar_end();
  const std::size_t content = archive.find("12345");
  for (std::size_t at = 0; at < archive.size(); ++at) {
    if (at >= content && at < content + 5) continue;
    std::string altered = archive;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    // What a name goes on with has no sum of its own: then it is another file's name.
    const auto back = read(altered);
    if (back) {
      EXPECT_NE(back->front().first, std::string(200, 'n')) << at;
    }
  }
}

// With a checksum that fits, as any tar writes them.
std::string with(std::string head, std::size_t at, std::string_view bytes) {
  std::ranges::copy(bytes, head.begin() + static_cast<std::ptrdiff_t>(at));
  unsigned sum = 0;
  for (std::size_t i = 0; i < 512; ++i)
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(head[i]);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  std::copy_n(text, 7, head.begin() + 148);
  return head;
}

TEST(Tar, LinksDevicesFoldersAndOwnersAreRefused) {
  const std::string plain = tar_head({"a", 0});
  ASSERT_TRUE(read(with(plain, 156, "0") + tar_end()));
  for (const char type : std::string("1234567LKgS") + '\0')
    EXPECT_FALSE(read(with(plain, 156, std::string(1, type)) + tar_end())) << type;
  EXPECT_FALSE(read(with(plain, 157, "/etc/passwd") + tar_end()));  // where a link leads
  EXPECT_FALSE(read(with(plain, 345, "..") + tar_end()));           // a prefix of the name
  EXPECT_FALSE(read(with(plain, 100, "0004755") + tar_end()));
  EXPECT_FALSE(read(with(plain, 108, "0001750") + tar_end()));
}

}  // namespace
}  // namespace hansa
