// One request's turn between two threads: the connection (on an I/O thread, which never waits) and
// the handler (on a pool thread, which may). It knows no socket. What arrives waits here until the
// handler pulls it, at most two chunks; what leaves waits here until the connection has sent it, at
// most two pieces. A thread is held while `next` of either body runs and at no other time.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/pool.h"
#include "base/result.h"
#include "base/stream.h"
#include "door/net/message.h"

namespace hansa::net {

// A body that is here already.
std::unique_ptr<Source> source_of(std::string bytes);

// The body that arrives. The connection pushes; the handler pulls and waits.
class Inbound {
 public:
  // `wake` is called, from the handler's thread, when the connection has reason to look again.
  explicit Inbound(std::function<void()> wake) : wake_(std::move(wake)) {}

  // --- for the connection ---
  // How much may be pushed now. After the handler has dropped its end everything may, and is
  // discarded.
  std::size_t room() const;
  void push(std::string bytes);
  void end();
  void fail(Error error);
  bool is_dropped() const;
  // The handler waits for a first byte: the moment for "100 Continue".
  bool is_asked() const;

  // --- for the handler ---
  static std::unique_ptr<Source> source(std::shared_ptr<Inbound> inbound);
  Result<std::optional<Chunk>> next(Want want);
  void drop();

 private:
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::string> chunks_;  // at most two
  std::optional<Error> failure_;
  bool ended_ = false;
  bool dropped_ = false;
  bool asked_ = false;
  std::function<void()> wake_;
};

class Turn : public std::enable_shared_from_this<Turn> {
 public:
  // `wake` may be called on any thread and returns at once.
  Turn(Request request, const Handler& handler, Pool& pool, std::function<void()> wake);

  // Answers on this thread. The answer is there when it returns, unless its body is streamed.
  void run_here();
  // False: refused, nothing will run. A body of which not all has arrived makes it bulk work.
  [[nodiscard]] bool run_on_pool(bool slow_body);

  // The client has gone: fires the stop token and lets nothing more be pulled.
  void gone();

  // The answer's head, once, when it is there and, if it has a body, the first piece with it.
  std::optional<Response> take_response();

  enum class Kind { later, data, end, failed };
  struct Piece {
    Kind kind = Kind::later;
    std::string bytes;
  };
  // The next piece of a streamed body. `sent` must follow each `data`: only then more is pulled.
  Piece take_piece();
  void sent();

 private:
  void answer();
  Response ask_handler();
  void ring();      // there may be more of a feed
  void pull();      // on a pool thread, one at a time
  bool pull_one();  // false: nothing more to pull now

  const Handler& handler_;
  Pool& pool_;
  std::function<void()> wake_;
  std::stop_source stop_;
  Request request_;  // as long as the turn: the answer's body may refer to it

  std::mutex mutex_;
  std::optional<Response> response_;
  bool ready_ = false;              // take_response may give it out
  std::unique_ptr<Source> source_;  // touched by whoever set pulling_
  Feed* feed_ = nullptr;            // the source, if it is one
  bool rung_ = false;
  std::deque<std::string> pieces_;
  std::size_t in_flight_ = 0;  // pieces_ and the one being sent
  bool pulling_ = false;
  bool ended_ = false;
  bool failed_ = false;
};

}  // namespace hansa::net
