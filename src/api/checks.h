// What a port's contract demands of its data, and whether the data is so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/route.h"
#include "base/time.h"
#include "model/checks.h"

namespace hansa::api {

struct CheckView {
  std::string name;
  Check::Kind kind = Check::Kind::library;
  std::vector<std::string> columns;
  CheckStatus status = CheckStatus::passed;
  std::string severity{"error"};  // error, warning
  std::string measured;
  std::string wanted;
  std::string why;
};
void describe(Fields& f, CheckView& v);

struct CheckReport {
  std::string port;
  std::string snapshot;  // empty: nothing was published yet, or the data was refused
  Time at;
  std::string by;
  std::string publish;
  bool refused = false;
  std::uint64_t rows = 0;
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t warned = 0;
  std::uint64_t not_run = 0;
  std::string says;               // the first few that did not pass
  std::vector<CheckView> checks;  // of a test all; of the past those that did not pass
};
void describe(Fields& f, CheckReport& v);

struct RunChecks {
  std::string domain;
  std::string port;
};
void describe(Fields& f, RunChecks& v);
inline constexpr Route<RunChecks, CheckReport> run_checks{
    Method::post, "/api/v1/ports/{domain}/{port}/checks", "runChecks",
    "Run the checks of a port's contract over its data as it is now", "publish"};

struct ListChecks {
  std::string domain;
  std::string port;
  Paging paging;
};
void describe(Fields& f, ListChecks& v);
struct CheckRuns {
  std::vector<CheckReport> items;
  std::string next;
};
void describe(Fields& f, CheckRuns& v);
inline constexpr Route<ListChecks, CheckRuns> list_checks{
    Method::get, "/api/v1/ports/{domain}/{port}/checks", "listChecks",
    "What became of the checks when data was published, or refused, newest first", "publish"};

}  // namespace hansa::api
