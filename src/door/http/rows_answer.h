// Rows of a query as an answer: JSON around them (api/query.h has the form), CSV or Parquet as they
// are.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "door/net/message.h"
#include "service/query.h"

namespace hansa::http {

struct AnswerTo {
  RequestId request;
  std::int64_t started_us = 0;
  // Members of the JSON, each with its comma behind it.
  std::string before_columns = {};
  std::function<std::string(std::uint64_t rows)> after_rows = {};  // not asked after an error
};

// Without a cache-control. Pulls the beginning first, so that a statement which fails at its first
// row is an error and not an answer. Errors: as the rows' first piece.
Result<net::Response> answer_with(service::OpenedQuery opened, AnswerTo to);

}  // namespace hansa::http
