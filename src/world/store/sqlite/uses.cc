#include "world/store/sqlite/uses.h"

#include "world/store/bytes.h"

namespace hansa::store::sqlite {
namespace {

Result<UseKey> key_of(const Statement& row) {
  HANSA_TRY(const Ulid port, BytesReader(row.bytes(0)).ulid());
  HANSA_TRY(const Ulid who, BytesReader(row.bytes(2)).ulid());
  HANSA_TRY(const Ulid makes, BytesReader(row.bytes(3)).ulid());
  HANSA_TRY(std::vector<std::string> columns, decode_columns(row.bytes(4)));
  return UseKey{PortId{port}, row.integer(1), PrincipalId{who}, PortId{makes}, std::move(columns)};
}

}  // namespace

Result<void> uses(Connection& connection, const UseQuestion& question,
                  const std::function<void(const UseKey&, const UseCount&)>& each) {
  std::string sql =
      "SELECT port, hour, who, makes, names, reads, first, last, client FROM used"
      " JOIN column_set ON column_set.id = columns WHERE hour >= ?1";
  if (question.port) sql += " AND port = ?2";
  if (question.who) sql += " AND who = ?3";
  sql += " ORDER BY port, hour, who, makes, names";
  HANSA_TRY(Statement found, Statement::prepare(connection, sql));
  const std::string port = bytes_of(question.port.value_or(PortId{}).ulid);
  const std::string who = bytes_of(question.who.value_or(PrincipalId{}).ulid);
  found.bind(1, question.hour_min);
  if (question.port) found.bind_blob(2, port);
  if (question.who) found.bind_blob(3, who);
  for (;;) {
    HANSA_TRY(const bool more, found.step());
    if (!more) return {};
    HANSA_TRY(const UseKey key, key_of(found));
    each(key, {.reads = static_cast<std::uint64_t>(found.integer(5)),
               .first = Time{found.integer(6)},
               .last = Time{found.integer(7)},
               .client = std::string(found.bytes(8))});
  }
}

}  // namespace hansa::store::sqlite
