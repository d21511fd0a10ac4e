#include "worker/piped.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/file.h"

namespace hansa::worker {
namespace {

namespace fs = std::filesystem;

// In a folder like a seat, since the pipe is named relative to it.
class PipedTest : public testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    std::string name = (fs::temp_directory_path() / "hansa-piped-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    before_ = fs::current_path();
    fs::current_path(name);
    ASSERT_EQ(mkfifo(kPipe, 0600), 0);
  }
  void TearDown() override {
    const fs::path seat = fs::current_path();
    fs::current_path(before_);
    fs::remove_all(seat);
  }
  // Opened and closed by name, as DuckDB does it. False: nobody reads any more.
  static bool put(const std::string& text) {
    std::ofstream out(kPipe, std::ios::binary);
    return static_cast<bool>(out << text << std::flush);
  }

  fs::path before_;
};

TEST_F(PipedTest, ArrivesInPiecesAndTellsItsRowsAtTheEnd) {
  const std::string text(300'000, 'x');
  const auto source = piped([&]() -> Result<std::uint64_t> {
    put(text);
    put("end");
    return 7;
  });
  ASSERT_TRUE(source) << source.error().text;
  std::string got;
  for (bool last = false; !last;) {
    const auto piece = (*source)->next({.bytes_max = 65'536});
    ASSERT_TRUE(piece);
    last = piece->last;
    EXPECT_EQ(piece->bytes.size() == 65'536, !last);
    EXPECT_EQ(piece->rows, last ? 7U : 0U);
    got += piece->bytes;
  }
  EXPECT_EQ(got, text + "end");
  EXPECT_EQ((*source)->rows(), 7U);
}

TEST_F(PipedTest, WhatFailsAtTheEndIsNoEnd) {
  const auto source = piped([]() -> Result<std::uint64_t> {
    put("half");
    return exhausted("the memory is full");
  });
  ASSERT_TRUE(source);
  const auto piece = (*source)->next({});
  ASSERT_FALSE(piece);
  EXPECT_EQ(piece.error().text, "the memory is full");
}

TEST_F(PipedTest, DroppedEarlierItsNextWriteFails) {
  std::atomic<bool> failed = false;
  {
    const auto source = piped([&]() -> Result<std::uint64_t> {
      while (put(std::string(100'000, 'x'))) {
      }
      failed = true;
      return 0;
    });
    ASSERT_TRUE(source);
    ASSERT_TRUE((*source)->next({.bytes_max = 10}));
  }
  EXPECT_TRUE(failed);
}

// Between two openings, or before the first.
TEST_F(PipedTest, DroppedWhileNobodyWritesItsNextOpeningDoesNotWait) {
  for (const bool begun : {false, true}) {
    std::atomic<bool> failed = false;
    {
      const auto source = piped([&]() -> Result<std::uint64_t> {
        if (begun) put("begun");
        while (File(::open(kPipe, O_WRONLY | O_NONBLOCK))) {
        }
        while (put(std::string(100'000, 'x'))) {
        }
        failed = true;
        return 0;
      });
      ASSERT_TRUE(source);
    }
    EXPECT_TRUE(failed);
  }
}

}  // namespace
}  // namespace hansa::worker
