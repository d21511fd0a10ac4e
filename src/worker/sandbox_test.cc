// Each layer by itself: what the others leave to it, it refuses. A layer binds its process for
// good, so every attempt is a process of its own (a death test).
#include "worker/sandbox.h"

#include <dirent.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "worker/landlock.h"
#include "worker/probe.h"

namespace hansa::worker {
namespace {

class SandboxTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "hansa-seat-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    sandbox_.seat = name;
    ASSERT_EQ(mkdir((name + "/in").c_str(), 0700), 0);
    ASSERT_EQ(mkdir((name + "/spill").c_str(), 0700), 0);
    ASSERT_EQ(mkfifo((name + "/pipe").c_str(), 0600), 0);
    sandbox_.spill_bytes = 1 << 20;
  }
  void TearDown() override { std::filesystem::remove_all(sandbox_.seat); }

  // Seals this process, tells what it can still do, and ends it.
  [[noreturn]] static void seal_and_tell(const Sandbox& sandbox) {
    auto sealed = enter(sandbox);
    if (sealed)
      if (auto done = seal(sandbox, *sealed); !done)
        sealed = std::unexpected(std::move(done).error());
    if (!sealed) {
      tell(sealed.error().text);
      _exit(2);
    }
    std::uint32_t tried = 0;
    const auto done = possible(sandbox, tried);
    tell(done.empty() ? "sealed" : "can " + join(done, ", ") + ".");
    _exit(done.empty() && tried >= 25 ? 0 : 1);
  }
  static void tell(const std::string& text) {
    [[maybe_unused]] const ssize_t written = write(2, text.data(), text.size());
  }

  Sandbox sandbox_;
};

using SandboxDeathTest = SandboxTest;

TEST_F(SandboxDeathTest, AllLayersTogetherRefuseEverything) {
  EXPECT_EXIT(seal_and_tell(sandbox_), testing::ExitedWithCode(0), "sealed");
}

TEST_F(SandboxDeathTest, LandlockAndSeccompAreEnough) {
  sandbox_.namespaces = sandbox_.new_root = false;
  for (const std::uint32_t abi : {1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
    sandbox_.landlock_abi_max = abi;
    EXPECT_EXIT(seal_and_tell(sandbox_), testing::ExitedWithCode(0), "sealed") << abi;
  }
}

TEST_F(SandboxDeathTest, WithoutSeccompTheProbeFindsSockets) {
  sandbox_.seccomp = false;
  EXPECT_EXIT(seal_and_tell(sandbox_), testing::ExitedWithCode(1), "a Unix socket");
  EXPECT_EXIT(seal_and_tell(sandbox_), testing::ExitedWithCode(1), "chmod");
}

TEST_F(SandboxDeathTest, WithoutLandlockTheProbeFindsTheSeat) {
  sandbox_.landlock = false;
  EXPECT_EXIT(seal_and_tell(sandbox_), testing::ExitedWithCode(1), "create among the inputs");
}

TEST_F(SandboxDeathTest, SeccompAloneLeavesFilesOpen) {
  sandbox_.landlock = sandbox_.namespaces = sandbox_.new_root = false;
  EXPECT_EXIT(seal_and_tell(sandbox_), testing::ExitedWithCode(1), "read /etc/passwd");
}

TEST_F(SandboxDeathTest, ANewRootAloneHidesAllFilesOutside) {
  sandbox_.landlock = false;
  const auto outside_is_gone = [](const Sandbox& sandbox) {
    auto sealed = enter(sandbox);
    if (!sealed || !seal(sandbox, *sealed) || !sealed->new_root) _exit(3);
    std::uint32_t tried = 0;
    for (const std::string& name : possible(sandbox, tried))
      if (name.contains("/etc") || name.contains("/proc") || name.contains("/tmp") ||
          name.contains("/usr"))
        _exit(1);
    _exit(0);
  };
  // An ordinary user needs a user namespace for it, which not every host gives.
  if (geteuid() != 0) GTEST_SKIP();
  EXPECT_EXIT(outside_is_gone(sandbox_), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace hansa::worker
