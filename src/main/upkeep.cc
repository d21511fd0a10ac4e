#include "main/upkeep.h"

#include "base/keeping_limits.h"
#include "base/log.h"
#include "world/store/anchor.h"

namespace hansa {
namespace {

constexpr Micros kAnchorEvery = std::chrono::seconds(60);
constexpr Micros kDay = std::chrono::hours(24);

}  // namespace

Result<void> Upkeep::round() {
  const Time now = clock_.now();
  if (auto noted = store_.set_fact("clock", to_text(now)); !noted) {
    // A full disk or queue passes; a store that cannot be trusted any more does not.
    log(Level::error, "the store does not take the time", {{"why", noted.error().text}});
    if (noted.error().code != Code::exhausted) return noted;
  }
  (void)store_.forget(now);
  if (auto done = store_.drop_texts(now - config_.query_text_days * kDay); !done)
    log(Level::warning, "old query texts were not dropped", {{"why", done.error().text}});
  if (auto done = store_.drop_uses(store::hour_of(now - limits::use_kept)); !done)
    log(Level::warning, "old counts of use were not dropped", {{"why", done.error().text}});
  if (now - anchored_ < kAnchorEvery) return {};
  anchored_ = now;
  anchor();
  return {};
}

void Upkeep::anchor() {
  const auto head = store_.audit_head();
  if (!head || head->number == 0) return;
  if (auto done = store::write_anchor(config_.data + "/audit", *head, clock_.now()); !done)
    log(Level::warning, "the audit was not anchored", {{"why", done.error().text}});
}

Result<Time> clock_floor(store::Store& store) {
  HANSA_TRY(const auto text, store.fact("clock"));
  return text ? parse_time(*text) : Result<Time>(Time{});
}

Result<void> fit_to_serve(const store::Watched& store, const engine::Pool& engine) {
  if (const auto writable = store.writable(); !writable)
    return unavailable("the store cannot be written: " + writable.error().text,
                       "make room on the disk, or look at the server's log");
  if (const auto health = engine.health(); !health)
    return unavailable("no worker starts: " + health.error().text,
                       "hansa-worker and lib/libduckdb.so must lie beside hansa; the server's log "
                       "says what a worker misses");
  return {};
}

void add_figures(http::MetricsText& out, const store::Watched& store, const engine::Pool& engine) {
  const store::Watched::Figures& figures = store.figures();
  out.histogram("commit_seconds", "Until a commit is durable.", figures.commits);
  out.counter("commit_conflicts_total", "Commits that met another and were made anew.",
              figures.conflicts.load());
  out.counter("store_failures_total", "Writes that the disk did not take.",
              figures.failures.load());
  out.counter("audit_records_total", "Decisions, reads and sign-ins recorded since the start.",
              figures.records.load());
  out.counter("reads_counted_total", "Reads of consumers counted since the start.",
              figures.uses.load());
  if (const auto head = const_cast<store::Watched&>(store).audit_head())
    out.gauge("audit_lines", "Lines of the audit.", head->number);
  const engine::PoolCounts counts = engine.counts();
  out.family("workers", "Worker processes, by what they do.", "gauge");
  out.line("workers", "state=\"starting\"", counts.starting);
  out.line("workers", "state=\"idle\"", counts.idle);
  out.line("workers", "state=\"leased\"", counts.leased);
  out.gauge("queries_waiting", "Queries that wait for a worker.", counts.waiting);
  out.counter("workers_started_total", "Worker processes started.", counts.started);
  out.counter("workers_died_total", "Worker processes that ended by themselves.", counts.died);
}

}  // namespace hansa
