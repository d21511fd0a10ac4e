#include "world/store/sqlite/apply_uses.h"

#include "base/digest.h"
#include "world/store/bytes.h"

namespace hansa::store::sqlite {

Result<ApplyUses> ApplyUses::prepare(Connection& connection) {
  const auto make = [&](const char* sql) { return Statement::prepare(connection, sql); };
  HANSA_TRY(
      Statement put_set,
      make(
          "INSERT INTO column_set (id, names, last_hour) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
          " last_hour = excluded.last_hour WHERE last_hour < excluded.last_hour"));
  HANSA_TRY(Statement more,
            make("INSERT INTO used (port, hour, who, makes, columns, reads, first, last, client)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET"
                 " reads = reads + excluded.reads, first = min(first, excluded.first),"
                 " client = CASE WHEN excluded.last >= last THEN excluded.client ELSE client END,"
                 " last = max(last, excluded.last)"));
  HANSA_TRY(Statement fewer, make("UPDATE used SET reads = reads + ?6 WHERE port = ?1 AND"
                                  " hour = ?2 AND who = ?3 AND makes = ?4 AND columns = ?5"));
  HANSA_TRY(Statement drop_none,
            make("DELETE FROM used WHERE port = ?1 AND hour = ?2 AND who = ?3 AND makes = ?4 AND"
                 " columns = ?5 AND reads <= 0"));
  HANSA_TRY(Statement drop_old,
            make("DELETE FROM used WHERE (port, hour, who, makes, columns) IN (SELECT port, hour,"
                 " who, makes, columns FROM used WHERE hour < ? LIMIT 5000)"));
  HANSA_TRY(Statement any_old, make("SELECT 1 FROM used WHERE hour < ? LIMIT 1"));
  HANSA_TRY(Statement drop_sets, make("DELETE FROM column_set WHERE last_hour < ?"));
  HANSA_TRY(Statement sum, make("SELECT coalesce(sum(reads), 0) FROM used WHERE port = ?"));
  return ApplyUses(Statements{std::move(put_set), std::move(more), std::move(fewer),
                              std::move(drop_none), std::move(drop_old), std::move(any_old),
                              std::move(drop_sets), std::move(sum)});
}

void ApplyUses::begin() { changes_.clear(); }

Result<void> ApplyUses::write() {
  for (const auto& [key, change] : changes_)
    if (change.reads != 0) HANSA_CHECK(write(key, change));
  return {};
}

Result<void> ApplyUses::write(const UseKey& key, const UseChange& change) {
  const std::string names = encode_columns(key.columns);
  const std::string set = sha256(names).substr(0, sizeof(Ulid));
  const std::string port = bytes_of(key.port.ulid);
  const std::string who = bytes_of(key.who.ulid);
  const std::string makes = bytes_of(key.makes.ulid);
  const auto bound = [&](Statement& statement) -> Statement& {
    return statement.bind_blob(1, port)
        .bind(2, key.hour)
        .bind_blob(3, who)
        .bind_blob(4, makes)
        .bind_blob(5, set);
  };
  if (change.reads < 0) {
    HANSA_CHECK(bound(sql_.fewer).bind(6, change.reads).run());
    return bound(sql_.drop_none).run();
  }
  HANSA_CHECK(sql_.put_set.bind_blob(1, set).bind_blob(2, names).bind(3, key.hour).run());
  return bound(sql_.more)
      .bind(6, change.reads)
      .bind(7, change.first.us)
      .bind(8, change.last.us)
      .bind_text(9, change.client)
      .run();
}

Result<std::uint64_t> ApplyUses::reads_of(PortId port) {
  const std::string id = bytes_of(port.ulid);
  HANSA_CHECK(sql_.sum.bind_blob(1, id).step());
  std::int64_t reads = sql_.sum.integer(0);
  sql_.sum.reset();
  for (const auto& [key, change] : changes_)
    if (key.port == port) reads += change.reads;
  return reads > 0 ? static_cast<std::uint64_t>(reads) : 0;
}

Result<void> ApplyUses::drop(std::int64_t hour) {
  HANSA_CHECK(sql_.drop_old.bind(1, hour).run());
  // A piece may leave counts that old behind, and they need their columns.
  HANSA_TRY(const bool more, sql_.any_old.bind(1, hour).step());
  sql_.any_old.reset();
  if (more) return {};
  return sql_.drop_sets.bind(1, hour).run();
}

}  // namespace hansa::store::sqlite
