// Batches that failed the checks of their contract and are kept aside: for those who may publish
// there, and nobody else.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/checks.h"
#include "api/publish.h"
#include "api/query.h"
#include "api/route.h"

namespace hansa::api {

struct HeldView {
  std::string publish;  // the id of the publish, and of the batch
  std::string port;
  Time at;
  std::string by;
  Time until;  // it is forgotten then
  PublishMode mode = PublishMode::append;
  std::uint32_t files = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::map<std::string, std::string> made_by;
  std::uint64_t failed = 0;
  std::uint64_t warned = 0;
  std::string says;               // the first few checks that did not pass
  std::vector<CheckView> checks;  // of one batch: all that did not pass when they were run last
};
void describe(Fields& f, HeldView& v);

struct ListHeld {
  std::string domain;
  std::string port;
  Paging paging;
};
void describe(Fields& f, ListHeld& v);
struct HeldList {
  std::vector<HeldView> items;
  std::string next;
};
void describe(Fields& f, HeldList& v);
inline constexpr Route<ListHeld, HeldList> list_held{
    Method::get, "/api/v1/ports/{domain}/{port}/quarantine", "listQuarantine",
    "The batches of a port that failed their checks and wait for a word, oldest first",
    "quarantine"};

struct OneHeld {
  std::string domain;
  std::string port;
  std::string publish;
};
void describe(Fields& f, OneHeld& v);
inline constexpr Route<OneHeld, HeldView> get_held{
    Method::get, "/api/v1/ports/{domain}/{port}/quarantine/{publish}", "getQuarantine",
    "One of these batches, with the checks that failed", "quarantine"};
inline constexpr Route<OneHeld, Nothing> drop_held{
    Method::delete_, "/api/v1/ports/{domain}/{port}/quarantine/{publish}", "dropQuarantine",
    "Throw a batch away; its files go with the next sweep", "quarantine"};

struct ReleaseHeld {
  std::string domain;
  std::string port;
  std::string publish;
  bool override_ = false;  // although checks fail
  std::string why;
  bool replace = false;  // also rows that came after it was held
};
void describe(Fields& f, ReleaseHeld& v);
inline constexpr Route<ReleaseHeld, Published> release_held{
    Method::post, "/api/v1/ports/{domain}/{port}/quarantine/{publish}/release", "releaseQuarantine",
    "Publish a batch if it passes the contract as it is now, beside the data as it is now",
    "quarantine"};

// The answer is rows, as that of runQuery.
struct QueryHeld {
  std::string domain;
  std::string port;
  std::string publish;
  std::string sql;
  std::string format = "json";
  std::uint64_t rows_max = limits::query_rows_default;
};
void describe(Fields& f, QueryHeld& v);
inline constexpr Route<QueryHeld, Nothing> query_held{
    Method::post, "/api/v1/ports/{domain}/{port}/quarantine/{publish}/sql", "queryQuarantine",
    "Run one SELECT that reads the batch where it names the port; rows are streamed", "quarantine"};

}  // namespace hansa::api
