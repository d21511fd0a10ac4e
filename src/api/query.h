// SQL over HTTP. The answer of `run_query` is streamed and not a described struct; its form:
//
//   application/json  {"query_id":"...","columns":[{"name":"day","type":"DATE"},...],"rows":[
//                     ["2026-11-01",12],...],"outcome":{"status":"ok","rows":2,"bytes_scanned":8121,"elapsed_ms":3,"notes":[]}}
//                     An error after the first row stands in `outcome` with status "failed" and a
//                     problem.
//   text/csv          RFC 4180 with a header row
//   application/vnd.apache.parquet
//
// Values in JSON: whole numbers beyond +-(2^53-1) are text, decimals are text, NaN and infinities
// are "NaN", "Infinity", "-Infinity", dates and times ISO 8601, binary base64.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/route.h"

namespace hansa::api {

struct RunQuery {
  std::string sql;
  std::vector<Json> parameters;  // for $1, $2, ... or ?
  std::string catalog;           // the default one; absent: mesh
  std::string schema;
  std::string format = "json";  // json, csv, parquet
  std::uint64_t rows_max = limits::query_rows_default;
  std::uint32_t seconds_max = 300;
  std::string kind;  // what the caller calls it: consumer, check, replay, preview
};
void describe(Fields& f, RunQuery& v);
// The members of every ask whose answer is rows.
void describe_format_and_kind(Fields& f, std::string& format, std::string& kind);
inline constexpr Route<RunQuery, Nothing> run_query{Method::post, "/api/v1/sql", "runQuery",
                                                    "Run one SELECT; rows are streamed", "query"};

struct QueryView {
  std::string id;
  std::string state;  // running
  Time started;
  double progress = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes_scanned = 0;
  std::vector<std::string> ports;
};
void describe(Fields& f, QueryView& v);
struct GetQuery {
  std::string id;
};
void describe(Fields& f, GetQuery& v);
inline constexpr Route<GetQuery, QueryView> get_query{
    Method::get, "/api/v1/queries/{id}", "getQuery", "One of the caller's running queries",
    "query"};
struct ListQueries {
  Paging paging;
};
void describe(Fields& f, ListQueries& v);
struct Queries {
  std::vector<QueryView> items;
  std::string next;
};
void describe(Fields& f, Queries& v);
inline constexpr Route<ListQueries, Queries> list_queries{
    Method::get, "/api/v1/queries", "listQueries", "The caller's running queries", "query"};
inline constexpr Route<GetQuery, Nothing> cancel_query{
    Method::delete_, "/api/v1/queries/{id}", "cancelQuery",
    "Cancel one of the caller's running queries", "query"};

}  // namespace hansa::api
