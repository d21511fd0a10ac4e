#include "main/serve.h"

#include <fmt/format.h>
#include <malloc.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>

#include "base/file.h"
#include "base/log.h"
#include "base/seal.h"
#include "door/http/http.h"
#include "main/engine.h"
#include "main/founding.h"
#include "main/measuring.h"
#include "main/notices.h"
#include "main/premises.h"
#include "main/restored.h"
#include "main/sweeping.h"
#include "main/timetable.h"
#include "main/upkeep.h"
#include "main/use_ranks.h"
#include "main/version.h"
#include "service/authority/follow.h"
#include "service/authority/running.h"
#include "service/authority/sign_ins.h"
#include "service/backup.h"
#include "service/replay.h"
#include "service/step/copies.h"
#include "service/step/tables.h"
#include "world/object/local/local.h"
#include "world/store/sqlite/adapter.h"
#include "world/world.h"

namespace hansa {
namespace {

constexpr int kDrainSeconds = 5;
constexpr std::size_t kJobThreads = 64;
constexpr Micros kClockEvery = std::chrono::seconds(5);

enum class Phase { starting, serving, stopping };

// Everything of a running server, in the order of construction; it goes down in the reverse one.
struct Server {
  explicit Server(const Config& config) : running(limits_of(config)), rules(rules_of(config)) {}
  std::atomic<Phase> phase = Phase::starting;
  std::unique_ptr<store::Watched> store;
  std::unique_ptr<object::ObjectStore> objects;
  std::unique_ptr<StoryClock> clock;
  std::unique_ptr<Sealer> sealer;
  std::unique_ptr<engine::Pool> engine;
  std::unique_ptr<World> world;
  service::Live live;
  service::Running running;
  const service::HouseRules rules;
  service::SignIns sign_ins;
  service::Tables tables;
  std::unique_ptr<service::VisibleCopies> copies;
  std::unique_ptr<service::Backups> backups;
  std::unique_ptr<service::Follower> follower;
  std::unique_ptr<Timetable> timetable;
  std::unique_ptr<Sweeping> sweeping;
  std::unique_ptr<UseRanks> use_ranks;
  std::unique_ptr<Measuring> measuring;
  std::unique_ptr<Notices> notices;
  std::unique_ptr<http::House> house;
  std::unique_ptr<http::Routes> routes;
  std::unique_ptr<net::Server> door;
};

// SIGTERM and SIGINT arrive in a descriptor; threads started later inherit the mask.
File block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return File{::signalfd(-1, &set, SFD_CLOEXEC)};
}

Result<void> open_world(Server& s, const Config& config, Micros behind) {
  HANSA_CHECK(make_folders(config.data));
  if (::chmod(config.data.c_str(), 0700) != 0)
    return system_error("protecting the data directory", errno);
  HANSA_CHECK(make_folders(config.data + "/secrets"));
  HANSA_CHECK(make_folders(config.data + "/audit"));
  HANSA_TRY(auto opened,
            store::open_sqlite(config.data + "/store", {.anchor_folder = config.data + "/audit"}));
  s.store = std::make_unique<store::Watched>(std::move(opened));
  HANSA_TRY(s.objects, object::open_local(config.data + "/objects"));
  HANSA_TRY(const Time floor, clock_floor(*s.store));
  s.clock = std::make_unique<StoryClock>(floor, floor ? Micros{} : behind);
  HANSA_TRY(Sealer sealer, Sealer::from_file(config.data + "/secrets/seal.key"));
  s.sealer = std::make_unique<Sealer>(std::move(sealer));
  HANSA_TRY(s.notices, Notices::open(config, *s.sealer));
  return {};
}

// After the mesh, which two threads load: heaps are few (main.cc) and go to the first threads that
// want memory. Beside the engine's threads both may have one, and wait for each other a million
// times.
Result<void> open_workers(Server& s, const Config& config) {
  HANSA_TRY(s.engine, open_engine(config, *s.clock));
  // After the engine, whose sweep of the run folder takes the copies of an earlier run along.
  HANSA_TRY(auto copied, object::open_local(config.data + "/run/visible"));
  HANSA_TRY(s.copies, service::VisibleCopies::open(std::move(copied), s.sealer->derive("visible"),
                                                   s.live, s.running));
  s.world = std::make_unique<World>(World{*s.store, *s.objects, *s.engine});
  return {};
}

Result<void> open_mesh(Server& s) {
  HANSA_CHECK(s.live.load(*s.store));
  // The holes that loading leaves between nouns: for the most part nothing else would fill them.
  ::malloc_trim(0);
  for (const std::string& bucket : s.live.read([](const service::View& view) {
         std::vector<std::string> out;
         for (const auto& [id, entry] : view.mesh.all<Account>()) out.push_back(entry.noun->bucket);
         return out;
       }))
    HANSA_CHECK(s.objects->make_bucket(bucket));
  s.follower = std::make_unique<service::Follower>(
      *s.store, s.live, s.running, *s.clock, [](const Error& why) {
        // Memory and store have parted: what is refused or allowed from here on would be a guess.
        log(Level::error, "the mesh cannot be kept in step", {{"why", why.text}});
        std::_Exit(70);
      });
  return {};
}

Result<void> readiness(const Server& s) {
  if (s.phase == Phase::serving) return fit_to_serve(*s.store, *s.engine);
  return unavailable(
      s.phase == Phase::starting ? "the server is starting" : "the server is stopping",
      "try again in a moment");
}

Result<std::string> open_door(Server& s, const Config& config) {
  HANSA_TRY(const Listen listen, parse_listen(config.listen));
  s.backups = std::make_unique<service::Backups>(backed_up(config.data));
  s.house = std::make_unique<http::House>(http::House{
      s.live, *s.world, s.running, s.tables, *s.copies, *s.sealer, s.sign_ins, *s.clock, *s.backups,
      s.rules, s.notices->post(), s.notices->mailbox(), kVersion, [&s] { return readiness(s); },
      [&s](http::MetricsText& out) { add_figures(out, *s.store, *s.engine); },
      looking_around(config.data, *s.clock)});
  s.routes = std::make_unique<http::Routes>(*s.house);
  http::add_all(*s.routes);
  net::ServerOptions options;
  // More threads than queries can hold while they wait for a worker or stream: the rest is for
  // everybody else.
  options.job_threads = kJobThreads;
  options.address = listen.address;
  options.port = listen.port;
  options.hosts = config.hosts;
  HANSA_TRY(s.door, net::Server::start(options, http::router(*s.routes)));
  const std::string host =
      listen.address.contains(':') ? "[" + listen.address + "]" : listen.address;
  const std::string url = fmt::format("http://{}:{}", host, s.door->port());
  const std::string endpoints = to_text(Json{Json::Object{{"http", url}}}) + "\n";
  HANSA_CHECK(write_file_atomically(config.data + "/endpoints.json", endpoints, 0644));
  return url;
}

void close(Server& s, const Config& config) {
  s.phase = Phase::stopping;
  // Only what this server wrote: one that could not open its store leaves the other's.
  if (s.door) ::unlink((config.data + "/endpoints.json").c_str());
  s.live.bells().close();
  if (s.door) s.door->drain(kDrainSeconds);
  s.running.cut_all({Code::unavailable, "the server is stopping", "try again in a moment"});
  s.door.reset();
  s.timetable.reset();
  s.sweeping.reset();
  s.use_ranks.reset();
  s.measuring.reset();
  s.notices.reset();
  if (!s.store || !s.clock) return;
  (void)s.store->set_fact("clock", to_text(s.clock->now()));
  Upkeep(*s.store, *s.clock, config).anchor();
}

// Waits for a signal, and looks after the house meanwhile.
Result<void> wait(Server& s, const Config& config, const File& signals) {
  Upkeep upkeep(*s.store, *s.clock, config);
  for (;;) {
    signalfd_siginfo info{};
    fd_set set;
    FD_ZERO(&set);
    FD_SET(signals.descriptor(), &set);
    timeval patience{.tv_sec = kClockEvery.count() / 1'000'000, .tv_usec = 0};
    const int ready = ::select(signals.descriptor() + 1, &set, nullptr, nullptr, &patience);
    if (ready > 0 && ::read(signals.descriptor(), &info, sizeof info) == sizeof info) return {};
    HANSA_CHECK(upkeep.round());
  }
}

Result<void> run(Server& s, const Config& config, Micros behind, const File& signals,
                 const std::function<Result<void>(const Serving&)>& ready) {
  HANSA_CHECK(open_world(s, config, behind));
  HANSA_CHECK(open_mesh(s));
  HANSA_CHECK(open_workers(s, config));
  HANSA_CHECK(note_restore(*s.store, *s.clock, config.data));
  HANSA_CHECK(try_worker(*s.engine, *s.clock));
  HANSA_TRY(const bool first, found_if_empty(s.live, *s.world, *s.sealer, *s.clock, config));
  if (!first) HANSA_CHECK(s.clock->set_behind({}));
  HANSA_TRY(const std::string url, open_door(s, config));
  s.timetable = std::make_unique<Timetable>(
      service::Shelves{s.live, *s.world, s.tables, *s.copies, *s.clock}, s.running);
  s.sweeping = std::make_unique<Sweeping>(service::Sweeper{
      s.live, *s.world, s.tables, *s.clock, [&s] { return s.backups->is_running(); }, s.rules});
  s.use_ranks = std::make_unique<UseRanks>(*s.store, s.live, *s.clock);
  s.measuring = std::make_unique<Measuring>(s.live, *s.world, *s.clock, s.rules);
  s.notices->start(s.live, s.store->outbox(), *s.clock,
                   [&s](PrincipalId who, const std::string& port, std::size_t max) {
                     return service::statements_of(
                         {s.live, *s.world, s.tables, *s.copies, *s.clock}, who, port, max);
                   });
  HANSA_CHECK(ready({.url = url, .data = config.data, .first_start = first, .clock = *s.clock}));
  HANSA_CHECK(s.clock->set_behind({}));
  s.phase = Phase::serving;
  return wait(s, config, signals);
}

}  // namespace

int serve(const Config& config, Micros behind,
          const std::function<Result<void>(const Serving&)>& ready) {
  const File signals = block_signals();
  Server server(config);
  const auto done = run(server, config, behind, signals, ready);
  close(server, config);
  if (done) return 0;
  fmt::print(stderr, "error: {}\n", done.error().text);
  if (!done.error().next.empty()) fmt::print(stderr, "  {}\n", done.error().next);
  return 1;
}

}  // namespace hansa
