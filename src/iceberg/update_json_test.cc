#include "iceberg/update_json.h"

#include "iceberg/metadata_json.h"
#include "iceberg/shared_test.h"

namespace hansa::iceberg {
namespace {

Json json(std::string_view text) { return must(parse_json(text)); }

TEST(UpdatesFromJson, RefusesWhatIsNotKnownOrNotWhole) {
  for (const std::string_view text :
       {R"([{"action":"add-view-version"}])", R"([{}])", R"({})",
        R"([{"action":"set-current-schema"}])", R"([7])",
        R"([{"action":"set-location","location":"file:///etc"}])",
        R"([{"action":"set-properties","updates":{"a":1}}])",
        R"([{"action":"remove-snapshots","snapshot-ids":["1"]}])",
        R"([{"action":"set-snapshot-ref","ref-name":"main"}])",
        R"([{"action":"add-schema","schema":{"type":"struct","fields":[{"id":1}]}}])"}) {
    const Json list = json(text);
    EXPECT_EQ(updates_from_json(&list).error().code, Code::invalid) << text;
  }
  const Json unknown = json(R"([{"type":"assert-view-uuid","uuid":"x"}])");
  EXPECT_EQ(requirements_from_json(&unknown).error().code, Code::invalid);
}

TEST(UpdatesFromJson, NothingIsAnEmptyList) {
  const Json null;
  EXPECT_TRUE(updates_from_json(nullptr)->empty());
  EXPECT_TRUE(requirements_from_json(&null)->empty());
}

TEST(UpdatesFromJson, ReadsEveryRequirementTheSpecificationHas) {
  const Json list = json(R"([{"type":"assert-create"},{"type":"assert-table-uuid","uuid":"u"},
    {"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":null},{"type":"assert-last-assigned-field-id","last-assigned-field-id":1},
    {"type":"assert-current-schema-id","current-schema-id":2},{"type":"assert-last-assigned-partition-id","last-assigned-partition-id":3},
    {"type":"assert-default-spec-id","default-spec-id":4},{"type":"assert-default-sort-order-id","default-sort-order-id":5}])");
  const auto read = must(requirements_from_json(&list));
  ASSERT_EQ(read.size(), std::variant_size_v<Requirement>);
  for (std::size_t at = 0; at < read.size(); ++at) EXPECT_EQ(read[at].index(), at);
}

// What a client sends to create a table and fill it at once.
TEST(UpdatesFromJson, ACommitOfAClientMakesATable) {
  const Json list = json(R"([{"action":"assign-uuid","uuid":"00000000-0000-4000-8000-000000000001"},
    {"action":"upgrade-format-version","format-version":2},
    {"action":"add-schema","schema":{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"a","required":true,"type":"long"}]},"last-column-id":1},
    {"action":"set-current-schema","schema-id":-1},
    {"action":"add-spec","spec":{"spec-id":0,"fields":[{"name":"a_bucket","transform":"bucket[4]","source-id":1,"field-id":1000}]}},
    {"action":"set-default-spec","spec-id":-1},
    {"action":"add-sort-order","sort-order":{"order-id":0,"fields":[]}},{"action":"set-default-sort-order","sort-order-id":-1},
    {"action":"set-location","location":"s3://lake/other"},{"action":"set-properties","updates":{"owner":"audience"}},
    {"action":"remove-properties","removals":["absent"]},
    {"action":"add-snapshot","snapshot":{"snapshot-id":5,"sequence-number":1,"timestamp-ms":1795340000001,
      "manifest-list":"s3://lake/other/metadata/l.avro","summary":{"operation":"append"},"schema-id":0}},
    {"action":"set-snapshot-ref","ref-name":"main","type":"branch","snapshot-id":5},
    {"action":"set-statistics","statistics":{"snapshot-id":5,"statistics-path":"s3://lake/other/s.puffin"}},
    {"action":"remove-statistics","snapshot-id":5}])");
  const auto updates = must(updates_from_json(&list));
  const TableMetadata table = must(apply(bare_table(at("s3://lake/t")), updates, kNow));
  EXPECT_EQ(table.current_snapshot_id, 5);
  EXPECT_EQ(table.location, at("s3://lake/other"));
  EXPECT_EQ(table.last_partition_id, 1000);
  EXPECT_TRUE(table.statistics.empty());
  EXPECT_EQ(must(parse_metadata(write_metadata(table))), table);
}

}  // namespace
}  // namespace hansa::iceberg
