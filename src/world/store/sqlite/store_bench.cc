// How fast the store loads and writes on this machine's disk: store_bench [FOLDER], or
// store_bench --use: only what a read leaves.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "base/scratch_test.h"
#include "base/time.h"
#include "world/store/sqlite/adapter.h"

namespace hansa::store {
namespace {

double seconds_since(std::int64_t start_us) {
  return static_cast<double>(steady_us() - start_us) / 1e6;
}

Commit commit_of(std::uint64_t first, std::size_t count, bool names) {
  Commit commit;
  for (std::uint64_t n = first; n < first + count; ++n) {
    commit.writes.push_back({"port", {n * 0x9E3779B97F4A7C15ULL, n}, std::string(500, 'x'), {}});
    if (names) commit.writes.back().names = {"port:domain/name" + std::to_string(n)};
  }
  commit.events.push_back({"made", {{2, 1}}, Time{1}, {1, first}, "port", std::string(200, 'd')});
  return commit;
}

void must(bool done) {
  if (!done) std::abort();
}

void load_rows(const std::string& folder) {
  {
    auto store = open_sqlite(folder);
    must(store.has_value());
    for (std::uint64_t n = 0; n < 100'000; n += 10'000)
      must((*store)->commit(commit_of(n, 10'000, true)).has_value());
  }
  auto start = steady_us();
  auto store = open_sqlite(folder);
  must(store.has_value());
  std::printf("open                         %8.3f s\n", seconds_since(start));
  for (int i = 0; i < 3; ++i) {
    start = steady_us();
    std::size_t bytes = 0;
    std::size_t rows = 0;
    must((*store)
             ->load([&](Row row) { bytes += row.body ? row.body->size() : 0, ++rows; })
             .has_value());
    std::printf("load %zu rows, %zu MB      %8.3f s\n", rows, bytes / 1'000'000,
                seconds_since(start));
  }
}

// Each thread commits `commits` times, `writes` rows at once.
void write_rows(Store& store, std::size_t threads, std::size_t commits, std::size_t writes) {
  static std::uint64_t next = 1'000'000;
  const std::uint64_t base = next;
  next += threads * commits * writes;
  std::vector<std::int64_t> waits(threads * commits);
  const auto start = steady_us();
  {
    std::vector<std::jthread> all;
    for (std::size_t t = 0; t < threads; ++t)
      all.emplace_back([&, t] {
        for (std::size_t c = 0; c < commits; ++c) {
          Commit commit = commit_of(base + (t * commits + c) * writes, writes, false);
          const auto begun = steady_us();
          must(store.commit(std::move(commit)).has_value());
          waits[t * commits + c] = steady_us() - begun;
        }
      });
  }
  const double took = seconds_since(start);
  std::ranges::sort(waits);
  std::printf(
      "%2zu threads x %3zu writes: %9.0f commits/s %9.0f writes/s, p50 %6.2f ms, p99 %6.2f ms\n",
      threads, writes, static_cast<double>(threads * commits) / took,
      static_cast<double>(threads * commits * writes) / took,
      static_cast<double>(waits[waits.size() / 2]) / 1e3,
      static_cast<double>(waits[waits.size() * 99 / 100]) / 1e3);
}

void write_records(Store& store, std::size_t count) {
  const auto start = steady_us();
  std::unique_ptr<Ticket> last;
  for (std::size_t n = 0; n < count;) {
    auto ticket =
        store.record({"read", {{1, n % 100}}, Time{1}, {2, n % 1000}, std::string(300, 'r')});
    if (!ticket) {
      must(last->durable().has_value());
      continue;
    }
    last = *std::move(ticket);
    ++n;
  }
  must(last->durable().has_value());
  std::printf("records: %9.0f /s\n", static_cast<double>(count) / seconds_since(start));
  const auto verify = steady_us();
  must(store.verify_chain().has_value());
  std::printf("verify the chain             %8.3f s\n", seconds_since(verify));
}

double cpu_s() {
  rusage used{};
  must(::getrusage(RUSAGE_SELF, &used) == 0);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

// Reads as queries leave them, one behind the other on each thread: a record that is written at
// once, or a count that is waited for and a record that goes with the next one.
double cpu_of_a_read(Store& store, std::size_t threads, std::size_t reads, bool counts) {
  const double before = cpu_s();
  {
    std::vector<std::jthread> all;
    for (std::size_t t = 0; t < threads; ++t)
      all.emplace_back([&, t] {
        for (std::size_t n = 0; n < reads; ++n) {
          Record record{"read", {{1, t}}, Time{1}, {2, n % 10}, std::string(700, 'r')};
          record.patient = counts;
          std::unique_ptr<Ticket> waited;
          if (counts) {
            Use use{PortId{{2, n % 10}},        {{1, t}}, {},
                    {"day", "market", "plays"}, Time{1},  "client"};
            waited = *store.count({{std::move(use)}});
            must(waited->durable().has_value());
            must(store.record(std::move(record)).has_value());
          } else {
            waited = *store.record(std::move(record));
            must(waited->durable().has_value());
          }
        }
      });
  }
  return (cpu_s() - before) * 1e6 / static_cast<double>(threads * reads);
}

void count_reads(Store& store, std::size_t threads, std::size_t reads) {
  std::vector<double> without, with;
  for (int round = 0; round < 5; ++round) {
    without.push_back(cpu_of_a_read(store, threads, reads, false));
    with.push_back(cpu_of_a_read(store, threads, reads, true));
  }
  std::ranges::sort(without);
  std::ranges::sort(with);
  std::printf("%2zu threads: a read's record takes %6.1f us of CPU, with its count %6.1f us\n",
              threads, without[2], with[2]);
}

}  // namespace
}  // namespace hansa::store

int main(int argc, char** argv) {
  const hansa::Scratch scratch;
  const bool use_only = argc > 1 && std::string_view(argv[1]) == "--use";
  const std::string folder = argc > 1 && !use_only ? argv[1] : scratch.path();
  if (!use_only) hansa::store::load_rows(folder + "/load");
  auto store = hansa::store::open_sqlite(folder + "/write");
  hansa::store::must(store.has_value());
  if (!use_only) {
    hansa::store::write_rows(**store, 1, 200, 1);
    hansa::store::write_rows(**store, 64, 200, 1);
    hansa::store::write_rows(**store, 1, 200, 100);
    hansa::store::write_rows(**store, 8, 100, 100);
    hansa::store::write_records(**store, 200'000);
  }
  hansa::store::count_reads(**store, 1, 500);
  hansa::store::count_reads(**store, 64, 100);
}
