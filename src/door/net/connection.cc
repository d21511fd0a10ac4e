// Coroutines run on the I/O threads and end here: each connection has one that reads heads and
// writes answers, and during a turn a second one that reads the body ahead and watches for the
// client's leaving. Both stay on one thread, so nothing of a connection is locked.
#include "door/net/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <expected>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"
#include "base/time.h"
#include "door/net/head.h"
#include "door/net/message.h"
#include "door/net/path.h"
#include "door/net/turn.h"
#include "door/net/wire.h"

namespace hansa::net {

namespace {

// g++ 12 takes Asio's paired operators new and delete of coroutine frames for strangers once it has
// inlined one of them.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace asio = boost::asio;
using asio::awaitable;

// g++ 12 destroys a braced temporary within a co_await twice: one made by a function lives as it
// should.
Refusal refusal(int status, std::string detail, std::string next = {}) {
  return Refusal{status, std::move(detail), std::move(next)};
}

// An unread body up to this size is read and thrown away to keep the connection.
constexpr std::size_t kSkippedMax = 64 * 1024;

// Bytes of a body in memory before its handler runs, counted over all connections.
class Gathered {
 public:
  explicit Gathered(Shared& shared) : shared_(shared) {}
  Gathered(const Gathered&) = delete;
  Gathered& operator=(const Gathered&) = delete;
  ~Gathered() { shared_.gathered_bytes -= bytes_; }
  bool grow_to(std::size_t bytes) {
    const std::size_t more = bytes - bytes_;
    bytes_ = bytes;
    return shared_.gathered_bytes.fetch_add(more) + more <= shared_.options.gathered_bytes_max;
  }

 private:
  Shared& shared_;
  std::size_t bytes_ = 0;
};

class Talk : public Connection, public std::enable_shared_from_this<Talk> {
 public:
  Talk(int socket, bool is_v6, Lane& lane, Shared& shared)
      : wire_(socket, is_v6, lane, shared.options),
        peer_(wire_.peer()),
        lane_(lane),
        shared_(shared),
        news_(lane.context),
        room_(lane.context) {}

  awaitable<void> run();
  void check_deadlines() override;
  void cut() override;
  void retire() override;

 private:
  using Answered = std::expected<std::string, Refusal>;
  awaitable<bool> serve_one();
  awaitable<std::optional<Head>> read_head();
  awaitable<bool> serve(Head head);
  awaitable<Answered> gather(const Head& head, std::size_t bytes_max, Gathered& gathered);
  awaitable<bool> take_turn(const Handler& handler, Request request);
  awaitable<std::optional<Refusal>> await_first_bytes();
  awaitable<void> feed();
  awaitable<Got> feed_some();
  awaitable<Got> watch();
  awaitable<void> end_turn(bool answered);
  awaitable<bool> send_answer(Response response);
  awaitable<bool> send_whole(Response response);
  awaitable<bool> send_stream(const Response& response, std::string head);
  awaitable<bool> send_text(Response response);
  awaitable<void> refuse(Refusal refusal);
  awaitable<bool> skip_body();

  const Handler* find(const Head& head) const;
  Request request_of(Head& head) const;
  void move_body();
  void send_continue();
  void on_wake();
  void leave();
  std::function<void()> waker();
  bool closes() const { return !keep_ || shared_.draining; }

  Wire wire_;
  const std::string peer_;
  Lane& lane_;
  Shared& shared_;
  std::string pending_;  // arrived and not yet taken

  Signal news_;  // for the coroutine that answers
  Signal room_;  // for the one that feeds
  bool cut_ = false;
  bool resting_ = false;  // no request on its way
  bool keep_ = true;
  bool lingers_ = false;

  // The turn at hand.
  Framing framing_ = Framing::none();
  std::shared_ptr<Turn> turn_;
  std::shared_ptr<Inbound> inbound_;
  std::size_t skipped_bytes_ = 0;
  bool is_head_ = false;  // the answer has no body
  bool owes_continue_ = false;
  bool answering_ = false;
  bool feeding_ = false;
  bool turn_over_ = false;
  bool watched_by_tick_ = false;  // nothing more is read, so leaving is not noticed by reading
};

void Talk::check_deadlines() {
  wire_.check_deadlines();
  if (wire_.is_cut() && !cut_) return cut();
  if (!watched_by_tick_ || !turn_ || !wire_.has_left()) return;
  watched_by_tick_ = false;
  leave();
}

void Talk::leave() {
  if (turn_) turn_->gone();
  if (inbound_) inbound_->fail({Code::unavailable, "the client has gone", {}});
}

void Talk::cut() {
  if (std::exchange(cut_, true)) return;
  wire_.cut();
  leave();
  news_.notify();
  room_.notify();
}

void Talk::retire() {
  if (resting_) wire_.close();
}

// --- from the first byte to the answer ---

awaitable<void> Talk::run() {
  lane_.connections.insert(this);
  try {
    while (co_await serve_one()) continue;
    if (!cut_ && lingers_) co_await wire_.linger();
  } catch (const std::exception& thrown) {
    log(Level::error, "connection_failed", {{"what", thrown.what()}});
    cut();
  }
  wire_.close();
  lane_.connections.erase(this);
  std::lock_guard lock(shared_.mutex);
  --shared_.connections;
  shared_.left.notify_all();
}

awaitable<bool> Talk::serve_one() {
  std::optional<Head> head = co_await read_head();
  if (!head) co_return false;
  co_return co_await serve(*std::move(head));
}

awaitable<std::optional<Head>> Talk::read_head() {
  is_head_ = false;
  const ServerOptions& options = shared_.options;
  HeadScan scan({.bytes_max = options.header_bytes_max, .headers_max = options.headers_max});
  wire_.read_within(pending_.empty() ? options.idle_seconds : options.head_seconds);
  for (;;) {
    const auto end = scan.scan(pending_);
    if (!end) {
      co_await refuse(end.error());
      co_return std::nullopt;
    }
    if (*end) {
      wire_.read_in_peace();
      auto head = parse_head(std::string_view(pending_).substr(0, **end));
      pending_.erase(0, **end);
      if (head) co_return *std::move(head);
      co_await refuse(std::move(head).error());
      co_return std::nullopt;
    }
    resting_ = pending_.empty();
    if (resting_) pending_.shrink_to_fit();  // Whoever rests owns no buffer.
    if (resting_ && shared_.draining) co_return std::nullopt;
    const Got got = co_await wire_.receive(pending_, options.header_bytes_max);
    const bool rested = std::exchange(resting_, false);
    if (got == Got::late && !rested) {
      co_await refuse(refusal(408, "the head of the request took too long"));
    }
    if (got != Got::bytes) co_return std::nullopt;
    if (rested) wire_.read_within(options.head_seconds);
  }
}

const Handler* Talk::find(const Head& head) const {
  const Handler* handler = shared_.router(head.method, head.target.path);
  if (handler != nullptr || head.method != Method::head) return handler;
  return shared_.router(Method::get, head.target.path);
}

Request Talk::request_of(Head& head) const {
  Request request;
  request.method = head.method;
  request.path = std::move(head.target.path);
  request.query = std::move(head.target.query);
  request.headers = std::move(head.headers);
  request.peer = peer_;
  request.content_length = head.content_length;
  return request;
}

awaitable<bool> Talk::serve(Head head) {
  framing_ =
      head.chunked ? Framing::chunked() : Framing::of_length(head.content_length.value_or(0));
  is_head_ = head.method == Method::head;
  keep_ = head.keep_alive;
  owes_continue_ = head.expects_continue;
  skipped_bytes_ = 0;
  if (!is_local_host(head.host, shared_.options.hosts)) {
    co_await refuse(
        refusal(421, "this server does not answer to that host name",
                "Use the address it printed at its start, or add the name to its hosts."));
    co_return false;
  }
  const Handler* handler = find(head);
  if (handler == nullptr) {
    co_return co_await send_text(problem(404, "there is nothing at this address")) &&
        co_await skip_body();
  }
  Request request = request_of(head);
  Gathered gathered(shared_);
  inbound_ = nullptr;
  if (handler->body_bytes_max > 0) {
    auto body = co_await gather(head, handler->body_bytes_max, gathered);
    if (!body) {
      if (!cut_) co_await refuse(std::move(body).error());
      co_return false;
    }
    request.body = source_of(*std::move(body));
  } else if (handler->waits && framing_.state() == Framing::State::more) {
    inbound_ = std::make_shared<Inbound>(waker());
    request.body = Inbound::source(inbound_);
  } else {
    request.body = source_of({});
  }
  co_return co_await take_turn(*handler, std::move(request)) && co_await skip_body();
}

// --- the body ---

void Talk::send_continue() {
  if (!std::exchange(owes_continue_, false)) return;
  // The first bytes of an answer always fit; if they do not, something is very wrong with the
  // client.
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  if (!wire_.send_now(kContinue)) cut();
}

// Reads the whole body on this thread: however slowly it comes, no thread waits for it.
awaitable<Talk::Answered> Talk::gather(const Head& head, std::size_t bytes_max,
                                       Gathered& gathered) {
  const auto too_large = [&] {
    return std::unexpected(
        refusal(413, "the body is larger than " + human_bytes(bytes_max), "Send less at once."));
  };
  if (head.content_length.value_or(0) > bytes_max) co_return too_large();
  std::string body;
  while (framing_.state() == Framing::State::more) {
    std::string_view in = pending_;
    framing_.take(in, body, bytes_max + 1 - body.size());
    pending_.erase(0, pending_.size() - in.size());
    if (body.size() > bytes_max) co_return too_large();
    if (!gathered.grow_to(body.size())) {
      co_return std::unexpected(
          refusal(503, "too many bodies are arriving at once", "Try again in a second."));
    }
    if (framing_.state() != Framing::State::more) break;
    send_continue();
    wire_.read_at_rate();
    const Got got = co_await wire_.receive(pending_, limits::chunk_bytes);
    if (got == Got::late)
      co_return std::unexpected(refusal(408, "the body of the request took too long"));
    if (got != Got::bytes) {
      cut();
      co_return std::unexpected(refusal(400, "the client has gone"));
    }
  }
  wire_.read_in_peace();
  owes_continue_ = false;
  if (framing_.state() == Framing::State::broken) {
    co_return std::unexpected(refusal(400, "the chunks of the body are not well formed"));
  }
  co_return body;
}

void Talk::move_body() {
  std::string_view in = pending_;
  std::string out;
  const Framing::State state = framing_.take(in, out, inbound_->room());
  pending_.erase(0, pending_.size() - in.size());
  if (inbound_->is_dropped()) skipped_bytes_ += out.size();
  inbound_->push(std::move(out));
  if (state == Framing::State::done) inbound_->end();
  if (state == Framing::State::broken) {
    keep_ = false;
    inbound_->fail({Code::invalid, "the chunks of the body are not well formed", {}});
  }
}

// A streaming handler gets its thread once so much has arrived that the client is known to send.
// One that waits for "100 Continue" sends nothing until the handler asks.
awaitable<std::optional<Refusal>> Talk::await_first_bytes() {
  std::size_t arrived = 0;
  while (framing_.state() == Framing::State::more && !owes_continue_) {
    const std::size_t before = pending_.size();
    move_body();
    arrived += before - pending_.size();
    if (framing_.state() != Framing::State::more || arrived >= shared_.options.progress_bytes_min)
      break;
    wire_.read_at_rate();
    const Got got = co_await wire_.receive(pending_, limits::chunk_bytes);
    if (got == Got::late) co_return refusal(408, "the body of the request took too long");
    if (got != Got::bytes) {
      cut();
      break;
    }
  }
  wire_.read_in_peace();
  if (framing_.state() == Framing::State::broken) {
    co_return refusal(400, "the chunks of the body are not well formed");
  }
  co_return std::nullopt;
}

// --- the turn ---

std::function<void()> Talk::waker() {
  return [weak = weak_from_this(), executor = lane_.context.get_executor()] {
    asio::post(executor, [weak] {
      if (const auto self = weak.lock()) self->on_wake();
    });
  };
}

void Talk::on_wake() {
  if (inbound_ && inbound_->is_asked() && !answering_ && !turn_over_) send_continue();
  news_.notify();
  room_.notify();
}

awaitable<bool> Talk::take_turn(const Handler& handler, Request request) {
  if (inbound_) {
    if (auto refusal = co_await await_first_bytes()) {
      co_await refuse(*std::move(refusal));
      co_return false;
    }
    if (cut_) co_return false;
  }
  turn_ = std::make_shared<Turn>(std::move(request), handler, shared_.pool, waker());
  answering_ = turn_over_ = false;
  const bool slow_body = inbound_ != nullptr && framing_.state() == Framing::State::more;
  if (!handler.waits) {
    turn_->run_here();
  } else if (!turn_->run_on_pool(slow_body)) {
    turn_ = nullptr;
    Response busy =
        problem(503, "the server has as much to do as it can hold", "Try again in a second.");
    co_return co_await send_text(std::move(busy));
  }
  std::optional<Response> response = turn_->take_response();
  // An answer that is whole already needs nobody beside it.
  if (!response || response->body) {
    feeding_ = true;
    asio::co_spawn(
        lane_.context, [self = shared_from_this()] { return self->feed(); }, asio::detached);
  }
  while (!cut_ && !response) {
    co_await news_.wait();
    response = turn_->take_response();
  }
  const bool answered = !cut_ && response && co_await send_answer(*std::move(response));
  co_await end_turn(answered);
  co_return answered;
}

awaitable<void> Talk::end_turn(bool answered) {
  if (!answered) leave();
  turn_over_ = true;
  room_.notify();
  if (feeding_ && !cut_) wire_.interrupt();
  while (feeding_) co_await news_.wait();
  turn_ = nullptr;
  inbound_ = nullptr;
  wire_.read_in_peace();
  watched_by_tick_ = false;
}

// Runs beside the coroutine that answers: reads ahead, then watches for the client's leaving.
awaitable<void> Talk::feed() {
  Got got = Got::bytes;
  try {
    while (!turn_over_ && !cut_ && (got == Got::bytes || got == Got::interrupted)) {
      if (inbound_ && framing_.state() == Framing::State::more) {
        got = co_await feed_some();
      } else {
        got = co_await watch();
      }
    }
  } catch (const std::exception& thrown) {
    log(Level::error, "connection_failed", {{"what", thrown.what()}});
    got = Got::reset;
  }
  if (got == Got::late || got == Got::ended) keep_ = false;
  if (got == Got::late && inbound_) {
    inbound_->fail({Code::unavailable, "the body of the request took too long", {}});
    watched_by_tick_ = true;
  }
  if (got == Got::ended) leave();
  if (got == Got::reset) cut();
  feeding_ = false;
  news_.notify();
}

awaitable<Got> Talk::feed_some() {
  const bool skips_enough = inbound_->is_dropped() && skipped_bytes_ > kSkippedMax;
  if (inbound_->room() == 0 || skips_enough) {
    wire_.read_in_peace();  // It is not the client that is slow.
    watched_by_tick_ = true;
    co_await room_.wait();
    watched_by_tick_ = false;
    co_return Got::bytes;
  }
  if (!pending_.empty()) {
    move_body();
    co_return Got::bytes;
  }
  // Until the handler asks, a client that waits for "100 Continue" owes nothing.
  if (!owes_continue_) wire_.read_at_rate();
  co_return co_await wire_.receive(pending_, limits::chunk_bytes);
}

awaitable<Got> Talk::watch() {
  wire_.read_in_peace();
  if (pending_.size() < shared_.options.header_bytes_max) {
    co_return co_await wire_.receive(pending_, shared_.options.header_bytes_max);
  }
  watched_by_tick_ = true;  // Enough of the next requests is here.
  co_await room_.wait();
  watched_by_tick_ = false;
  co_return Got::bytes;
}

// --- the answer ---

awaitable<bool> Talk::send_answer(Response response) {
  answering_ = true;
  if (!response.cut.stop_possible()) co_return co_await send_whole(std::move(response));
  const auto held = std::move(response.held);
  // A revocation must wait neither for the client to read nor for this thread to look.
  const auto valve = std::make_shared<Valve>();
  const std::weak_ptr<Talk> weak = weak_from_this();
  const auto executor = lane_.context.get_executor();
  const std::stop_callback on_cut(response.cut, [valve, weak, executor] {
    valve->shut();
    asio::post(executor, [weak] {
      if (const auto self = weak.lock()) self->cut();
    });
  });
  wire_.send_through(valve);
  const bool sent = co_await send_whole(std::move(response));
  wire_.send_through(nullptr);
  if (valve->is_shut()) cut();
  co_return sent && !cut_;
}

awaitable<bool> Talk::send_whole(Response response) {
  if (response.body == nullptr) co_return co_await send_text(std::move(response));
  const bool bodiless = is_head_ || response.status == 204 || response.status == 304;
  const HeadStyle style{
      .date = lane_.date,
      .close = closes(),
      .chunked = !bodiless && !response.body_bytes,
      .content_length = response.status == 204 ? std::nullopt : response.body_bytes};
  std::string head = write_head(response, style);
  if (bodiless) co_return co_await wire_.send({head});
  co_return co_await send_stream(response, std::move(head));
}

awaitable<bool> Talk::send_stream(const Response& response, std::string head) {
  const bool chunked = !response.body_bytes;
  std::uint64_t left = response.body_bytes.value_or(0);
  for (;;) {
    const Turn::Piece piece = turn_->take_piece();
    const std::size_t size = piece.bytes.size();
    switch (piece.kind) {
      case Turn::Kind::later:
        co_await news_.wait();
        if (cut_) co_return false;
        break;
      case Turn::Kind::data: {
        if (!chunked && size > left) {
          cut();
          co_return false;
        }
        left -= chunked ? 0 : size;
        const std::string frame = chunked ? fmt::format("{:x}\r\n", size) : std::string();
        if (!co_await wire_.send({head, frame, piece.bytes, chunked ? "\r\n" : ""}))
          co_return false;
        head.clear();
        turn_->sent();
        break;
      }
      case Turn::Kind::end:
        if (left == 0) co_return co_await wire_.send({head, chunked ? "0\r\n\r\n" : ""});
        [[fallthrough]];  // Less than it promised.
      case Turn::Kind::failed: cut(); co_return false;
    }
  }
}

awaitable<bool> Talk::send_text(Response response) {
  const bool lengthless = response.status == 204 || response.status == 304;
  HeadStyle style{.date = lane_.date, .close = closes()};
  if (!lengthless) style.content_length = response.text.size();
  const std::string head = write_head(response, style);
  co_return co_await wire_.send(
      {head, is_head_ || lengthless ? std::string_view() : response.text});
}

awaitable<void> Talk::refuse(Refusal refusal) {
  keep_ = false;
  lingers_ = true;
  co_await send_text(problem(refusal.status, std::move(refusal.detail), std::move(refusal.next)));
}

// Whether the connection can take another request: what is left of this one's body must be read
// first.
awaitable<bool> Talk::skip_body() {
  while (framing_.state() == Framing::State::more) {
    lingers_ = true;
    const std::uint64_t left = framing_.left().value_or(0);
    // Whether a client that was never told to go on sends its body after all is unknown.
    if (owes_continue_ || closes() || skipped_bytes_ + left > kSkippedMax) co_return false;
    std::string_view in = pending_;
    std::string skipped;
    framing_.take(in, skipped, kSkippedMax);
    pending_.erase(0, pending_.size() - in.size());
    skipped_bytes_ += skipped.size();
    if (framing_.state() != Framing::State::more) break;
    wire_.read_at_rate();
    if (co_await wire_.receive(pending_, kSkippedMax) != Got::bytes) co_return false;
  }
  wire_.read_in_peace();
  lingers_ = framing_.state() == Framing::State::broken || !pending_.empty();
  co_return !closes() && framing_.state() == Framing::State::done;
}

}  // namespace

void Connection::start(int socket, bool is_v6, Lane& lane, Shared& shared) {
  // A server that stops first never calls this, and closes the socket all the same.
  asio::post(lane.context, [file = File(socket), is_v6, &lane, &shared]() mutable {
    const auto talk = std::make_shared<Talk>(file.release(), is_v6, lane, shared);
    asio::co_spawn(lane.context, [talk] { return talk->run(); }, asio::detached);
  });
}

}  // namespace hansa::net
