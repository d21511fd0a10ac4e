// Rows of a port without SQL. The answer is streamed and not a described struct; its form:
//
//   application/json  as that of run_query (api/query.h), with the snapshot before the rows and,
//                     if there may be more, "next" behind them:
//                     {"query_id":"...","snapshot":"812...","columns":[...],"rows":[...],
//                     "next":"...","outcome":{...}}
//   text/csv, application/vnd.apache.parquet
//                     `link` names the next page, if there may be one
//
// All pages of one reading come from one snapshot, whatever is published meanwhile. `etag` changes
// with the snapshot and with what of it the caller may see; `if-none-match` answers 304, decided
// and recorded like any other read.
#pragma once

#include <string>
#include <vector>

#include "api/route.h"

namespace hansa::api {

inline constexpr std::uint64_t rows_page_default = 1'000;
inline constexpr std::uint64_t rows_page_max = 100'000;
// A first page of so many rows, without filter and order, is a preview if it says so.
inline constexpr std::uint64_t rows_preview_max = 20;
// The cursor of the next page holds the filter, and stands in a URL.
inline constexpr std::size_t rows_filter_bytes_max = 4 * 1024;
inline constexpr std::size_t rows_order_max = 16;
// A cursor is good for this long.
inline constexpr std::chrono::hours rows_cursor_kept{24};

struct ReadRows {
  std::string domain;
  std::string port;  // with @2 for its second major version
  std::vector<std::string> columns;
  std::string filter;  // model/predicate's language
  std::vector<std::string> order;
  std::uint64_t limit = rows_page_default;
  std::string cursor;
  std::string format = "json";  // json, csv, parquet
  std::string kind;             // as RunQuery's
};
void describe(Fields& f, ReadRows& v);
inline constexpr Route<ReadRows, Nothing> read_rows{Method::get, "/api/v1/data/{domain}/{port}",
                                                    "readRows", "Rows of a port, page by page",
                                                    "query"};

}  // namespace hansa::api
