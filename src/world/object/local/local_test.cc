// What only a disk can do to objects: planted links, leftovers, other programs' files, a full disk.
#include "world/object/local/local.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/scratch_test.h"

namespace hansa::object {
namespace {

namespace fs = std::filesystem;

Location at(std::string_view key) { return *Location::make("bucket", key); }

struct Disk {
  Scratch scratch;
  std::string root = scratch / "root";
  std::string bucket = root + "/bucket";
  std::unique_ptr<ObjectStore> objects;

  Disk() { open(); }
  void open() {
    objects.reset();
    auto opened = open_local(root);
    EXPECT_TRUE(opened);
    objects = *std::move(opened);
    EXPECT_TRUE(objects->make_bucket("bucket"));
  }
  void plant(const std::string& name, const std::string& bytes) {
    fs::create_directories(fs::path(bucket + "/" + name).parent_path());
    std::ofstream(bucket + "/" + name) << bytes;
  }
};

void expect_absent(Disk& disk, std::string_view key) {
  EXPECT_EQ(disk.objects->info(at(key)).error().code, Code::not_found) << key;
  EXPECT_EQ(disk.objects->read(at(key), 0, 0).error().code, Code::not_found) << key;
  EXPECT_EQ(disk.objects->local(at(key)).error().code, Code::not_found) << key;
}

TEST(LocalObjects, PlantedLinksNeverLeadOut) {
  Disk disk;
  const std::string outside = disk.scratch / "outside";
  fs::create_directory(outside);
  std::ofstream(outside + "/secret") << "secret";
  ASSERT_TRUE(write_all(*disk.objects, at("real/object"), "x", Taken::refuse));
  fs::create_symlink(outside, disk.bucket + "/folder");
  fs::create_symlink(outside + "/secret", disk.bucket + "/file");
  fs::create_symlink("../../outside", disk.bucket + "/relative");
  fs::create_symlink(outside, disk.bucket + "/real/folder");
  fs::create_symlink("object", disk.bucket + "/real/alias");
  fs::create_symlink("/proc/self/root", disk.bucket + "/proc");
  fs::create_symlink(outside, disk.root + "/linked");
  for (const std::string_view key :
       {"folder/secret", "file", "relative/secret", "real/folder/secret", "real/alias",
        "proc/etc/passwd", "folder", "proc"})
    expect_absent(disk, key);
  EXPECT_EQ(disk.objects->list("linked", "", "", 9).error().code, Code::not_found);
  EXPECT_EQ(disk.objects->make_bucket("linked").error().code, Code::conflict);
  const auto listing = disk.objects->list("bucket", "", "", 100);
  ASSERT_EQ(listing->objects.size(), 1U);
  EXPECT_EQ(listing->objects[0].location.key(), "real/object");
  for (const Taken taken : {Taken::refuse, Taken::replace}) {
    EXPECT_EQ(write_all(*disk.objects, at("folder/new"), "x", taken).error().code, Code::conflict);
    EXPECT_EQ(write_all(*disk.objects, at("real/folder/a/b"), "x", taken).error().code,
              Code::conflict);
  }
  EXPECT_EQ(write_all(*disk.objects, at("file"), "x", Taken::refuse).error().code, Code::conflict);
  // Replacing replaces the link, not what it names. Removing leaves what is no object.
  EXPECT_TRUE(write_all(*disk.objects, at("file"), "mine", Taken::replace));
  EXPECT_TRUE(disk.objects->remove(at("folder/secret")));
  EXPECT_TRUE(disk.objects->remove(at("real/alias")));
  EXPECT_EQ(*read_file(outside + "/secret", 100), "secret");
  EXPECT_EQ(std::distance(fs::directory_iterator(outside), fs::directory_iterator{}), 1);
}

TEST(LocalObjects, RefusesAStagingFolderThatIsALink) {
  Scratch scratch;
  fs::create_directory(scratch / "root");
  fs::create_directory(scratch / "outside");
  std::ofstream(scratch / "outside/file") << "x";
  fs::create_symlink(scratch / "outside", scratch / "root/.staging");
  EXPECT_EQ(open_local(scratch / "root").error().code, Code::conflict);
  EXPECT_TRUE(fs::exists(scratch / "outside/file"));
}

TEST(LocalObjects, WaitsForNoPipeAndReadsNoDevice) {
  Disk disk;
  ASSERT_EQ(::mkfifo((disk.bucket + "/pipe").c_str(), 0600), 0);
  expect_absent(disk, "pipe");
  EXPECT_TRUE(disk.objects->list("bucket", "", "", 10)->objects.empty());
}

TEST(LocalObjects, ServesWhatATeamsOwnToolsPutThere) {
  Disk disk;
  disk.plant("raw/day=1/part-0.parquet", "PAR1");
  EXPECT_EQ(*read_all(*disk.objects, at("raw/day=1/part-0.parquet"), 100), "PAR1");
  const auto first = disk.objects->info(at("raw/day=1/part-0.parquet"));
  EXPECT_EQ(disk.objects->list("bucket", "raw/", "", 10)->objects.size(), 1U);
  disk.plant("raw/day=1/part-0.parquet", "PAR1-longer");
  EXPECT_NE(disk.objects->info(first->location)->tag, first->tag);
  const auto path = disk.objects->local(first->location);
  ASSERT_TRUE(path);
  struct stat info{};
  ASSERT_EQ(::stat(path->c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0222, 0U);
}

TEST(LocalObjects, LeavesOutNamesThatNoLocationCanHold) {
  Disk disk;
  for (const std::string name : {"line\nbreak", "back\\slash", "\xff"}) disk.plant(name, "x");
  disk.plant("good", "x");
  EXPECT_EQ(disk.objects->list("bucket", "", "", 10)->objects.size(), 1U);
}

TEST(LocalObjects, SurvivesFoldersDeeperThanAnyKey) {
  Disk disk;
  File folder = *open_file(disk.bucket, O_RDONLY | O_DIRECTORY);
  const std::string name(200, 'd');
  for (int depth = 0; depth < 40; ++depth) {
    ASSERT_EQ(::mkdirat(folder.descriptor(), name.c_str(), 0700), 0);
    folder = File(::openat(folder.descriptor(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  EXPECT_TRUE(disk.objects->list("bucket", "", "", 10)->objects.empty());
}

TEST(LocalObjects, SweepsLeftoversAtStart) {
  Disk disk;
  auto writing = disk.objects->write(at("a"), Taken::refuse);
  ASSERT_TRUE((*writing)->write("half"));
  const auto staged = [&] {
    return std::distance(fs::directory_iterator(disk.root + "/.staging"), fs::directory_iterator{});
  };
  EXPECT_EQ(staged(), 1);
  writing->reset();
  EXPECT_EQ(staged(), 0);
  std::ofstream(disk.root + "/.staging/of-a-killed-server") << "half";
  disk.open();
  EXPECT_EQ(staged(), 0);
}

TEST(LocalObjects, RefusesASecondServerOnTheSameRoot) {
  Disk disk;
  EXPECT_EQ(open_local(disk.root).error().code, Code::conflict);
}

// A crash after the folders were made and before the object was placed.
TEST(LocalObjects, HollowFoldersAreNotInTheWay) {
  Disk disk;
  fs::create_directories(disk.bucket + "/a/b/c");
  fs::create_directories(disk.bucket + "/a/d");
  EXPECT_TRUE(disk.objects->list("bucket", "", "", 10)->objects.empty());
  EXPECT_TRUE(write_all(*disk.objects, at("a"), "x", Taken::refuse));
  fs::create_directories(disk.bucket + "/e/f");
  EXPECT_TRUE(write_all(*disk.objects, at("e"), "x", Taken::replace));
}

TEST(LocalObjects, LeavesNothingWhenTheDiskRefuses) {
  Disk disk;
  auto writing = disk.objects->write(at("a"), Taken::refuse);
  const auto ignored = ::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  rlimit low = old;
  low.rlim_cur = 1'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
  const auto written = (*writing)->write(std::string(10'000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &old);
  ::signal(SIGXFSZ, ignored);
  EXPECT_EQ(written.error().code, Code::exhausted);
  EXPECT_EQ((*writing)->finish().error().code, Code::unavailable);
  writing->reset();
  EXPECT_TRUE(disk.objects->list("bucket", "", "", 10)->objects.empty());
  EXPECT_TRUE(fs::is_empty(disk.root + "/.staging"));
}

TEST(LocalObjects, ErrorsHoldNoPathOfTheHost) {
  Disk disk;
  disk.plant("a/b", "x");
  for (const auto& error : {write_all(*disk.objects, at("a"), "x", Taken::refuse).error(),
                            disk.objects->info(at("none")).error(), open_local(disk.root).error(),
                            open_local(disk.bucket + "/a/b").error()})
    EXPECT_EQ(error.text.find(disk.scratch.path()), std::string::npos) << error.text;
}

}  // namespace
}  // namespace hansa::object
