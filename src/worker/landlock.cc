#include "worker/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/file.h"

namespace hansa::worker {
namespace {

constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr std::uint32_t kAskVersion = 1;
constexpr int kRulePathBeneath = 1;

struct Ruleset {
  std::uint64_t files = 0;
  std::uint64_t network = 0;  // from ABI 4
  std::uint64_t scopes = 0;   // from ABI 6
};
struct __attribute__((packed)) PathBeneath {
  std::uint64_t allowed;
  std::int32_t folder;
};

constexpr std::uint64_t kWriteFile = 1U << 1;
constexpr std::uint64_t kReadFile = 1U << 2;
constexpr std::uint64_t kReadFolder = 1U << 3;
constexpr std::uint64_t kRemoveFolder = 1U << 4;
constexpr std::uint64_t kRemoveFile = 1U << 5;
constexpr std::uint64_t kMakeFolder = 1U << 7;
constexpr std::uint64_t kMakeFile = 1U << 8;
constexpr std::uint64_t kTruncate = 1U << 14;

// Everything an ABI can forbid: a right that no rule gives is refused.
Ruleset forbidden(std::uint32_t abi) {
  Ruleset all;
  const unsigned file_rights = abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13;
  all.files = (std::uint64_t{1} << file_rights) - 1;
  all.network = abi >= 4 ? 3 : 0;
  all.scopes = abi >= 6 ? 3 : 0;
  return all;
}

std::size_t size_of_ruleset(std::uint32_t abi) { return abi >= 6 ? 24 : abi >= 4 ? 16 : 8; }

std::unexpected<Error> failed(std::string_view step) {
  return unavailable(fmt::format("the sandbox: Landlock: {}: {}", step, std::strerror(errno)));
}

Result<void> allow(int ruleset, const char* path, std::uint64_t rights) {
  const File there(open(path, O_PATH | O_CLOEXEC | O_NOFOLLOW));
  if (!there) return failed(path);
  const PathBeneath rule{rights, there.descriptor()};
  if (syscall(kAddRule, ruleset, kRulePathBeneath, &rule, 0) != 0) return failed(path);
  return {};
}

}  // namespace

std::uint32_t landlock_abi() {
  const long abi = syscall(kCreateRuleset, nullptr, 0, kAskVersion);
  return abi < 0 ? 0 : static_cast<std::uint32_t>(abi);
}

Result<std::uint32_t> landlock_seal(std::uint32_t abi_max) {
  const std::uint32_t abi = std::min(landlock_abi(), abi_max);
  if (abi == 0) return 0;
  const Ruleset all = forbidden(abi);
  const File ruleset(static_cast<int>(syscall(kCreateRuleset, &all, size_of_ruleset(abi), 0)));
  if (!ruleset) return failed("ruleset");
  HANSA_CHECK(allow(ruleset.descriptor(), "in", kReadFile | kReadFolder));
  const std::uint64_t spill = kReadFile | kReadFolder | kWriteFile | kRemoveFile | kRemoveFolder |
                              kMakeFile | kMakeFolder | kTruncate;
  HANSA_CHECK(allow(ruleset.descriptor(), "spill", spill & all.files));
  HANSA_CHECK(allow(ruleset.descriptor(), "pipe", kReadFile | kWriteFile));
  if (syscall(kRestrictSelf, ruleset.descriptor(), 0) != 0) return failed("restrict");
  return abi;
}

}  // namespace hansa::worker
