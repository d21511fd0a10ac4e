// Each thing that can be wrong with a mesh, made wrong.
#include "service/doctor.h"

#include "service/deletion.h"
#include "service/publish_house_test.h"

namespace hansa::service {
namespace {

class Doctor : public Publish {
 public:
  api::Diagnosis examine_now() {
    const auto found = diagnose(context("admin"), live, world, clock, around, {});
    HANSA_ASSERT(found.has_value());
    return *found;
  }
  // "check where", without what is due to the fakes: their engine reads no SQL.
  std::vector<std::string> found() {
    std::vector<std::string> out;
    for (const api::Symptom& each : examine_now().symptoms)
      if (each.check != "worker") out.push_back(each.check + " " + each.where);
    return out;
  }
  LookAround around = [](Findings&) {};
};

TEST_F(Doctor, IsForAdministrators) {
  EXPECT_EQ(diagnose(context("olga"), live, world, clock, around, {}).error().code, Code::denied);
}

TEST_F(Doctor, FindsNothingInAHealthyMesh) {
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, "rows"));
  ASSERT_TRUE(publish("olga", id));
  EXPECT_TRUE(found().empty());
  for (const api::Looked& each : examine_now().looked) EXPECT_GT(each.at, 0U) << each.check;
  // Nor in one where something was deleted.
  const auto planned =
      plan_deletion(context("olga"), live, world, {DeletionKind::product, "shows/plays"});
  ASSERT_TRUE(make_deletion(context("olga"), live, world,
                            {DeletionKind::product, "shows/plays", planned->digest}));
  EXPECT_TRUE(found().empty());
}

TEST_F(Doctor, FindsObjectsThatAreGoneOrAnotherSize) {
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, "rows"));
  ASSERT_TRUE(publish("olga", id));
  std::vector<Location> all;
  const auto listing = objects.list("shows-prod", "tables/", "", 1'000);
  for (const object::ObjectInfo& each : listing->objects) all.push_back(each.location);
  ASSERT_GE(all.size(), 4U);
  for (const Location& at : all) {
    const auto bytes = object::read_all(objects, at, 1 << 20);
    ASSERT_TRUE(bytes);
    ASSERT_TRUE(objects.remove(at));
    const auto gone = found();
    if (gone.empty()) {
      EXPECT_TRUE(at.key().contains("/fingerprints/") || at.key().contains("fingerprint"))
          << at.text();
    }
    const bool data = at.key().ends_with(".parquet");
    if (data) {
      EXPECT_EQ(gone, std::vector<std::string>{"objects shows/plays@1: " + at.text()});
    }
    ASSERT_TRUE(object::write_all(objects, at, *bytes + "x", object::Taken::refuse));
    if (data || at.key().ends_with(".avro")) {
      EXPECT_FALSE(found().empty()) << at.text();
    }
    ASSERT_TRUE(object::write_all(objects, at, *bytes, object::Taken::replace));
    EXPECT_TRUE(found().empty()) << at.text();
  }
}

TEST_F(Doctor, FindsMetadataThatCannotBeRead) {
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, "rows"));
  ASSERT_TRUE(publish("olga", id));
  const Location at = live.read([](const View& view) {
    const Port* port = view.mesh.port(*parse_port_ref("shows/plays"));
    return view.mesh.find<Table>(port->id.ulid)->current()->metadata;
  });
  ASSERT_TRUE(object::write_all(objects, at, "{\"format-version\": 2", object::Taken::replace));
  const auto symptoms = examine_now().symptoms;
  const auto sick = std::ranges::find(symptoms, "objects", &api::Symptom::check);
  ASSERT_NE(sick, symptoms.end());
  EXPECT_TRUE(sick->where.starts_with("shows/plays@1"));
  EXPECT_TRUE(sick->says.contains("cannot be read"));
  EXPECT_TRUE(sick->next.contains("backup"));
}

TEST_F(Doctor, FindsNounsThatNameWhatIsNotThere) {
  const Context olga = context("olga");
  ASSERT_TRUE(commit(olga, live, store, [&](const View& view) -> Result<Attempt> {
    const Port* port = view.mesh.port(*parse_port_ref("shows/plays"));
    HANSA_TRY(Permit permit, authorize(olga, view, Action::manage, on(*port), "it"));
    return attempt(std::move(permit),
                   removal(olga, *view.mesh.noun("contract", port->contract.ulid), "it"));
  }));
  EXPECT_EQ(found(), std::vector<std::string>{"mesh port shows/plays@1"});
}

TEST_F(Doctor, SaysThatNoWorkerStarts) {
  bool told = false;
  for (const api::Symptom& each : examine_now().symptoms)
    told = told || (each.check == "worker" && each.says == "no SQL here");
  EXPECT_TRUE(told);
}

TEST_F(Doctor, CountsWhatItDoesNotList) {
  around = [](Findings& out) {
    for (std::size_t i = 0; i <= api::symptoms_max; ++i)
      out.add({"disk", api::Severity::warning, "here", "full", "make room"});
  };
  const auto found = examine_now();
  EXPECT_EQ(found.symptoms.size(), api::symptoms_max);
  EXPECT_GE(found.more, 1U);
  EXPECT_FALSE(found.healthy);
}

}  // namespace
}  // namespace hansa::service
