#include "door/net/turn.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/limits.h"
#include "base/log.h"

namespace hansa::net {

namespace {

// One is being worked on while the other is on its way.
constexpr std::size_t kChunksMax = 2;

class TextSource : public Source {
 public:
  explicit TextSource(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::optional<Chunk>> next(Want want) override {
    if (at_ == bytes_.size()) return std::nullopt;
    if (at_ == 0 && (want.bytes_max == 0 || bytes_.size() <= want.bytes_max)) {
      return Chunk{.bytes = std::exchange(bytes_, {})};  // at_ is 0, the new size: the end.
    }
    Chunk piece{.bytes =
                    bytes_.substr(at_, want.bytes_max == 0 ? std::string::npos : want.bytes_max)};
    at_ += piece.bytes.size();
    return piece;
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

class InboundSource : public Source {
 public:
  explicit InboundSource(std::shared_ptr<Inbound> inbound) : inbound_(std::move(inbound)) {}
  ~InboundSource() override { inbound_->drop(); }
  Result<std::optional<Chunk>> next(Want want) override { return inbound_->next(want); }

 private:
  std::shared_ptr<Inbound> inbound_;
};

}  // namespace

std::unique_ptr<Source> source_of(std::string bytes) {
  return std::make_unique<TextSource>(std::move(bytes));
}

std::unique_ptr<Source> Inbound::source(std::shared_ptr<Inbound> inbound) {
  return std::make_unique<InboundSource>(std::move(inbound));
}

std::size_t Inbound::room() const {
  std::lock_guard lock(mutex_);
  return dropped_ || chunks_.size() < kChunksMax ? limits::chunk_bytes : 0;
}

void Inbound::push(std::string bytes) {
  {
    std::lock_guard lock(mutex_);
    if (dropped_ || bytes.empty()) return;
    // Trickles become one chunk, so that two chunks are a bound on memory and not on bytes.
    if (!chunks_.empty() && chunks_.back().size() + bytes.size() <= limits::chunk_bytes) {
      chunks_.back() += bytes;
    } else {
      chunks_.push_back(std::move(bytes));
    }
  }
  arrived_.notify_one();
}

void Inbound::end() {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
  }
  arrived_.notify_one();
}

void Inbound::fail(Error error) {
  {
    std::lock_guard lock(mutex_);
    if (!ended_ && !failure_) failure_ = std::move(error);
  }
  arrived_.notify_one();
}

bool Inbound::is_dropped() const {
  std::lock_guard lock(mutex_);
  return dropped_;
}

bool Inbound::is_asked() const {
  std::lock_guard lock(mutex_);
  return asked_;
}

void Inbound::drop() {
  {
    std::lock_guard lock(mutex_);
    dropped_ = true;
    chunks_.clear();
  }
  wake_();
}

Result<std::optional<Chunk>> Inbound::next(Want want) {
  Chunk chunk;
  bool full = false;
  {
    std::unique_lock lock(mutex_);
    if (!asked_ && chunks_.empty()) {
      asked_ = true;
      lock.unlock();
      wake_();
      lock.lock();
    }
    arrived_.wait(lock, [&] { return !chunks_.empty() || ended_ || failure_; });
    if (chunks_.empty()) {
      if (failure_) return std::unexpected(*failure_);
      return std::nullopt;
    }
    full = chunks_.size() == kChunksMax;
    std::string& front = chunks_.front();
    if (want.bytes_max != 0 && front.size() > want.bytes_max) {
      chunk.bytes = front.substr(0, want.bytes_max);
      front.erase(0, want.bytes_max);
      return chunk;  // The place of the chunk is still taken.
    }
    chunk.bytes = std::move(front);
    chunks_.pop_front();
  }
  if (full) wake_();
  return chunk;
}

// --- the turn ---

Turn::Turn(Request request, const Handler& handler, Pool& pool, std::function<void()> wake)
    : handler_(handler), pool_(pool), wake_(std::move(wake)), request_(std::move(request)) {
  request_.stop = stop_.get_token();
}

void Turn::run_here() { answer(); }

bool Turn::run_on_pool(bool slow_body) {
  const Pool::Class which = slow_body          ? Pool::Class::bulk
                            : handler_.control ? Pool::Class::control
                                               : Pool::Class::interactive;
  return pool_.submit(which, [self = shared_from_this()] { self->answer(); });
}

Response Turn::ask_handler() {
  if (stop_.stop_requested()) return problem(503, "the client has gone");  // Nobody will read it.
  try {
    Response response = handler_.answer(request_);
    if (is_writable(response)) return response;
    log(Level::error, "answer_not_writable",
        {{"path", request_.path}, {"status", std::to_string(response.status)}});
  } catch (const std::exception& thrown) {
    log(Level::error, "handler_threw", {{"path", request_.path}, {"what", thrown.what()}});
  }
  return problem(500, "something went wrong in the server",
                 "The server's log says more; please report it.");
}

void Turn::answer() {
  Response response = ask_handler();
  request_.body.reset();  // What the handler did not pull or keep may be discarded.
  std::unique_ptr<Source> source = std::move(response.body);
  const bool bodiless =
      request_.method == Method::head || response.status == 204 || response.status == 304;
  const bool streams = source != nullptr;
  if (bodiless) source.reset();
  {
    std::lock_guard lock(mutex_);
    response_ = std::move(response);
    // Keeps a streamed answer apart from an empty one: its length is not known to be 0.
    if (streams) response_->body = source_of({});
    source_ = std::move(source);
    feed_ = dynamic_cast<Feed*>(source_.get());
    pulling_ = source_ != nullptr;
    ended_ = ready_ = source_ == nullptr;
  }
  if (!streams || bodiless) {
    if (handler_.waits) wake_();  // Else the connection itself called, and looks when this returns.
    return;
  }
  if (handler_.waits) return pull();
  pool_.resume(Pool::Class::interactive, [self = shared_from_this()] { self->pull(); });
}

void Turn::ring() {
  {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    // Whoever pulls looks again; what is on its way goes first.
    if (pulling_ || source_ == nullptr || in_flight_ >= kChunksMax) return;
    pulling_ = true;
  }
  pool_.resume(Pool::Class::interactive, [self = shared_from_this()] { self->pull(); });
}

bool Turn::pull_one() {
  Result<std::optional<Chunk>> got = std::nullopt;
  if (feed_ != nullptr) {
    {
      const std::lock_guard lock(mutex_);
      rung_ = false;
    }
    feed_->when([turn = weak_from_this()] {
      if (const auto self = turn.lock()) self->ring();
    });
  }
  if (stop_.stop_requested()) {
    got = unavailable("the client has gone");
  } else {
    try {
      got = source_->next({.rows_max = 0, .bytes_max = limits::chunk_bytes});
    } catch (const std::exception& thrown) {
      log(Level::error, "body_threw", {{"path", request_.path}, {"what", thrown.what()}});
      got = fail(Code::internal, "something went wrong in the server");
    }
  }
  std::unique_ptr<Source> spent;  // Dies here, on a thread that may wait, after the lock.
  std::lock_guard lock(mutex_);
  if (got && *got) {
    if (!(*got)->bytes.empty()) {
      pieces_.push_back(std::move((*got)->bytes));
      ++in_flight_;
      ready_ = true;
    }
    // A client that has gone meanwhile sends nothing more: go on once more, to drop the source.
    const bool quiet = feed_ != nullptr && (*got)->bytes.empty() && !rung_;
    pulling_ = (in_flight_ < kChunksMax && !quiet) || stop_.stop_requested();
    return pulling_;
  }
  spent = std::move(source_);
  ended_ = true;
  pulling_ = false;
  if (!got && !ready_) {
    response_ = problem(status_of(got.error().code), std::move(got.error().text),
                        std::move(got.error().next));
  } else if (!got) {
    failed_ = true;
  }
  ready_ = true;
  return false;
}

void Turn::pull() {
  while (pull_one()) {
    wake_();
    if (pool_.waiting(Pool::Class::interactive) == 0) continue;
    // Others wait for a thread: a stream takes its turn behind them.
    return pool_.resume(Pool::Class::interactive, [self = shared_from_this()] { self->pull(); });
  }
  wake_();
}

std::optional<Response> Turn::take_response() {
  std::lock_guard lock(mutex_);
  if (!ready_ || !response_) return std::nullopt;
  return std::exchange(response_, std::nullopt);
}

Turn::Piece Turn::take_piece() {
  std::lock_guard lock(mutex_);
  if (!pieces_.empty()) {
    Piece piece{Kind::data, std::move(pieces_.front())};
    pieces_.pop_front();
    return piece;
  }
  if (failed_) return {Kind::failed, {}};
  return {ended_ ? Kind::end : Kind::later, {}};
}

void Turn::sent() {
  {
    std::lock_guard lock(mutex_);
    HANSA_ASSERT(in_flight_ > 0);
    --in_flight_;
    if (pulling_ || ended_) return;
    pulling_ = true;
  }
  pool_.resume(Pool::Class::interactive, [self = shared_from_this()] { self->pull(); });
}

void Turn::gone() {
  stop_.request_stop();
  {
    std::lock_guard lock(mutex_);
    in_flight_ -= pieces_.size();
    pieces_.clear();
    // Whoever pulls sees the token; otherwise the source is dropped on a thread that may wait.
    if (pulling_ || source_ == nullptr) return;
    pulling_ = true;
  }
  pool_.resume(Pool::Class::interactive, [self = shared_from_this()] { self->pull(); });
}

}  // namespace hansa::net
