// What a mesh stands on, damaged piece by piece.
#include "main/premises.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/scratch_test.h"

namespace hansa {
namespace {

using service::Findings;

// The findings of one look, "check where" each; empty if it is healthy.
template <class Look>
std::vector<std::string> found(Look look) {
  Findings out;
  look(out);
  const api::Diagnosis diagnosis = std::move(out).finish(Time{});
  EXPECT_EQ(diagnosis.healthy, diagnosis.symptoms.empty());
  std::vector<std::string> all;
  for (const api::Symptom& each : diagnosis.symptoms) {
    EXPECT_FALSE(each.says.empty());
    EXPECT_FALSE(each.next.empty()) << each.says;
    all.push_back(each.check + " " + each.where);
  }
  return all;
}
using All = std::vector<std::string>;

class Premises : public testing::Test {
 public:
  Premises() {
    for (const char* folder : {"/secrets", "/store"})
      HANSA_ASSERT(make_folders(data + folder).has_value());
    ::chmod(data.c_str(), 0700);
    write("secrets/seal.key", std::string(32, 'k'));
    write("secrets/admin.token", "t");
    write("store/mesh.db", "d");
  }
  void write(const std::string& name, const std::string& text) {
    HANSA_ASSERT(write_file_atomically(data + "/" + name, text, 0600).has_value());
  }
  All secrets() {
    return found([&](Findings& out) { look_at_secrets(data, out); });
  }
  Scratch scratch;
  const std::string data = scratch.path();
};

TEST_F(Premises, AreSilentWhereNothingIsWrong) {
  EXPECT_EQ(secrets(), All{});
  EXPECT_EQ(::unlink((data + "/secrets/admin.token").c_str()), 0);
  EXPECT_EQ(secrets(), All{}) << "the first token may have been put away";
}

TEST_F(Premises, FindOpenMissingAndWrongSecrets) {
  ::chmod((data + "/secrets/seal.key").c_str(), 0640);
  EXPECT_EQ(secrets(), All{"secrets secrets/seal.key"});
  write("secrets/seal.key", std::string(31, 'k'));
  EXPECT_EQ(secrets(), All{"secrets secrets/seal.key"});
  ::unlink((data + "/secrets/seal.key").c_str());
  EXPECT_EQ(secrets(), All{"secrets secrets/seal.key"});
  EXPECT_EQ(::symlink("admin.token", (data + "/secrets/seal.key").c_str()), 0);
  EXPECT_FALSE(secrets().empty());
  ::unlink((data + "/secrets/seal.key").c_str());
  write("secrets/seal.key", std::string(32, 'k'));
  ::chmod((data + "/secrets/admin.token").c_str(), 0604);
  ::chmod((data + "/store/mesh.db").c_str(), 0644);
  ::chmod(data.c_str(), 0755);
  EXPECT_EQ(secrets(), (All{"secrets the data directory", "secrets secrets/admin.token",
                            "secrets store/mesh.db"}));
}

TEST(Disk, IsFoundShortAtTheEdge) {
  const auto look = [](std::uint64_t free, std::uint64_t all, bool read_only = false) {
    return found([&](Findings& out) { look_at_disk(free, all, read_only, out); }).size();
  };
  constexpr std::uint64_t gib = std::uint64_t{1} << 30;
  EXPECT_EQ(look(gib, 20 * gib), 0U);
  EXPECT_EQ(look(gib - 1, 2 * gib), 1U);
  EXPECT_EQ(look(2 * gib - 1, 40 * gib), 1U);
  EXPECT_EQ(look(gib, 20 * gib, true), 1U);
}

TEST(Kernel, IsFoundWithoutLandlock) {
  const auto look = [](long abi) {
    return found([&](Findings& out) { look_at_kernel(abi, out); });
  };
  EXPECT_EQ(look(2), All{});
  EXPECT_EQ(look(0), All{"kernel the kernel"});
  EXPECT_EQ(look(-1), All{"kernel the kernel"});
}

TEST(ClockOfTheMachine, IsFoundBehind) {
  const auto look = [](Micros behind) {
    const Time seen{1'795'338'000'000'000};
    return found([&](Findings& out) { look_at_clock(seen - behind, seen, out); });
  };
  EXPECT_EQ(look(Micros{0}), All{});
  EXPECT_EQ(look(-std::chrono::hours(1)), All{});
  EXPECT_EQ(look(std::chrono::minutes(1)), All{});
  EXPECT_EQ(look(std::chrono::minutes(1) + Micros{1}), All{"clock the machine's clock"});
}

TEST(AFolder, WithoutAMeshIsNoPatient) {
  Scratch scratch;
  EXPECT_EQ(examine_folder(scratch.path()).error().code, Code::not_found);
}

}  // namespace
}  // namespace hansa
