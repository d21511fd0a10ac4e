// A whole server but for its doors: the fakes of the world, a follower, a clock that a test moves,
// and people.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/scratch_test.h"
#include "service/apply.h"
#include "service/authority/authenticate.h"
#include "service/authority/authorize.h"
#include "service/authority/commit.h"
#include "service/authority/follow.h"
#include "service/authority/running.h"
#include "service/credentials.h"
#include "service/people.h"
#include "world/engine/engine.h"
#include "world/object/memory/memory.h"
#include "world/store/memory/memory.h"

namespace hansa::service {

// An engine that reads footers only: every file has the schema the test says.
class FooterEngine : public engine::Engine {
 public:
  struct Lease : engine::Lease {
    explicit Lease(FooterEngine& engine) : engine(engine) {}
    Result<engine::Tree> parse(std::string_view) override { return unavailable("no SQL here"); }
    Result<engine::Opened> run(query::ClosedPlan, std::optional<Want>) override {
      return unavailable("no SQL here");
    }
    Result<std::vector<query::Footer>> inspect(query::ClosedPlan plan) override {
      ++engine.inspections;
      if (engine.refusal) return std::unexpected(*engine.refusal);
      std::vector<query::Footer> out;
      for (const auto& file : plan.inspection()->files)
        out.push_back(
            {.label = file.label, .rows = 10, .bytes = file.bytes, .schema = engine.schema});
      return out;
    }
    Result<std::unique_ptr<Source>> convert(query::ClosedPlan plan) override {
      engine.conversions.push_back(*plan.conversion());
      if (engine.refusal) return std::unexpected(*engine.refusal);
      return std::make_unique<Whole>("PAR1");
    }
    Result<engine::Converted> converted() override {
      return engine::Converted{{.rows = 10,
                                .rejected = engine.rejected,
                                .first_rejects = engine.rejected == 0 ? "" : "line 7: wrong"},
                               std::make_unique<Whole>(engine.report)};
    }
    void leave_nothing() noexcept override {}
    void kill() noexcept override {}
    FooterEngine& engine;
  };
  struct Whole : Source {
    explicit Whole(std::string text) : text(std::move(text)) {}
    Result<std::optional<Chunk>> next(Want) override {
      if (text.empty()) return std::optional<Chunk>();
      return Chunk{std::exchange(text, {}), 0};
    }
    std::string text;
  };
  Result<std::unique_ptr<engine::Lease>> lease(PrincipalId, Time, std::stop_token) override {
    return std::make_unique<Lease>(*this);
  }

  Schema schema;
  std::optional<Error> refusal;
  std::atomic<int> inspections = 0;
  std::vector<query::Conversion> conversions;
  std::uint64_t rejected = 0;
  std::string report;
};

// A store that lets others go first: what happens between a look and the commit that follows it.
struct LettingStore : store::MemoryStore {
  Result<Seq> commit(store::Commit commit) override {
    if (before) before();
    return store::MemoryStore::commit(std::move(commit));
  }
  std::function<void()> before;
};

class House : public testing::Test {
 public:
  House() {
    HANSA_ASSERT(found_organisation(context("admin"), live, world, sealer, "acme",
                                    Secret<std::string>(first_secret))
                     .has_value());
  }

  // Who asks: nobody until the principal exists.
  Context context(std::string_view name) {
    const PrincipalId id = live.read([&](const View& view) {
      const auto* principal = view.mesh.named<Principal>(claim::principal(name));
      return principal ? principal->id : PrincipalId{};
    });
    const Time now = clock.now();
    return {.who = {.id = id, .credential = {}, .door = "http", .client = {}, .peer = {}},
            .request = {{1, 1}},
            .now = now,
            .deadline = now + std::chrono::minutes(1),
            .stop = {},
            .trail = trail};
  }
  void people(std::initializer_list<const char*> names, bool guest = false) {
    for (const char* name : names) {
      const auto made =
          create_principal(context("admin"), live, world, {.name = name, .guest = guest});
      ASSERT_TRUE(made) << name << ": " << made.error().text;
    }
  }
  Result<api::Applied> apply(std::string_view who, std::string text, std::string digest = {}) {
    return apply_manifests(context(who), live, world,
                           {.files = {{"all.yaml", std::move(text)}}, .digest = std::move(digest)});
  }

  // Team `owners` (olga), domain `shows` with steward `sten`, account shows-prod; two products of
  // one port each: shows/plays, open, and shows/payouts, restricted.
  static std::string frame() {
    return "apiVersion: hansa/v1\nkind: Team\nname: owners\ntitle: Owners\nmembers: [olga]\n---\n"
           "apiVersion: hansa/v1\nkind: Domain\nname: shows\ntitle: Shows\nowner: "
           "owners\nstewards: [sten]\n---\n"
           "apiVersion: hansa/v1\nkind: Account\nname: shows-prod\ndomain: shows\nbucket: "
           "shows-prod\ncatalog: shows_prod\n---\n";
  }
  static std::string product(
      const std::string& name, const std::string& visibility,
      const std::string& columns = "      - {name: a, logicalType: integer, physicalType: long}\n",
      const std::string& version = "1.0.0") {
    return "apiVersion: v3.2.0\nkind: DataContract\nid: " + name + "-v1\nname: " + name +
           "\nversion: " + version + "\nstatus: active\ndomain: shows\ndataProduct: " + name +
           "\nschema:\n  - name: " + name + "\n    properties:\n" + columns +
           "---\napiVersion: v1.1.0\nkind: DataProduct\nid: " + name + "\nname: " + name +
           "\nversion: " + version +
           "\nstatus: active\ndomain: shows\noutputPorts:\n  - name: " + name +
           "\n    version: " + version + "\n    type: table\n    contractId: " + name +
           "-v1\nteam:\n  name: owners\ncustomProperties:\n  - {property: account, value: "
           "shows-prod}\n"
           "  - {property: visibility, value: " +
           visibility + "}\n---\n";
  }
  void furnish() {
    people({"olga", "sten", "ada", "bob"});
    const auto framed = apply("admin", frame());
    ASSERT_TRUE(framed) << framed.error().text;
    const auto filled = apply("olga", product("plays", "open") + product("payouts", "restricted"));
    ASSERT_TRUE(filled) << filled.error().text;
    engine.schema.columns = {Column{.id = 0,
                                    .name = "a",
                                    .type = {.kind = TypeKind::int64, .fields = {}},
                                    .required = false,
                                    .description = {}}};
  }
  std::uint64_t seq() const { return live.seq().number; }

  Scratch scratch;
  ManualClock clock{Time{1'795'338'000'000'000}};
  Trail trail;
  LettingStore store;
  object::MemoryObjects objects{scratch.path()};
  FooterEngine engine;
  World world{store, objects, engine};
  Live live;
  Running running;
  SignIns sign_ins;
  Sealer sealer{Secret<std::string>(std::string(32, 'k'))};
  const std::string first_secret = std::string(kTokenPrefix) + std::string(43, 'f');

 private:
  bool loaded_ = live.load(store).has_value();
  Follower follower_{store, live, running, clock,
                     [](const Error& error) { ADD_FAILURE() << error.text; }};
};

}  // namespace hansa::service
