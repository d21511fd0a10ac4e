#include "world/engine/lease.h"

#include <fmt/format.h>

#include <atomic>
#include <optional>

namespace hansa::engine {
namespace {

using query::Frame;
using query::FrameKind;

// How far a run has come; shared by the lease and the source, which may be dropped in any order.
struct Run {
  std::shared_ptr<Process> worker;
  std::atomic<bool> ended = false;   // the worker has said its last word about it
  std::atomic<bool> broken = false;  // it failed in a way after which the worker is not used again
};

// After these a worker is ended: it failed in a way nobody foresaw, or it reached a limit, and what
// it allocated on the way there stays with its process.
bool is_odd(const Error& error) {
  return error.code == Code::internal || error.code == Code::unavailable ||
         error.code == Code::exhausted;
}

// Pulls on their way to a worker whose pieces are large: it is never without one.
constexpr int kAhead = 2;

class WorkerRows : public Source {
 public:
  WorkerRows(std::shared_ptr<Run> run, std::shared_ptr<query::Counters> counters, int outstanding)
      : run_(std::move(run)),
        counters_(std::move(counters)),
        outstanding_(outstanding),
        asked_(outstanding > 0) {}
  ~WorkerRows() override {
    // What was bound and never asked for its rows does not run: the next question replaces it.
    if (!asked_) run_->ended = true;
    if (!run_->ended) run_->worker->kill(Ending::cut);
  }

  Result<std::optional<Chunk>> next(Want want) override {
    if (outstanding_ == 0 && !last_) HANSA_CHECK(pull(want));
    if (want.rows_max == 0 && large_ && outstanding_ < kAhead) HANSA_CHECK(pull(want));
    auto frame = run_->worker->receive({FrameKind::rows, FrameKind::end});
    if (!frame) return failed(std::move(frame).error());
    --outstanding_;
    if (frame->kind == FrameKind::end) return finish(frame->body);
    const auto head = query::decode_rows_head(frame->front);
    if (!head) return misbehaved();
    // Whoever limits rows wants no more ahead of time; of all others the worker is ahead, and
    // behind its last rows nothing is asked for.
    last_ = head->progress >= 1;
    large_ = !last_ && 2 * frame->body.size() >= want.bytes_max;
    if (want.rows_max == 0 && !last_) HANSA_CHECK(pull(want));
    counters_->move([&](query::Tally& tally) {
      tally.rows += head->rows;
      tally.bytes_out += frame->body.size();
      tally.bytes_scanned = head->bytes_scanned;
      tally.progress = head->progress;
    });
    return Chunk{std::move(frame->body), head->rows};
  }

 private:
  Result<void> pull(Want want) {
    ++outstanding_;
    asked_ = true;
    return run_->worker->send(FrameKind::pull, query::encode(want));
  }
  Result<std::optional<Chunk>> finish(const std::string& body) {
    if (!query::decode_tally(body)) return misbehaved();
    run_->ended = true;
    counters_->move([](query::Tally& tally) { tally.progress = 1; });
    return std::nullopt;
  }
  std::unexpected<Error> failed(Error error) {
    run_->broken = is_odd(error);
    run_->ended = true;
    return std::unexpected(std::move(error));
  }
  std::unexpected<Error> misbehaved() {
    run_->worker->kill(Ending::misbehaved);
    return failed({Code::unavailable, "the worker misbehaved and was ended", {}});
  }

  std::shared_ptr<Run> run_;
  std::shared_ptr<query::Counters> counters_;
  int outstanding_ = 0;  // pulls without an answer
  bool asked_ = false;   // for anything at all
  bool large_ = false;   // the piece before was; the next is likely to be
  bool last_ = false;    // the end follows by itself
};

class WorkerLease : public Lease {
 public:
  WorkerLease(std::shared_ptr<Process> worker, GiveBack give_back, std::stop_token stop)
      : worker_(std::move(worker)),
        give_back_(std::move(give_back)),
        cut_(std::in_place, std::move(stop),
             [worker = worker_.get()] { worker->kill(Ending::cut); }) {}

  ~WorkerLease() override {
    cut_.reset();
    const bool clean = !killed_ && !restricted_ && !broken_ && !worker_->is_broken() &&
                       (!run_ || (run_->ended && !run_->broken));
    if (!clean) worker_->kill(Ending::cut);
    const bool keep = !inspected_ && !leaves_nothing_ && !worker_->seat().has_copies();
    give_back_(std::move(worker_), !clean ? Back::end : keep ? Back::keep : Back::wipe);
  }

  Result<Tree> parse(std::string_view sql) override {
    if (sql.size() > limits::sql_bytes_max)
      return exhausted(fmt::format("the statement is larger than {} bytes", limits::sql_bytes_max),
                       "split it, or join with a table instead of listing values");
    if (const std::string* known = worker_->trees.find(sql)) return Tree{*known};
    worker_->doing = "parsing the statement";
    HANSA_TRY(Frame frame, ask(FrameKind::parse, sql, FrameKind::tree));
    worker_->trees.keep(sql, frame.body);
    return Tree{std::move(frame.body)};
  }

  Result<Opened> run(query::ClosedPlan closed, std::optional<Want> first) override {
    if (closed.inspection() || closed.conversion())
      return invalid("neither an inspection nor a conversion is a query");
    HANSA_CHECK(clear_last_run());
    restricted_ = restricted_ || closed.restricted();
    query::Plan plan = std::move(closed).take_plan();
    std::vector<query::PlanFile*> files;
    for (query::Relation& relation : plan.relations)
      for (query::PlanFile& file : relation.files) files.push_back(&file);
    HANSA_CHECK(worker_->seat().place(files));
    worker_->doing = "running the statement";
    run_ = std::make_shared<Run>();
    run_->worker = worker_;
    auto frame = ask(FrameKind::plan, query::encode(plan), FrameKind::bound, first);
    if (!frame) {
      run_->ended = true;
      return std::unexpected(std::move(frame).error());
    }
    auto bound = query::decode_bound(frame->body);
    if (!bound || !is_of(*bound, plan)) {
      worker_->kill(Ending::misbehaved);
      return unavailable("the worker misbehaved and was ended");
    }
    if (plan.reads) bound->reads = *std::move(plan.reads);
    auto counters = std::make_shared<query::Counters>();
    return Opened{*std::move(bound), std::make_unique<WorkerRows>(run_, counters, first ? 1 : 0),
                  counters};
  }

  Result<std::vector<query::Footer>> inspect(query::ClosedPlan closed) override {
    if (!closed.inspection()) return invalid("a query is not an inspection");
    HANSA_CHECK(clear_last_run());
    query::Inspection inspection = *closed.inspection();
    std::vector<query::PlanFile*> files;
    for (query::PlanFile& file : inspection.files) files.push_back(&file);
    HANSA_CHECK(worker_->seat().place(files));
    worker_->doing = inspection.files.empty() ? "reading footers"
                     : inspection.files.size() == 1
                         ? "reading " + inspection.files.front().label
                         : fmt::format("reading {} and {} more", inspection.files.front().label,
                                       inspection.files.size() - 1);
    inspected_ = true;
    HANSA_TRY(const Frame frame,
              ask(FrameKind::inspect, query::encode(inspection), FrameKind::footers));
    auto footers = query::decode_footers(frame.body);
    if (!footers || !is_of(*footers, inspection)) {
      broken_ = true;
      worker_->kill(Ending::misbehaved);
      return unavailable("the worker misbehaved and was ended");
    }
    return footers;
  }

  Result<std::unique_ptr<Source>> convert(query::ClosedPlan closed) override {
    if (!closed.conversion()) return invalid("this is no conversion");
    HANSA_CHECK(clear_last_run());
    query::Conversion conversion = *closed.conversion();
    query::PlanFile* const file = &conversion.file;
    HANSA_CHECK(worker_->seat().place({&file, 1}));
    worker_->doing = "converting " + conversion.file.label;
    restricted_ = true;  // it keeps what it was told to read as a function
    converts_ = true;
    run_ = std::make_shared<Run>();
    run_->worker = worker_;
    HANSA_CHECK(worker_->send(FrameKind::convert, query::encode(conversion), FrameKind::pull,
                              query::encode(Want{})));
    return std::make_unique<WorkerRows>(run_, std::make_shared<query::Counters>(), 1);
  }

  Result<Converted> converted() override {
    if (!std::exchange(converts_, false)) return invalid("nothing was converted");
    HANSA_CHECK(clear_last_run());
    HANSA_TRY(const Frame frame, ask(FrameKind::outcome, {}, FrameKind::converted));
    auto outcome = query::decode_converted(frame.body);
    if (!outcome) {
      worker_->kill(Ending::misbehaved);
      return unavailable("the worker misbehaved and was ended");
    }
    run_ = std::make_shared<Run>();
    run_->worker = worker_;
    return Converted{*std::move(outcome),
                     std::make_unique<WorkerRows>(run_, std::make_shared<query::Counters>(), 0)};
  }

  void leave_nothing() noexcept override { leaves_nothing_ = true; }

  void kill() noexcept override {
    killed_ = true;  // It may live for a moment still, and must not be given to anybody in it.
    worker_->kill(Ending::cut);
  }

 private:
  // `pull` follows the question at once, without waiting for the answer.
  Result<Frame> ask(FrameKind question, std::string_view body, FrameKind answer,
                    std::optional<Want> pull = {}) {
    auto frame = [&]() -> Result<Frame> {
      if (pull) {
        HANSA_CHECK(worker_->send(question, body, FrameKind::pull, query::encode(*pull)));
      } else {
        HANSA_CHECK(worker_->send(question, body));
      }
      return worker_->receive({answer});
    }();
    if (!frame) broken_ = broken_ || is_odd(frame.error());
    return frame;
  }

  Result<void> clear_last_run() {
    if (run_ && !run_->ended) return invalid("the last statement of this lease is still running");
    run_.reset();
    if (!std::exchange(inspected_, false)) return {};
    HANSA_CHECK(begin_wipe(*worker_));
    return settle(*worker_);
  }

  // A worker may say anything; what points into the plan must stay inside.
  static bool is_of(const query::Bound& bound, const query::Plan& plan) {
    for (const query::ReadColumns& read : bound.reads)
      if (read.relation >= plan.relations.size()) return false;
    return bound.columns.size() <= limits::columns_max;
  }
  static bool is_of(const std::vector<query::Footer>& footers,
                    const query::Inspection& inspection) {
    if (footers.size() != inspection.files.size()) return false;
    for (std::size_t i = 0; i < footers.size(); ++i)
      if (footers[i].label != inspection.files[i].label) return false;
    return true;
  }

  std::shared_ptr<Process> worker_;
  GiveBack give_back_;
  std::shared_ptr<Run> run_;
  std::atomic<bool> killed_ = false;
  bool restricted_ = false;
  bool broken_ = false;
  bool inspected_ = false;
  bool leaves_nothing_ = false;
  bool converts_ = false;
  // Gone before the worker is given back: a client that leaves later must not end somebody else's
  // query.
  std::optional<std::stop_callback<std::function<void()>>> cut_;
};

}  // namespace

std::unique_ptr<Lease> make_lease(std::shared_ptr<Process> worker, GiveBack give_back,
                                  std::stop_token stop) {
  return std::make_unique<WorkerLease>(std::move(worker), std::move(give_back), std::move(stop));
}

Result<void> begin_wipe(Process& worker) {
  worker.seat().clear();
  worker.trees.forget();
  worker.doing = "forgetting the last statement";
  return worker.send(FrameKind::wipe, {});
}

Result<void> settle(Process& worker) {
  HANSA_TRY(const Frame frame, worker.receive({FrameKind::wiped}));
  return {};
}

}  // namespace hansa::engine
