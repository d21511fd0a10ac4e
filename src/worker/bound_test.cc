#include "worker/bound.h"

#include <gtest/gtest.h>

namespace hansa::worker {
namespace {

TEST(Bound, FindsScansInAPlanOfAnyDepth) {
  std::string plan = R"({"error":false,"plans":[)";
  for (int i = 0; i < 100'000; ++i) plan += R"({"type":"LOGICAL_FILTER","children":[)";
  plan +=
      R"({"type":"LOGICAL_GET","names":["id","na\"me"],"name":"read_parquet","function_data":{"files":["in/3.parquet"],)"
      R"("names":["other"]},"column_indexes":[{"index":1,"child_indexes":[{"index":0}]},{"index":18446744073709551615}]})";
  const auto scans = scans_of(plan);
  ASSERT_EQ(scans.size(), 1U);
  EXPECT_EQ(scans[0].function, "read_parquet");
  EXPECT_EQ(scans[0].names, (std::vector<std::string>{"id", "na\"me"}));
  EXPECT_EQ(scans[0].files, (std::vector<std::string>{"in/3.parquet"}));
  EXPECT_EQ(scans[0].indexes, (std::vector<std::uint64_t>{1, 18446744073709551615U}));
}

}  // namespace
}  // namespace hansa::worker
