// hansa-worker: the second program. It runs other people's SQL over other people's files and is
// therefore shut in before it does (sandbox.h). It is started by the server alone; its arguments
// are its options.
//
//   hansa-worker --seat FOLDER --memory BYTES --process-memory BYTES --spill BYTES --threads N
//                [--landlock-abi-max N]
//
// Descriptor 3 is the socket to the server. It says on standard error why it ends, if it is not
// because the server is gone.
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <span>
#include <string_view>

#include "base/text.h"
#include "worker/channel.h"
#include "worker/probe.h"
#include "worker/sandbox.h"
#include "worker/session.h"

namespace {

using namespace hansa;
using namespace hansa::worker;

struct Options {
  Sandbox sandbox;
  SessionOptions session;
};

Result<Options> read_options(std::span<char*> arguments) {
  Options options;
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    const std::string_view name = arguments[i];
    const std::string_view value = arguments[i + 1];
    if (name == "--seat") {
      options.sandbox.seat = value;
      continue;
    }
    HANSA_TRY(const std::int64_t number, parse_int(value));
    if (number < 0) return invalid("a negative option");
    const auto whole = static_cast<std::uint64_t>(number);
    if (name == "--memory") options.session.memory_bytes = whole;
    else if (name == "--process-memory") options.sandbox.memory_bytes = whole;
    else if (name == "--spill") options.sandbox.spill_bytes = options.session.spill_bytes = whole;
    else if (name == "--threads")
      options.sandbox.threads = options.session.threads = static_cast<std::uint32_t>(whole);
    else if (name == "--landlock-abi-max")
      options.sandbox.landlock_abi_max = static_cast<std::uint32_t>(whole);
    else return invalid("an unknown option");
  }
  if (options.sandbox.seat.empty())
    return invalid("hansa-worker is started by the server, not by hand");
  return options;
}

Result<void> work(std::span<char*> arguments, Channel& channel) {
  HANSA_TRY(const Options options, read_options(arguments));
  HANSA_TRY(Sealed sealed, enter(options.sandbox));
  HANSA_TRY(Database database, Database::open());
  HANSA_CHECK(seal(options.sandbox, sealed));
  HANSA_TRY(const std::uint32_t denials, prove(options.sandbox, sealed));
  Session session(channel, std::move(database), options.session);
  HANSA_CHECK(session.lock_down());
  const query::Hello hello{1, sealed.landlock_abi, denials, sealed.layers(), Database::version()};
  HANSA_CHECK(channel.send(query::FrameKind::hello, query::encode(hello)));
  return session.serve();
}

// Memory ran out where no statement can answer for it: the server tells this end from a crash.
[[noreturn]] void out_of_memory() { _exit(113); }

[[noreturn]] void terminated() {
  try {
    if (const auto what = std::current_exception()) std::rethrow_exception(what);
  } catch (const std::bad_alloc&) {
    out_of_memory();
  } catch (...) {
  }
  _exit(114);
}

}  // namespace

int main(int count, char** arguments) {
  // The server's end ends the worker: the thread that started this one lives as long as the server.
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  std::set_terminate(terminated);
  int type = 0;
  socklen_t size = sizeof type;
  if (getsockopt(3, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
    fputs("hansa-worker is started by the server, not by hand\n", stderr);
    return 64;
  }
  Channel channel(3);
  try {
    const auto done = work(std::span(arguments + 1, static_cast<std::size_t>(count - 1)), channel);
    if (done || done.error().text == "the server is gone") return 0;
    // Before it is ready nobody waits for anything but a greeting: the reason stands in its place.
    const auto told = channel.send(query::FrameKind::error, query::encode(done.error()));
    return told && channel.flush() ? 1 : 2;
  } catch (const std::bad_alloc&) {
    out_of_memory();
  } catch (const std::exception&) {
    return 114;
  }
}
