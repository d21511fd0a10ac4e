#include "service/rows.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "query/rows.h"
#include "query/visible.h"
#include "service/step/one_port.h"
#include "service/step/plan_view.h"

namespace hansa::service {
namespace {

constexpr std::string_view kCursorPurpose = "cursor of rows";

// Where a reading stands. It is sealed, so that nobody picks a snapshot, and the caller's own.
struct Cursor {
  PrincipalId who;
  PortId port;
  std::int64_t snapshot = 0;
  Time began;
  std::uint64_t offset = 0;
  std::vector<std::string> columns;
  std::string filter;
  std::vector<std::string> order;
};
void describe(Fields& f, Cursor& v) {
  f.required("who", v.who);
  f.required("port", v.port);
  f.required("snapshot", v.snapshot);
  f.required("began", v.began);
  f.required("offset", v.offset);
  f.optional("columns", v.columns);
  f.optional("filter", v.filter);
  f.optional("order", v.order);
}

std::string to_text(const Cursor& cursor, const Sealer& sealer) {
  const auto sealed = from_base64(sealer.seal(kCursorPurpose, hansa::to_text(to_json(cursor))));
  HANSA_ASSERT(sealed);
  return to_base64url(*sealed);
}

Result<Cursor> cursor_from(std::string_view text, const Sealer& sealer, const Context& context,
                           Seconds kept) {
  const auto wrong = [](std::string_view why) {
    return invalid(fmt::format("the cursor {}", why),
                   "give the `next` of the page before as it is, or begin again without a cursor");
  };
  const auto sealed = from_base64url(text);
  if (!sealed) return wrong("is not one of this server");
  const auto opened = sealer.open(kCursorPurpose, to_base64(*sealed));
  if (!opened) return wrong("is not one of this server");
  HANSA_TRY(const Json json, parse_json(opened->expose()));
  HANSA_TRY(Cursor cursor, from_json<Cursor>(json));
  if (cursor.who != context.who.id) return wrong("is somebody else's");
  if (context.now - cursor.began > kept)
    return wrong(fmt::format("is older than {} seconds", kept.count()));
  return cursor;
}

// The ask as a statement, and what the answer depends on besides its rows.
struct Statement {
  Cursor cursor;  // of this page
  OnePort port;
  std::string sql;
  std::vector<std::string> reads;
};

Result<query::RowsWanted> wanted_of(const Cursor& cursor, std::uint64_t limit) {
  query::RowsWanted wanted{.columns = cursor.columns,
                           .filter = {},
                           .order = cursor.order,
                           .limit = limit,
                           .offset = cursor.offset};
  if (!cursor.filter.empty()) {
    HANSA_TRY(wanted.filter, parse_predicate(cursor.filter));
  }
  return wanted;
}

Result<Statement> statement_of(const Context& context, const View& view, const api::ReadRows& ask,
                               Cursor cursor) {
  HANSA_TRY(OnePort port, one_port(context, view, ask.domain, ask.port));
  if (cursor.port && cursor.port != port.id)
    return invalid("the cursor is of another port", "begin again without a cursor");
  cursor.port = port.id;
  query::RowsWanted wanted;
  if (port.readable) {
    HANSA_TRY(wanted, wanted_of(cursor, ask.limit));
  }
  HANSA_TRY(std::string sql, query::rows_sql(wanted, port.columns, port.table));
  HANSA_TRY(auto reads, query::columns_read(wanted, port.columns));
  return Statement{std::move(cursor), std::move(port), std::move(sql), std::move(reads)};
}

// Changes with whatever changes the bytes of the answer.
std::string etag_of(const Statement& statement, const PlannedPort& port, std::string_view format) {
  Digest digest;
  digest.add(fmt::format("{} {} {} ", hansa::to_text(port.port), state_of(port), format));
  digest.add(statement.sql);
  if (port.visible) digest.add(query::visible_sql(*port.visible, port.whole, "port", ""));
  return fmt::format("\"{}\"", to_hex(digest.finish()).substr(0, 32));
}

// RFC 9110, 13.1.2: a list of tags, weak ones compare too; * is whatever there is.
bool names_tag(std::string_view header, std::string_view etag) {
  for (const std::string_view part : split(header, ',')) {
    std::string tag = trim(part);
    if (tag.starts_with("W/")) tag.erase(0, 2);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

// Tells of what lies behind this page.
void add_next(const Statement& statement, const Planned& planned, std::uint64_t limit,
              const Sealer& sealer, OpenedRows& out) {
  const PlannedPort& port = planned.ports.front();
  const std::uint64_t seen = statement.cursor.offset + limit;
  // What the caller may see, and not what there is: of a part, its copy.
  std::uint64_t rows = 0;
  for (const query::PlanFile& file : planned.plan.relations[port.relation].files) rows += file.rows;
  // What a filter leaves is at most all of it.
  if (seen >= rows) return;
  out.surely_more = statement.cursor.filter.empty();
  Cursor next = statement.cursor;
  next.snapshot = out.snapshot;
  next.offset = seen;
  out.next = to_text(next, sealer);
}

// The same few rows whenever it is asked: nobody consumes data that way.
bool is_preview(const api::ReadRows& ask) {
  return ask.kind == "preview" && ask.limit <= api::rows_preview_max && ask.cursor.empty() &&
         ask.filter.empty() && ask.order.empty();
}

}  // namespace

Result<OpenedRows> open_rows(const Context& context, const Shelves& from, Running& running,
                             const Sealer& sealer, const api::ReadRows& ask,
                             std::string_view unless) {
  Cursor cursor{.who = context.who.id,
                .port = {},
                .snapshot = 0,
                .began = context.now,
                .offset = 0,
                .columns = ask.columns,
                .filter = ask.filter,
                .order = ask.order};
  HowToOpen how;
  if (!ask.cursor.empty()) {
    HANSA_TRY(cursor, cursor_from(ask.cursor, sealer, context, running.limits().cursor_kept));
    how.pin = Pin{cursor.port, cursor.snapshot};
  }
  HANSA_TRY(const Statement statement, from.live.read([&](const View& view) {
    return statement_of(context, view, ask, std::move(cursor));
  }));
  how.reads = statement.reads;
  if (is_preview(ask)) how.kind = "preview";
  if (!statement.cursor.order.empty()) how.place = query::place_name(statement.port.columns);
  OpenedRows out;
  how.wanted = [&](const Planned& planned) -> Result<bool> {
    HANSA_CHECK(still_readable(statement.port));
    const PlannedPort& port = planned.ports.front();
    out.snapshot = pin_of(port);
    out.etag = etag_of(statement, port, ask.format);
    add_next(statement, planned, ask.limit, sealer, out);
    return !names_tag(unless, out.etag);
  };
  HANSA_TRY(out.query, open_query(context, from, running,
                                  {.sql = statement.sql,
                                   .parameters = {},
                                   .catalog = {},
                                   .schema = {},
                                   .format = ask.format,
                                   .rows_max = ask.limit,
                                   .kind = ask.kind},
                                  how));
  return out;
}

}  // namespace hansa::service
