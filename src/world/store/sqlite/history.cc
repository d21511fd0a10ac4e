#include "world/store/sqlite/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "world/store/bytes.h"

namespace hansa::store::sqlite {
namespace {

// Pages are cut by number, never by offset, so that page 1,000 costs what page 1 costs. Each
// question walks one index that holds its lines in the order asked for. Which one is said here and
// not left to the planner, whose statistics this file does not keep.
std::string_view index_for(const Question& question, bool has_kind) {
  if (question.subject && *question.subject) return "INDEXED BY line_subject";
  if (question.who) return "INDEXED BY line_who";
  if (has_kind) return "INDEXED BY line_kind";
  if (question.behind) return "INDEXED BY line_event";
  return "NOT INDEXED";
}

std::string sql_for(const Question& question, bool has_kind) {
  std::string where = question.newest_first ? "number < ?1" : "number > ?1";
  if (question.subject) where += " AND subject = ?2";
  if (question.subject && *question.subject) where += " AND subject <> zeroblob(16)";
  if (question.who) where += " AND who = ?3";
  if (has_kind) where += " AND kind = ?4";
  // The literal is what the index is made for.
  if (question.behind) where += " AND seq > 0 AND seq > ?6";
  // Numbers rise with commits, so both orders are one; the index holds this one.
  const std::string_view index = index_for(question, has_kind);
  const std::string_view way = question.newest_first ? "DESC" : "ASC";
  return fmt::format(
      "SELECT {} FROM line {} LEFT JOIN text USING (number) WHERE {} ORDER BY {}number {} LIMIT ?5",
      line_columns, index, where,
      index.ends_with("line_event") ? fmt::format("seq {}, ", way) : std::string(), way);
}

// `kind` empty: any.
Result<std::vector<Line>> lines(Connection& connection, const Question& question,
                                const std::optional<std::string>& kind) {
  HANSA_TRY(Statement found, Statement::prepare(connection, sql_for(question, kind.has_value())));
  const bool from_end = question.newest_first && question.after == 0;
  const auto after = static_cast<std::int64_t>(std::min<std::uint64_t>(question.after, INT64_MAX));
  const std::string subject = bytes_of(question.subject.value_or(Ulid{}));
  const std::string who = bytes_of(question.who.value_or(PrincipalId{}).ulid);
  found.bind(1, from_end ? INT64_MAX : after);
  if (question.subject) found.bind_blob(2, subject);
  if (question.who) found.bind_blob(3, who);
  if (kind) found.bind_text(4, *kind);
  if (question.behind)
    found.bind(
        6, static_cast<std::int64_t>(std::min<std::uint64_t>(question.behind->number, INT64_MAX)));
  found.bind(5, static_cast<std::int64_t>(std::min<std::size_t>(question.max, INT32_MAX)));
  std::vector<Line> all;
  for (;;) {
    HANSA_TRY(const bool more, found.step());
    if (!more) return all;
    HANSA_TRY(Line line, line_of(found));
    all.push_back(std::move(line));
  }
}

}  // namespace

const char* const line_columns =
    "number, seq, kind, who, line.at, subject, subject_kind, body, text_digest, text.salt, "
    "text.text";

Result<Line> line_of(const Statement& row) {
  HANSA_TRY(const Ulid who, BytesReader(row.bytes(3)).ulid());
  HANSA_TRY(const Ulid subject, BytesReader(row.bytes(5)).ulid());
  std::optional<PassingText> text;
  // The salt is never empty: none means that the text was dropped, or never was.
  if (!row.bytes(9).empty())
    text = PassingText{std::string(row.bytes(9)), std::string(row.bytes(10))};
  return Line{.number = static_cast<std::uint64_t>(row.integer(0)),
              .seq = Seq{static_cast<std::uint64_t>(row.integer(1))},
              .kind = std::string(row.bytes(2)),
              .who = PrincipalId{who},
              .at = Time{row.integer(4)},
              .subject = subject,
              .subject_kind = std::string(row.bytes(6)),
              .body = std::string(row.bytes(7)),
              .text_digest = std::string(row.bytes(8)),
              .text = std::move(text)};
}

Result<std::vector<Line>> history(Connection& connection, const Question& question) {
  if (question.kinds.empty()) return lines(connection, question, std::nullopt);
  // One walk a kind, then merged: a single one for all kinds would have to sort every line of them.
  std::vector<std::string> kinds = question.kinds;
  std::ranges::sort(kinds);
  kinds.erase(std::ranges::unique(kinds).begin(), kinds.end());
  std::vector<Line> all;
  for (const std::string& kind : kinds) {
    HANSA_TRY(std::vector<Line> some, lines(connection, question, kind));
    std::ranges::move(some, std::back_inserter(all));
  }
  if (question.newest_first) std::ranges::sort(all, std::greater{}, &Line::number);
  else std::ranges::sort(all, {}, &Line::number);
  if (all.size() > question.max) all.resize(question.max);
  return all;
}

}  // namespace hansa::store::sqlite
