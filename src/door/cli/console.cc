#include "door/cli/console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

namespace hansa::cli {
namespace {

// Gathered before it is written: a table of a thousand rows is a few system calls, not a thousand.
constexpr std::size_t kBufferBytes = 64 * 1024;

std::atomic<bool> stopped = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void stop(int) {
  // A second Ctrl-C ends the process at once: the first may wait for a server that hangs.
  if (stopped.exchange(true)) _exit(130);
}

void catch_signals() {
  struct sigaction action{};
  action.sa_handler = stop;  // Without SA_RESTART, so that a read of the terminal ends.
  sigaction(SIGINT, &action, nullptr);
  // A reader that went away is an error of write(), not the end of the process.
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
}

// Switches the echo of a terminal off while it lives.
class Silence {
 public:
  explicit Silence(bool wanted) : wanted_(wanted && tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!wanted_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (wanted_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool wanted_;
};

class ProcessConsole : public Console {
 public:
  explicit ProcessConsole(bool catches) {
    if (catches) catch_signals();
  }
  ~ProcessConsole() override { (void)flush(); }

  Result<void> out(std::string_view bytes) override {
    buffer_ += bytes;
    if (buffer_.size() >= kBufferBytes) return flush();
    return {};
  }

  void err(std::string_view text) override {
    (void)flush();
    (void)write_all(STDERR_FILENO, text);
  }

  Result<void> flush() override {
    const std::string waiting = std::exchange(buffer_, {});
    if (gone_) return unavailable("nobody reads the output any more");
    return write_all(STDOUT_FILENO, waiting);
  }

  bool reader_gone() const override { return gone_; }
  bool out_is_terminal() const override { return isatty(STDOUT_FILENO) == 1; }
  bool err_is_terminal() const override { return isatty(STDERR_FILENO) == 1; }
  bool in_is_terminal() const override { return isatty(STDIN_FILENO) == 1; }

  std::size_t columns() const override {
    winsize size{};
    if (!out_is_terminal() || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
  }

  Result<std::string> read_all(std::size_t bytes_max) override {
    std::string all;
    for (;;) {
      HANSA_TRY(const std::string piece, read_some());
      if (piece.empty()) return all;
      all += piece;
      if (all.size() > bytes_max) return exhausted("standard input is too large");
    }
  }

  Result<std::string> ask(std::string_view question, bool secret) override {
    if (!in_is_terminal()) return invalid("there is no terminal to ask at");
    err(question);
    const Silence silence(secret);
    std::string line;
    while (!line.ends_with('\n')) {
      auto piece = read_some();
      if (!piece || piece->empty()) break;
      line += *piece;
    }
    if (secret || !line.ends_with('\n')) err("\n");
    if (interrupted()) return unavailable("interrupted");
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    if (line.empty()) return invalid("nothing was typed");
    return line;
  }

  bool interrupted() const override { return stopped.load(); }
  void resume() override { stopped = false; }

 private:
  Result<void> write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
      if (written >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EAGAIN) {  // Somebody made the terminal non-blocking.
        pollfd ready{descriptor, POLLOUT, 0};
        ::poll(&ready, 1, 1000);
      } else if (errno != EINTR || stopped) {
        gone_ = gone_ || (errno == EPIPE && descriptor == STDOUT_FILENO);
        return unavailable(std::string("the output cannot be written: ") + std::strerror(errno));
      }
    }
    return {};
  }

  static Result<std::string> read_some() {
    std::string piece(kBufferBytes, '\0');
    for (;;) {
      const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
      if (got >= 0) {
        piece.resize(static_cast<std::size_t>(got));
        return piece;
      }
      if (errno != EINTR || stopped)
        return unavailable(std::string("standard input cannot be read: ") + std::strerror(errno));
    }
  }

  std::string buffer_;
  bool gone_ = false;
};

}  // namespace

std::unique_ptr<Console> open_console(bool catches) {
  return std::make_unique<ProcessConsole>(catches);
}

}  // namespace hansa::cli
