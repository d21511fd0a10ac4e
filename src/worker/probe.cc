#include "worker/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <span>

#include "base/text.h"

namespace hansa::worker {
namespace {

struct Attempt {
  const char* name;
  long (*go)();  // as a system call: negative and errno
};

long opened(const char* path, int flags) {
  const int file = open(path, flags | O_CLOEXEC, 0600);
  if (file >= 0) close(file);
  return file;
}

long created(const char* path) {
  const long made = opened(path, O_WRONLY | O_CREAT);
  if (made >= 0) unlink(path);
  return made;
}

long made_socket(int family, int type, int protocol) { return socket(family, type, protocol); }

// A child must not live on as a second worker.
long forked(long flags) {
  const long child = syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
  if (child == 0) _exit(0);
  return child;
}

long ran_code() {
  void* page =
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page == MAP_FAILED ? -1 : 0;
}

long made_code() {
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page == MAP_FAILED ? 0 : mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

long read_parent() {
  char byte = 0;
  iovec here{&byte, 1};
  iovec there{reinterpret_cast<void*>(std::uintptr_t{4096}), 1};
  return process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}

// Outside the seat. With a root of its own these do not even exist, and on some hosts one does not
// anyway.
constexpr std::array kOutside{
    Attempt{"read /etc/passwd", [] { return opened("/etc/passwd", O_RDONLY); }},
    Attempt{"list /etc", [] { return opened("/etc", O_RDONLY | O_DIRECTORY); }},
    Attempt{"read /proc/self/environ", [] { return opened("/proc/self/environ", O_RDONLY); }},
    Attempt{"read /proc/1/maps", [] { return opened("/proc/1/maps", O_RDONLY); }},
    Attempt{"write /proc/self/mem", [] { return opened("/proc/self/mem", O_RDWR); }},
    Attempt{"create in /tmp", [] { return created("/tmp/hansa-probe"); }},
    Attempt{"open a device", [] { return opened("/dev/null", O_RDWR); }},
    Attempt{"see /usr", [] { return opened("/usr", O_RDONLY | O_DIRECTORY); }},
};

// In the seat: what is there may be read, and only spill/ written.
constexpr std::array kSeat{
    Attempt{"list the root", [] { return opened("/", O_RDONLY | O_DIRECTORY); }},
    Attempt{"list the seat", [] { return opened(".", O_RDONLY | O_DIRECTORY); }},
    Attempt{"create beside the seat's folders", [] { return created("probe"); }},
    Attempt{"create among the inputs", [] { return created("in/probe"); }},
    Attempt{"remove the inputs", []() -> long { return rmdir("in"); }},
    Attempt{"remove the pipe", []() -> long { return unlink("pipe"); }},
    Attempt{"move the inputs", []() -> long { return rename("in", "out"); }},
    Attempt{"truncate by name", []() -> long { return truncate("in", 0); }},
    Attempt{"truncate by opening", [] { return opened("in", O_RDONLY | O_TRUNC); }},
    Attempt{"open without reading", [] { return opened("in", O_PATH); }},
    Attempt{"chmod", []() -> long { return chmod("in", 0777); }},
    Attempt{"fchmod", []() -> long { return fchmod(0, 0666); }},
    Attempt{"chown", []() -> long { return chown("in", 1, 1); }},
    Attempt{"change times", []() -> long { return utimensat(AT_FDCWD, "in", nullptr, 0); }},
    Attempt{"set an attribute", []() -> long { return setxattr("in", "user.probe", "1", 1, 0); }},
    Attempt{"link", []() -> long { return link("in", "spill/link"); }},
    Attempt{"symlink", []() -> long { return symlink("/etc/passwd", "spill/link"); }},
    Attempt{"make a device", []() -> long { return mknod("spill/device", S_IFCHR | 0600, 0x103); }},
    Attempt{"make a pipe", []() -> long { return mkfifo("spill/pipe", 0600); }},
};

constexpr std::array kCalls{
    Attempt{"a TCP socket", [] { return made_socket(AF_INET, SOCK_STREAM, 0); }},
    Attempt{"an IPv6 socket", [] { return made_socket(AF_INET6, SOCK_STREAM, 0); }},
    Attempt{"a UDP socket", [] { return made_socket(AF_INET, SOCK_DGRAM, 0); }},
    Attempt{"a multipath TCP socket", [] { return made_socket(AF_INET, SOCK_STREAM, 262); }},
    Attempt{"a raw socket", [] { return made_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }},
    Attempt{"a Unix socket", [] { return made_socket(AF_UNIX, SOCK_STREAM, 0); }},
    Attempt{"a netlink socket", [] { return made_socket(AF_NETLINK, SOCK_RAW, 0); }},
    Attempt{"a vsock", [] { return made_socket(AF_VSOCK, SOCK_STREAM, 0); }},
    Attempt{"a socket pair",
            []() -> long {
              int pair[2];
              return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
            }},
    Attempt{"to connect", [] { return syscall(SYS_connect, -1, nullptr, 0); }},
    Attempt{"to pass descriptors", [] { return syscall(SYS_recvmsg, -1, nullptr, 0); }},
    Attempt{"a file in memory", [] { return syscall(SYS_memfd_create, "probe", 0); }},
    Attempt{"io_uring", [] { return syscall(SYS_io_uring_setup, 1, nullptr); }},
    Attempt{"userfaultfd", [] { return syscall(SYS_userfaultfd, 0); }},
    Attempt{"perf events", [] { return syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0); }},
    Attempt{"BPF", [] { return syscall(SYS_bpf, 0, nullptr, 0); }},
    // Nothing is traced yet, so that a worker that may ask hears ESRCH.
    Attempt{"ptrace",
            []() -> long { return ptrace(PTRACE_PEEKDATA, getppid(), nullptr, nullptr); }},
    Attempt{"to read the parent's memory", [] { return read_parent(); }},
    Attempt{"to signal the parent", []() -> long { return kill(getppid(), 0); }},
    Attempt{"to signal everybody", []() -> long { return kill(-1, 0); }},
    Attempt{"to signal a thread of the parent",
            [] { return syscall(SYS_tgkill, getppid(), getppid(), 0); }},
    Attempt{"a handle of the parent", [] { return syscall(SYS_pidfd_open, getppid(), 0); }},
    Attempt{"to limit the parent",
            [] { return syscall(SYS_prlimit64, getppid(), 4, nullptr, nullptr); }},
    Attempt{"to run a program", [] { return syscall(SYS_execve, "/bin/true", nullptr, nullptr); }},
    Attempt{"to run a program by handle",
            [] { return syscall(SYS_execveat, -1, "", nullptr, nullptr, AT_EMPTY_PATH); }},
    Attempt{"to fork", [] { return forked(SIGCHLD); }},
    Attempt{"to fork by clone3", [] { return syscall(SYS_clone3, nullptr, 0); }},
    Attempt{"a user namespace", []() -> long { return unshare(CLONE_NEWUSER); }},
    Attempt{"to join a namespace", []() -> long { return setns(0, 0); }},
    Attempt{"to mount", [] { return syscall(SYS_mount, "none", "spill", "tmpfs", 0, nullptr); }},
    Attempt{"a new root", [] { return syscall(SYS_chroot, "spill"); }},
    Attempt{"to open by handle", [] { return syscall(SYS_open_by_handle_at, -1, nullptr, 0); }},
    Attempt{"openat2", [] { return syscall(SYS_openat2, AT_FDCWD, "in", nullptr, 0); }},
    Attempt{"to watch files", [] { return syscall(SYS_inotify_init1, 0); }},
    Attempt{"keys", [] { return syscall(SYS_keyctl, 0, -3, 0); }},
    Attempt{"shared memory", [] { return syscall(SYS_shmget, 0, 4096, 01600); }},
    Attempt{"message queues", [] { return syscall(SYS_msgget, 0, 01600); }},
    Attempt{"to be another user", [] { return syscall(SYS_setresuid, 1, 1, 1); }},
    Attempt{"memory that runs", [] { return ran_code(); }},
    Attempt{"to make memory run", [] { return made_code(); }},
    Attempt{"to type into a terminal", [] { return syscall(SYS_ioctl, 0, 0x5412, "x"); }},
};

bool refused(long answer, bool absence_counts) {
  if (answer >= 0) return false;
  if (absence_counts && errno == ENOENT) return true;
  return errno == EPERM || errno == EACCES || errno == ENOSYS;
}

void try_all(std::span<const Attempt> attempts, bool absence_counts,
             std::vector<std::string>& done) {
  for (const Attempt& attempt : attempts)
    if (!refused(attempt.go(), absence_counts)) done.emplace_back(attempt.name);
}

// A descriptor that the parent forgot would be a way out that no filter sees.
bool has_stray_descriptor(int socket) {
  for (int descriptor = 3; descriptor < 1024; ++descriptor)
    if (descriptor != socket && fcntl(descriptor, F_GETFD) >= 0) return true;
  return false;
}

// The other way round: what the work needs still goes.
Result<void> prove_useful() {
  if (opened("in", O_RDONLY | O_DIRECTORY) < 0)
    return unavailable("the sandbox: the inputs cannot be read");
  if (opened("spill/probe", O_RDWR | O_CREAT | O_EXCL) < 0 || unlink("spill/probe") != 0)
    return unavailable("the sandbox: the spill folder cannot be written");
  if (opened("pipe", O_RDONLY | O_NONBLOCK) < 0)
    return unavailable("the sandbox: the pipe cannot be read");
  return {};
}

}  // namespace

std::vector<std::string> possible(const Sandbox& sandbox, std::uint32_t& tried) {
  std::vector<std::string> done;
  try_all(kOutside, true, done);
  try_all(kSeat, false, done);
  try_all(kCalls, false, done);
  if (has_stray_descriptor(sandbox.socket)) done.emplace_back("use an inherited descriptor");
  tried = static_cast<std::uint32_t>(kOutside.size() + kSeat.size() + kCalls.size() + 1);
  return done;
}

Result<std::uint32_t> prove(const Sandbox& sandbox, const Sealed& sealed) {
  std::uint32_t tried = 0;
  const std::vector<std::string> done = possible(sandbox, tried);
  if (!done.empty())
    return unavailable(
        fmt::format("the sandbox does not hold: a worker can {}", join(done, ", ")),
        sealed.landlock_abi == 0 ? "use a kernel with Landlock (Linux 5.13 or newer)" : "");
  HANSA_CHECK(prove_useful());
  return tried;
}

}  // namespace hansa::worker
