#include "worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>

#include "worker/landlock.h"

namespace hansa::worker {
namespace {

// A sanitizer maps terabytes that it never touches.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitsMemory = false;
#else
constexpr bool kLimitsMemory = true;
#endif

std::unexpected<Error> failed(std::string_view step) {
  return unavailable(fmt::format("the sandbox: {}: {}", step, std::strerror(errno)));
}

Result<void> limit(__rlimit_resource resource, std::uint64_t most, std::string_view name) {
  const rlimit both{most, most};
  if (setrlimit(resource, &both) != 0) return failed(name);
  return {};
}

// Anything left open is a way out: whatever the parent held goes, but for the socket and stdin to
// stderr.
Result<void> close_inherited(int socket) {
  const auto first = static_cast<unsigned>(socket);
  if (first > 3 && close_range(3, first - 1, 0) != 0) return failed("close_range");
  if (close_range(first + 1, ~0U, 0) != 0) return failed("close_range");
  // The parent passes /dev/null for stdin and stdout; stderr carries the reason of a crash.
  return {};
}

bool write_once(const char* path, std::string_view text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool good = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  return good;
}

// A namespace of its own for users, network, mounts and System V objects. Some hosts allow none:
// seccomp and Landlock fill the gap.
bool enter_namespaces() {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS) != 0)
    return false;
  // The same numbers inside, so that files keep their owner.
  write_once("/proc/self/setgroups", "deny");
  return write_once("/proc/self/uid_map", fmt::format("{0} {0} 1", uid)) &&
         write_once("/proc/self/gid_map", fmt::format("{0} {0} 1", gid));
}

Result<void> drop_capabilities() {
  for (int capability = 0; capability <= 63; ++capability)
    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> none{};
  if (syscall(SYS_capset, &head, none.data()) != 0) return failed("capset");
  return {};
}

// Calls that DuckDB makes on plain files and memory, and what the C library needs under threads.
constexpr std::array kAllowed{
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(preadv),
    SCMP_SYS(pwritev),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(getdents64),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(fadvise64),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(getcwd),
    SCMP_SYS(fstatfs),
    SCMP_SYS(statfs),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(mincore),
    SCMP_SYS(membarrier),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(get_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_setaffinity),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(getcpu),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

class Filter {
 public:
  // Refused calls answer EPERM rather than kill, so that the probe can show each refusal.
  Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(EPERM))) { good_ = context_ != nullptr; }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() { seccomp_release(context_); }

  template <class... Conditions>
  void allow(int call, Conditions... conditions) {
    const std::array<scmp_arg_cmp, sizeof...(conditions)> all{conditions...};
    // A call that this machine's tables do not know cannot be made either.
    if (good_ && call >= 0) {
      good_ = seccomp_rule_add_array(context_, SCMP_ACT_ALLOW, call,
                                     static_cast<unsigned>(all.size()), all.data()) == 0;
    }
  }
  void answer(int call, int number) {
    good_ = good_ && seccomp_rule_add_array(context_, SCMP_ACT_ERRNO(static_cast<unsigned>(number)),
                                            call, 0, nullptr) == 0;
  }
  bool load() { return good_ && seccomp_load(context_) == 0; }

 private:
  scmp_filter_ctx context_;
  bool good_ = false;
};

scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}
scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}

void allow_opening(Filter& filter) {
  for (const auto& [call, flags] :
       {std::pair{SCMP_SYS(open), 1U}, std::pair{SCMP_SYS(openat), 2U}}) {
    // O_RDONLY|O_TRUNC empties a file that its owner may write, and Landlock before ABI 3 does not
    // see it.
    filter.allow(call, masked(flags, O_TRUNC | O_PATH, 0));
    filter.allow(call, masked(flags, O_ACCMODE | O_PATH, O_WRONLY));
    filter.allow(call, masked(flags, O_ACCMODE | O_PATH, O_RDWR));
  }
  for (const int command : {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_OFD_GETLK,
                            F_OFD_SETLK, F_SETPIPE_SZ})
    filter.allow(SCMP_SYS(fcntl), equals(1, static_cast<std::uint64_t>(command)));
}

Result<void> seal_calls() {
  Filter filter;
  for (const int call : kAllowed) filter.allow(call);
  allow_opening(filter);
  // Threads, but no processes: clone3 hides its flags in memory, so the C library is sent to clone.
  constexpr std::uint64_t kThread = CLONE_THREAD | CLONE_VM | CLONE_SIGHAND;
  constexpr std::uint64_t kNamespaces = CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID |
                                        CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  filter.allow(SCMP_SYS(clone), masked(0, kThread | kNamespaces, kThread));
  filter.answer(SCMP_SYS(clone3), ENOSYS);
  // No new code: what is mapped to run is what was loaded.
  filter.allow(SCMP_SYS(mmap), masked(2, PROT_EXEC, 0));
  filter.allow(SCMP_SYS(mprotect), masked(2, PROT_EXEC, 0));
  filter.allow(SCMP_SYS(prctl), equals(0, PR_SET_NAME));
  filter.allow(SCMP_SYS(prctl), equals(0, PR_GET_NAME));
  // A crash may end itself; nobody else may be signalled.
  filter.allow(SCMP_SYS(tgkill), equals(0, static_cast<std::uint64_t>(getpid())));
  if (!filter.load()) return unavailable("the sandbox: seccomp does not load");
  return {};
}

}  // namespace

std::vector<std::string> Sealed::layers() const {
  std::vector<std::string> names;
  if (user_namespace) names.emplace_back("namespaces");
  if (new_root) names.emplace_back("root");
  if (landlock_abi > 0) names.push_back(fmt::format("landlock {}", landlock_abi));
  if (seccomp) names.emplace_back("seccomp");
  return names;
}

Result<Sealed> enter(const Sandbox& sandbox) {
  HANSA_CHECK(close_inherited(sandbox.socket));
  HANSA_CHECK(limit(RLIMIT_CORE, 0, "RLIMIT_CORE"));
  HANSA_CHECK(limit(RLIMIT_FSIZE, sandbox.spill_bytes, "RLIMIT_FSIZE"));
  HANSA_CHECK(limit(RLIMIT_NOFILE, 1024, "RLIMIT_NOFILE"));
  if (kLimitsMemory && sandbox.memory_bytes != 0)
    HANSA_CHECK(limit(RLIMIT_DATA, sandbox.memory_bytes, "RLIMIT_DATA"));
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no_new_privs");
  Sealed sealed;
  sealed.user_namespace = sandbox.namespaces && enter_namespaces();
  // Counted per user and namespace: outside one of its own it would count the server's threads as
  // well.
  if (sealed.user_namespace) HANSA_CHECK(limit(RLIMIT_NPROC, sandbox.threads + 4, "RLIMIT_NPROC"));
  return sealed;
}

Result<void> seal(const Sandbox& sandbox, Sealed& sealed) {
  if (chdir(sandbox.seat.c_str()) != 0) return failed("the seat");
  // With a root of its own not even the existence of a path outside can be asked. Needs root or a
  // user namespace.
  sealed.new_root = sandbox.new_root && chroot(".") == 0;
  if (sealed.new_root && chdir("/") != 0) return failed("the root");
  HANSA_CHECK(drop_capabilities());
  if (sandbox.landlock) {
    HANSA_TRY(sealed.landlock_abi, landlock_seal(sandbox.landlock_abi_max));
  }
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (sandbox.seccomp) {
    HANSA_CHECK(seal_calls());
    sealed.seccomp = true;
  }
  return {};
}

}  // namespace hansa::worker
