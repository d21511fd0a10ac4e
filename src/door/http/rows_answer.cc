#include "door/http/rows_answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/problem.h"
#include "base/time.h"

namespace hansa::http {
namespace {

// An answer this small goes out as one piece with its length: most do.
constexpr std::size_t kSmall = 64 * 1024;

// Rows between a head and an outcome, so that the whole is one JSON document whatever happens in
// the middle.
class JsonAnswer : public Source {
 public:
  JsonAnswer(service::OpenedQuery opened, AnswerTo to)
      : opened_(std::move(opened)), to_(std::move(to)) {}

  Result<std::optional<Chunk>> next(Want want) override {
    if (ended_) return std::optional<Chunk>();
    auto chunk = opened_.rows->next(want);
    std::string out;
    if (!std::exchange(begun_, true)) {
      // Nothing was sent yet: an error here is an answer of its own.
      if (!chunk) return std::unexpected(chunk.error());
      out = head();
    }
    if (chunk && *chunk) {
      // Most pieces have nothing in front of them, and are large.
      if (out.empty()) out = std::move((*chunk)->bytes);
      else out += (*chunk)->bytes;
      return std::optional(Chunk{std::move(out), (*chunk)->rows});
    }
    // A right that ended ends the answer: what was gathered of it is not sent either.
    if (!chunk && opened_.cut.stop_requested()) return std::unexpected(chunk.error());
    ended_ = true;
    out += tail(chunk ? nullptr : &chunk.error());
    return std::optional(Chunk{std::move(out), 0});
  }

 private:
  std::string head() const {
    Json columns{Json::Array{}};
    for (const auto& column : opened_.columns)
      columns.push(Json(Json::Object{{"name", column.name}, {"type", column.type}}));
    return "{\"query_id\":\"" + to_text(opened_.id) + "\"," + to_.before_columns +
           "\"columns\":" + to_text(columns) + ",\"rows\":[\n";
  }
  std::string tail(const Error* error) const {
    const auto tally = opened_.counters->look();
    Json outcome{Json::Object{{"status", error ? "failed" : "ok"},
                              {"rows", tally.rows},
                              {"bytes_scanned", tally.bytes_scanned},
                              {"elapsed_ms", (steady_us() - to_.started_us) / 1000}}};
    Json notes{Json::Array{}};
    for (const service::VersionEnds& each : opened_.ends) notes.push(each.words);
    for (const service::Trouble& each : opened_.troubles) notes.push(each.words);
    if (!notes.as_array()->empty()) outcome.set("notes", std::move(notes));
    if (error != nullptr)
      outcome.set("problem", to_json(api::problem_of(*error, to_text(to_.request))));
    const std::string after =
        error == nullptr && to_.after_rows ? to_.after_rows(tally.rows) : std::string();
    return "]," + after + "\"outcome\":" + to_text(outcome) + "}\n";
  }

  service::OpenedQuery opened_;
  AnswerTo to_;
  bool begun_ = false;
  bool ended_ = false;
};

// The rows as they are; it holds what the query needs until they have ended.
class PlainAnswer : public Source {
 public:
  explicit PlainAnswer(service::OpenedQuery opened) : opened_(std::move(opened)) {}
  Result<std::optional<Chunk>> next(Want want) override { return opened_.rows->next(want); }

 private:
  service::OpenedQuery opened_;
};

// What was pulled already, then the rest.
class Resumed : public Source {
 public:
  Resumed(std::string first, std::unique_ptr<Source> rest)
      : first_(std::move(first)), rest_(std::move(rest)) {}
  Result<std::optional<Chunk>> next(Want want) override {
    if (!first_.empty()) return std::optional(Chunk{std::exchange(first_, {}), 0});
    return rest_->next(want);
  }

 private:
  std::string first_;
  std::unique_ptr<Source> rest_;
};

// Pulls the beginning before the status is sent, so that a statement that fails at its first row is
// an error and not an answer. What ends within it is sent whole.
Result<void> fill(net::Response& response, std::unique_ptr<Source> body) {
  std::string begun;
  while (begun.size() < kSmall) {
    HANSA_TRY(std::optional<Chunk> chunk, body->next(Want{}));
    if (!chunk) {
      if (response.cut.stop_requested()) return denied("the access ended while the query ran");
      response.text = std::move(begun);
      return {};
    }
    if (begun.empty()) begun = std::move(chunk->bytes);
    else begun += chunk->bytes;
  }
  response.body = std::make_unique<Resumed>(std::move(begun), std::move(body));
  return {};
}

std::string address_of(std::string_view folder, std::string_view ref) {
  std::string path(ref);
  if (const auto at = path.find('@'); at != std::string::npos) path.replace(at, 1, "%40");
  return fmt::format("</api/v1/{}/{}>", folder, path);
}

// Whoever reads a version that will end is told with the rows (RFC 9745, RFC 8594): of several, by
// the one that ends first.
void add_endings(net::Response& response, const std::vector<service::VersionEnds>& ends) {
  if (ends.empty()) return;
  const auto first = std::ranges::min_element(ends, {}, &service::VersionEnds::until);
  response.headers.push_back({"deprecation", fmt::format("@{}", first->since.us / 1'000'000)});
  response.headers.push_back({"sunset", net::http_date(first->until)});
  for (const service::VersionEnds& each : ends) {
    response.headers.push_back(
        {"link", address_of("deprecations", each.ref) + "; rel=\"deprecation\""});
    if (!each.use.empty())
      response.headers.push_back(
          {"link", address_of("ports", each.use) + "; rel=\"successor-version\""});
  }
}

// Where the incidents of what is read are followed (RFC 8631).
void add_troubles(net::Response& response, const std::vector<service::Trouble>& troubles) {
  for (const service::Trouble& each : troubles)
    response.headers.push_back(
        {"link", fmt::format("</api/v1/incidents/{}>; rel=\"status\"", to_text(each.id))});
}

}  // namespace

Result<net::Response> answer_with(service::OpenedQuery opened, AnswerTo to) {
  net::Response response{
      .status = 200,
      .headers = {{"x-content-type-options", "nosniff"}, {"x-query-id", to_text(opened.id)}}};
  response.cut = opened.cut;
  response.held = opened.held;
  add_endings(response, opened.ends);
  add_troubles(response, opened.troubles);
  switch (opened.format) {
    case query::Format::json:
      response.headers.push_back({"content-type", "application/json"});
      HANSA_CHECK(fill(response, std::make_unique<JsonAnswer>(std::move(opened), std::move(to))));
      return response;
    case query::Format::csv:
      response.headers.push_back({"content-type", "text/csv; charset=utf-8; header=present"});
      break;
    case query::Format::parquet:
      response.headers.push_back({"content-type", "application/vnd.apache.parquet"});
      break;
  }
  HANSA_CHECK(fill(response, std::make_unique<PlainAnswer>(std::move(opened))));
  return response;
}

}  // namespace hansa::http
