#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <thread>
#include <vector>

#include "base/scratch_test.h"
#include "base/stream.h"

namespace hansa {
namespace {

std::size_t entries(const std::string& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

TEST(File, ErrorsNameNoFolder) {
  const Scratch scratch;
  const std::vector<Error> errors{
      open_file(scratch / "secret/missing.txt", O_RDONLY).error(),
      read_file(scratch / "secret/missing.txt", 10).error(),
      read_file(scratch.path(), 10'000'000).error(),
      write_file_atomically(scratch / "secret/missing.txt", "x").error(),
      sync_folder(scratch / "secret").error(),
      open_file(scratch / "missing/", O_RDONLY).error(),
  };
  for (const Error& error : errors) {
    EXPECT_FALSE(error.text.contains(scratch.path())) << error.text;
    EXPECT_FALSE(error.text.contains('/')) << error.text;
  }
  EXPECT_EQ(errors[0].code, Code::not_found);
  ASSERT_TRUE(write_file_atomically(scratch / "file", "x"));
  const auto below = make_folders(scratch / "file/below");
  ASSERT_FALSE(below);
  EXPECT_FALSE(below.error().text.contains(scratch.path()));
  EXPECT_EQ(open_file(scratch / "file", O_WRONLY | O_CREAT | O_EXCL).error().code, Code::conflict);
}

TEST(File, ReadsNoMoreThanItMay) {
  const Scratch scratch;
  ASSERT_TRUE(write_file_atomically(scratch / "file", "12345"));
  EXPECT_EQ(read_file(scratch / "file", 4).error().code, Code::exhausted);
  EXPECT_EQ(*read_file(scratch / "file", 5), "12345");
  const File file = *open_file(scratch / "file", O_RDONLY);
  EXPECT_EQ(*file.read_at(3, 10), "45");
  EXPECT_EQ(*file.read_at(9, 10), "");
  EXPECT_EQ(*file.size(), 5U);
}

TEST(WriteFileAtomically, ReplacesAndLeavesNothingBeside) {
  const Scratch scratch;
  ASSERT_TRUE(write_file_atomically(scratch / "file", "old"));
  ASSERT_TRUE(write_file_atomically(scratch / "file", "new", 0640));
  EXPECT_EQ(*read_file(scratch / "file", 100), "new");
  EXPECT_EQ(entries(scratch.path()), 1U);
}

TEST(WriteFileAtomically, LeavesTheOldContentAndNothingBesideWhenItFails) {
  const Scratch scratch;
  ASSERT_TRUE(write_file_atomically(scratch / "file", "old"));
  ASSERT_TRUE(make_folders(scratch / "folder"));
  EXPECT_FALSE(write_file_atomically(scratch / "folder", "x"));
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{16, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto failed = write_file_atomically(scratch / "file", std::string(100, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::exhausted);
  EXPECT_EQ(*read_file(scratch / "file", 100), "old");
  EXPECT_EQ(entries(scratch.path()), 2U);
}

TEST(WriteFileAtomically, NeverShowsAPartToOtherThreads) {
  const Scratch scratch;
  const std::string path = scratch / "file";
  ASSERT_TRUE(write_file_atomically(path, std::string(50'000, 'a')));
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> writers;
  for (const char fill : {'a', 'b', 'c'})
    writers.emplace_back([&, fill] {
      for (int i = 0; i < 30; ++i)
        if (!write_file_atomically(path, std::string(50'000, fill))) ++wrong;
    });
  std::jthread reader([&] {
    while (!done) {
      const auto bytes = read_file(path, 1'000'000);
      if (!bytes || bytes->size() != 50'000 ||
          bytes->find_first_not_of((*bytes)[0]) != std::string::npos)
        ++wrong;
    }
  });
  writers.clear();
  done = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(entries(scratch.path()), 1U);
}

TEST(MakeFolders, MakesWhatIsMissingPrivately) {
  const Scratch scratch;
  ASSERT_TRUE(make_folders(scratch / "a/b//c"));
  ASSERT_TRUE(make_folders(scratch / "a/b/c"));
  struct stat info{};
  ASSERT_EQ(::stat((scratch / "a/b/c").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST(File, BelongsToOneOwner) {
  const Scratch scratch;
  File first = *open_file(scratch / "file", O_RDWR | O_CREAT);
  const int descriptor = first.descriptor();
  File second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): what is left is the point
  EXPECT_EQ(second.descriptor(), descriptor);
  EXPECT_NE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0);
  second = File{};
  EXPECT_EQ(::fcntl(descriptor, F_GETFD), -1);
}

struct Pieces : Source {
  std::vector<Result<std::optional<Chunk>>> pieces;
  std::size_t at = 0;
  Result<std::optional<Chunk>> next(Want) override { return pieces.at(at++); }
};

TEST(Drain, StopsAtItsLimitAndPassesErrorsOn) {
  Pieces source;
  source.pieces = {Chunk{"abc", 1}, Chunk{"de", 1}, std::optional<Chunk>()};
  EXPECT_EQ(*drain(source, 5), "abcde");
  source.at = 0;
  EXPECT_EQ(drain(source, 4).error().code, Code::exhausted);
  source.at = 0;
  source.pieces[1] = unavailable("gone");
  EXPECT_EQ(drain(source, 100).error().text, "gone");
}

}  // namespace
}  // namespace hansa
