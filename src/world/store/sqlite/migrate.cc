#include "world/store/sqlite/migrate.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <vector>

namespace hansa::store::sqlite {
namespace {

// "Hnsa": SQLite's own place for saying whose file it is.
constexpr std::int64_t application_id = 0x486E7361;

using Step = std::vector<std::string_view>;

// Bodies are blobs: what is in them is the business of the floors above.
const std::vector<Step>& steps() {
  static const std::vector<Step> all{
      // 1: rows as they are, their names, and every batch as it was committed.
      {"CREATE TABLE row (kind TEXT NOT NULL, id BLOB NOT NULL, rev INTEGER NOT NULL, body BLOB "
       "NOT NULL) STRICT",
       "CREATE UNIQUE INDEX row_key ON row (kind, id)",
       "CREATE TABLE name (name TEXT PRIMARY KEY, kind TEXT NOT NULL, id BLOB NOT NULL) STRICT, "
       "WITHOUT ROWID",
       "CREATE INDEX name_owner ON name (kind, id)",
       "CREATE TABLE batch (seq INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT"},
      // 2: the audit. `hash` chains the lines (world/store/chain.h).
      {"CREATE TABLE line (number INTEGER PRIMARY KEY, seq INTEGER NOT NULL, kind TEXT NOT NULL,"
       " who BLOB NOT NULL, at INTEGER NOT NULL, subject BLOB NOT NULL, subject_kind TEXT NOT NULL,"
       " body TEXT NOT NULL, hash BLOB NOT NULL) STRICT",
       "CREATE INDEX line_kind ON line (kind)", "CREATE INDEX line_who ON line (who)",
       // Most records have no subject, and nobody asks for those.
       "CREATE INDEX line_subject ON line (subject) WHERE subject <> zeroblob(16)",
       "CREATE INDEX line_event ON line (seq) WHERE seq > 0"},
      // 3: answers to repeat, and facts of the installation.
      {"CREATE TABLE answer (who BLOB NOT NULL, key TEXT NOT NULL, answer TEXT NOT NULL,"
       " expires INTEGER NOT NULL, PRIMARY KEY (who, key)) STRICT, WITHOUT ROWID",
       "CREATE INDEX answer_expires ON answer (expires)",
       "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"},
      // 4: texts that are not kept for ever, beside the lines whose digests of them are.
      {"ALTER TABLE line ADD COLUMN text_digest BLOB NOT NULL DEFAULT x''",
       "CREATE TABLE text (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, salt BLOB NOT NULL,"
       " text TEXT NOT NULL) STRICT",
       "CREATE INDEX text_at ON text (at)"},
      // 5: counts of use (world/store/use.h). A set of columns is stored once, under the first 16
      // bytes of its SHA-256, with the last hour that has it.
      {"CREATE TABLE used (port BLOB NOT NULL, hour INTEGER NOT NULL, who BLOB NOT NULL,"
       " makes BLOB NOT NULL, columns BLOB NOT NULL, reads INTEGER NOT NULL,"
       " first INTEGER NOT NULL, last INTEGER NOT NULL, client TEXT NOT NULL,"
       " PRIMARY KEY (port, hour, who, makes, columns)) STRICT, WITHOUT ROWID",
       "CREATE INDEX used_hour ON used (hour)",
       "CREATE TABLE column_set (id BLOB PRIMARY KEY, names BLOB NOT NULL, last_hour INTEGER"
       " NOT NULL) STRICT, WITHOUT ROWID"},
      // 6: the outbox (world/store/outbox.h). Of what waits for one channel about one subject, the
      // oldest alone has `due`.
      {"CREATE TABLE message (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,"
       " to_kind TEXT NOT NULL, to_id BLOB NOT NULL, about BLOB NOT NULL, type TEXT NOT NULL,"
       " at INTEGER NOT NULL, facts TEXT NOT NULL, routed INTEGER NOT NULL) STRICT",
       "CREATE INDEX message_unrouted ON message (number) WHERE routed = 0",
       "CREATE TABLE delivery (number INTEGER PRIMARY KEY, message INTEGER NOT NULL,"
       " channel BLOB NOT NULL, about BLOB NOT NULL, state INTEGER NOT NULL, due INTEGER,"
       " attempts INTEGER NOT NULL, last INTEGER, said TEXT NOT NULL,"
       " urgent INTEGER NOT NULL) STRICT",
       "CREATE INDEX delivery_message ON delivery (message)",
       "CREATE INDEX delivery_channel ON delivery (channel, number)",
       "CREATE INDEX delivery_row ON delivery (channel, about, number) WHERE state = 0",
       "CREATE INDEX delivery_due ON delivery (due, number) WHERE due IS NOT NULL"},
  };
  return all;
}

Result<void> check_owner(Connection& connection) {
  HANSA_TRY(const std::int64_t owner, connection.number("PRAGMA application_id"));
  HANSA_TRY(const std::int64_t tables, connection.number("SELECT count(*) FROM sqlite_schema"));
  if (owner == application_id || (owner == 0 && tables == 0)) return {};
  return invalid("the store's file belongs to another program", "choose another folder");
}

struct Stepper {
  const AtStep& at_step;
  int step = 0;
  void note() {
    if (at_step) at_step(step++);
  }
};

Result<void> run_step(Connection& connection, std::size_t version, Stepper& stepper) {
  stepper.note();
  HANSA_TRY(Transaction transaction, Transaction::begin(connection, Access::write));
  for (const std::string_view statement : steps()[version - 1]) {
    HANSA_CHECK(connection.run(std::string(statement)));
    stepper.note();
  }
  HANSA_CHECK(connection.run(fmt::format("PRAGMA application_id = {}", application_id)));
  HANSA_CHECK(connection.run(fmt::format("PRAGMA user_version = {}", version)));
  stepper.note();
  HANSA_CHECK(transaction.commit());
  stepper.note();
  return {};
}

}  // namespace

int schema_newest() { return static_cast<int>(steps().size()); }

Result<void> migrate(Connection& connection, const AtStep& at_step, int to) {
  HANSA_CHECK(check_owner(connection));
  HANSA_TRY(const std::int64_t found, connection.number("PRAGMA user_version"));
  const int newest = schema_newest();
  if (found < 0 || found > newest)
    return invalid(fmt::format("the store has schema {}, this program knows {}", found, newest),
                   "start the version of Hansa that wrote it, or a newer one");
  Stepper stepper{at_step};
  const int last = to == 0 ? newest : to;
  for (int version = static_cast<int>(found) + 1; version <= last; ++version)
    HANSA_CHECK(run_step(connection, static_cast<std::size_t>(version), stepper));
  return {};
}

}  // namespace hansa::store::sqlite
