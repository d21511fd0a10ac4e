#include "world/engine/process.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/log.h"
#include "base/text.h"

namespace hansa::engine {
namespace {

using query::Frame;
using query::FrameKind;

constexpr int kOutOfMemory = 113;  // what a worker ends with that cannot go on for want of memory
constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kAheadBytes = 16 * 1024;  // what is read at once of frames that may be small

// The descriptors and signals of the child: the socket as 3, nothing to read or print to.
class Actions {
 public:
  explicit Actions(int socket) {
    posix_spawn_file_actions_init(&files_);
    for (int descriptor : {0, 1, 2})
      posix_spawn_file_actions_addopen(&files_, descriptor, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&files_, socket, 3);
    posix_spawnattr_init(&attributes_);
    sigset_t all{};
    sigset_t none{};
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

std::vector<std::string> arguments_of(const ProcessOptions& options, const std::string& seat) {
  // DuckDB plans its memory within the limit that the kernel enforces: what it does not count
  // itself (parsing, single huge values, thread stacks) needs room too.
  const std::uint64_t counted = options.memory_bytes / 10 * 7;
  return {options.worker_path,
          "--seat",
          seat,
          "--memory",
          std::to_string(counted),
          "--process-memory",
          std::to_string(options.memory_bytes),
          "--spill",
          std::to_string(options.spill_bytes),
          "--threads",
          std::to_string(options.threads),
          "--landlock-abi-max",
          std::to_string(options.landlock_abi_max)};
}

Result<pid_t> spawn(const ProcessOptions& options, const std::string& seat, int socket) {
  std::vector<std::string> arguments = arguments_of(options, seat);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  std::array<std::string, 2> environment{"LC_ALL=C",
                                         "TZ=UTC"};  // the server's own may hold secrets
  std::array<char*, 3> variables{environment[0].data(), environment[1].data(), nullptr};
  const Actions actions(socket);
  pid_t id = 0;
  if (const int error = posix_spawn(&id, options.worker_path.c_str(), actions.files(),
                                    actions.attributes(), pointers.data(), variables.data());
      error != 0)
    return system_error("starting hansa-worker", error);
  return id;
}

}  // namespace

Result<std::unique_ptr<Process>> Process::start(const ProcessOptions& options, Seat seat) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return system_error("making a worker's socket", errno);
  File ours(pair[0]);
  const File theirs(pair[1]);
  // A whole piece of rows finds room, so that the worker makes the next one while it is read. As
  // far as the system lets it grow.
  const int room = 2 * static_cast<int>(limits::chunk_bytes);
  setsockopt(theirs.descriptor(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  HANSA_TRY(const pid_t id, spawn(options, seat.path(), theirs.descriptor()));
  File handle(static_cast<int>(syscall(SYS_pidfd_open, id, 0)));
  if (!handle) {
    const int error = errno;
    ::kill(id, SIGKILL);
    waitpid(id, nullptr, 0);
    return system_error("holding on to a worker", error);
  }
  return std::unique_ptr<Process>(
      new Process(std::move(seat), std::move(ours), std::move(handle), id));
}

Process::~Process() {
  kill(Ending::cut);
  siginfo_t status{};
  while (waitid(P_PID, static_cast<id_t>(id_), &status, WEXITED) != 0 && errno == EINTR) {
  }
}

void Process::kill(Ending why) noexcept {
  Ending none = Ending::none;
  ending_.compare_exchange_strong(none, why);
  // By handle: the number may belong to another process once this one is reaped.
  syscall(SYS_pidfd_send_signal, handle_.descriptor(), SIGKILL, nullptr, 0);
}

bool Process::exited() const {
  pollfd poll{handle_.descriptor(), POLLIN, 0};
  return ::poll(&poll, 1, 0) == 1;
}

std::uint64_t Process::own_bytes() const {
  const auto file = open_file(fmt::format("/proc/{}/statm", id_), O_RDONLY);
  const auto text = file ? file->read_at(0, 256) : Result<std::string>();
  unsigned long total = 0;
  unsigned long resident = 0;
  unsigned long shared = 0;
  if (!text || std::sscanf(text->c_str(), "%lu %lu %lu", &total, &resident, &shared) != 3) return 0;
  return (resident - std::min(resident, shared)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::unexpected<Error> Process::departed() {
  siginfo_t status{};
  while (waitid(P_PID, static_cast<id_t>(id_), &status, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  switch (ending_.load()) {
    case Ending::cut: return unavailable("the query was cut");
    case Ending::deadline:
      return exhausted("the query ran past its deadline", "ask for less, or for a later deadline");
    case Ending::spill:
      return exhausted("the query needs more room on disk than it may use",
                       "read fewer columns or rows at once");
    case Ending::misbehaved: return unavailable("the worker misbehaved and was ended");
    case Ending::idle:
    case Ending::none: break;
  }
  if (status.si_code == CLD_EXITED && status.si_status == kOutOfMemory)
    return exhausted("the query needs more memory than it may use",
                     "read fewer columns or rows at once");
  const std::string how = status.si_code == CLD_EXITED ? fmt::format("exit {}", status.si_status)
                                                       : fmt::format("signal {}", status.si_status);
  log(Level::warning, "worker died", {{"how", how}, {"doing", doing}});
  return unavailable(
      fmt::format("the worker died ({}){}{}", how, doing.empty() ? "" : " while ", doing),
      "nothing else was harmed; the same query may die again");
}

std::unexpected<Error> Process::misbehaved(std::string_view how) {
  log(Level::error, "worker misbehaved", {{"how", std::string(how)}, {"doing", doing}});
  kill(Ending::misbehaved);
  return unavailable("the worker misbehaved and was ended");
}

Result<std::size_t> Process::read_some(char* at, std::size_t bytes) {
  for (;;) {
    // A thread that sleeps in recv() is woken as well when the worker takes what was sent; one that
    // polls is not.
    const ssize_t got = recv(socket_.descriptor(), at, bytes, MSG_DONTWAIT);
    if (got > 0) return static_cast<std::size_t>(got);
    pollfd poll{socket_.descriptor(), POLLIN, 0};
    if (got < 0 && errno == EAGAIN) ::poll(&poll, 1, -1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    kill(Ending::none);  // closed its socket without ending: it is of no use
    return departed();
  }
}

// Small frames come several at a time; of large ones the bytes go where they belong.
Result<void> Process::read_all(char* at, std::size_t bytes) {
  while (bytes > 0) {
    if (taken_ == arrived_.size()) {
      taken_ = 0;
      arrived_.clear();
      if (bytes >= kAheadBytes) {
        HANSA_TRY(const std::size_t got, read_some(at, bytes));
        at += got;
        bytes -= got;
        continue;
      }
      arrived_.resize(kAheadBytes);
      const auto got = read_some(arrived_.data(), arrived_.size());
      arrived_.resize(got.value_or(0));
      if (!got) return std::unexpected(got.error());
    }
    const std::size_t step = std::min(bytes, arrived_.size() - taken_);
    std::memcpy(at, arrived_.data() + taken_, step);
    taken_ += step;
    at += step;
    bytes -= step;
  }
  return {};
}

// Room is made as bytes arrive, never on the word of the head alone.
Result<std::string> Process::read_body(std::size_t bytes) {
  std::string body;
  body.reserve(std::min(bytes, limits::chunk_bytes + kReadBytes));
  while (body.size() < bytes) {
    const std::size_t had = body.size();
    const std::size_t step = std::min(bytes - had, std::max(kReadBytes, had));
    Result<void> got;
    // What it is called with may be more than it was asked for, in libstdc++ 12.
    body.resize_and_overwrite(had + step, [&](char* at, std::size_t) {
      got = read_all(at + had, step);
      return had + step;
    });
    HANSA_CHECK(got);
  }
  return body;
}

Result<query::Hello> Process::greet() {
  HANSA_TRY(const Frame frame, receive({FrameKind::hello}));
  auto hello = query::decode_hello(frame.body);
  if (!hello || hello->protocol != 1) return misbehaved("a greeting of another kind");
  return hello;
}

Result<void> Process::send(FrameKind kind, std::string_view body) {
  if (body.size() > query::frame_body_max(kind))
    return exhausted("the query's plan is too large for a worker", "read fewer tables at once");
  const auto head = query::write_head(kind, body.size());
  return send_all(std::string(head.data(), head.size()).append(body));
}

Result<void> Process::send(FrameKind kind, std::string_view body, FrameKind next,
                           std::string_view next_body) {
  if (body.size() > query::frame_body_max(kind) || next_body.size() > query::frame_body_max(next))
    return exhausted("the query's plan is too large for a worker", "read fewer tables at once");
  const auto head = query::write_head(kind, body.size());
  const auto next_head = query::write_head(next, next_body.size());
  std::string bytes(head.data(), head.size());
  bytes.append(body).append(next_head.data(), next_head.size()).append(next_body);
  return send_all(bytes);
}

Result<void> Process::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(socket_.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return departed();
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<Frame> Process::receive(std::initializer_list<FrameKind> kinds) {
  std::array<char, query::kFrameHeadBytes> bytes{};
  HANSA_CHECK(read_all(bytes.data(), bytes.size()));
  const auto head = query::read_head(bytes);
  if (!head) return misbehaved(head.error().text);
  const bool wanted = std::ranges::find(kinds, head->kind) != kinds.end();
  const bool failed = head->kind == FrameKind::error || head->kind == FrameKind::broken;
  if (!wanted && !failed) return misbehaved("a frame that nobody waits for");
  const std::size_t ahead = head->kind == FrameKind::rows ? query::kRowsHeadBytes : 0;
  std::string front(std::min<std::size_t>(head->bytes, ahead), '\0');
  HANSA_CHECK(read_all(front.data(), front.size()));
  HANSA_TRY(std::string body, read_body(head->bytes - front.size()));
  if (!failed) return Frame{head->kind, std::move(body), std::move(front)};
  broken_ = broken_ || head->kind == FrameKind::broken;
  auto error = query::decode_error(body);
  if (!error || !is_utf8(error->text) || !is_utf8(error->next))
    return misbehaved("an error that cannot be read");
  return std::unexpected(*std::move(error));
}

}  // namespace hansa::engine
