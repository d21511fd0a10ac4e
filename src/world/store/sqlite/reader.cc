#include "world/store/sqlite/reader.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "base/file.h"
#include "base/limits.h"
#include "world/store/bytes.h"
#include "world/store/sqlite/batch.h"
#include "world/store/sqlite/history.h"
#include "world/store/sqlite/outbox.h"
#include "world/store/sqlite/uses.h"

namespace hansa::store::sqlite {
namespace {

Result<Ulid> ulid_of(std::string_view bytes) { return BytesReader(bytes).ulid(); }

// A reader that stays keeps the log from being reused, so a long walk looks anew after each piece.
// The audit only grows, so what was walked stays as it was.
constexpr std::int64_t lines_per_piece = 10'000;

Result<bool> verify_piece(Connection& connection, ChainCheck& check, std::uint64_t& last) {
  HANSA_TRY(Statement lines,
            Statement::prepare(connection, std::string("SELECT ") + line_columns +
                                               ", hash FROM line LEFT JOIN text USING (number)"
                                               " WHERE number > ? ORDER BY number LIMIT ?"));
  lines.bind(1, static_cast<std::int64_t>(last)).bind(2, lines_per_piece);
  bool more = false;
  for (;;) {
    HANSA_TRY(const bool found, lines.step());
    if (!found) return more;
    more = true;
    HANSA_TRY(const Line line, line_of(lines));
    HANSA_CHECK(check.add(line, lines.bytes(11)));
    last = line.number;
  }
}

}  // namespace

Result<std::unique_ptr<Reader>> Reader::open(const std::string& path) {
  HANSA_TRY(Connection connection, Connection::open(path, Access::read));
  return std::unique_ptr<Reader>(new Reader(path, std::move(connection)));
}

Result<Seq> Reader::load(const std::function<void(Row)>& each) {
  HANSA_TRY(Connection connection, Connection::open(path_, Access::read));
  // One transaction: the rows and the number belong together.
  HANSA_TRY(Transaction transaction, Transaction::begin(connection, Access::read));
  HANSA_TRY(Statement rows,
            Statement::prepare(connection, "SELECT kind, id, rev, body FROM row ORDER BY rowid"));
  for (;;) {
    HANSA_TRY(const bool found, rows.step());
    if (!found) break;
    HANSA_TRY(const Ulid id, ulid_of(rows.bytes(1)));
    each({std::string(rows.bytes(0)), id, Rev{static_cast<std::uint64_t>(rows.integer(2))},
          std::string(rows.bytes(3))});
  }
  HANSA_TRY(const std::int64_t seq, connection.number("SELECT max(seq) FROM batch"));
  HANSA_CHECK(transaction.commit());
  return Seq{static_cast<std::uint64_t>(seq)};
}

Result<std::vector<Batch>> Reader::batches(Seq after) {
  const std::lock_guard lock(mutex_);
  HANSA_TRY(Statement found,
            Statement::prepare(connection_,
                               "SELECT seq, rows FROM batch WHERE seq > ? ORDER BY seq LIMIT ?"));
  found.bind(1, static_cast<std::int64_t>(after.number))
      .bind(2, static_cast<std::int64_t>(limits::batches_per_follow_max));
  std::vector<Batch> batches;
  std::size_t bytes = 0;
  while (bytes <= limits::follow_bytes_max) {
    HANSA_TRY(const bool more, found.step());
    if (!more) break;
    const Seq seq{static_cast<std::uint64_t>(found.integer(0))};
    if (batches.empty() && seq.number != after.number + 1)
      return not_found("commits that old are no longer kept",
                       "load the mesh again and follow from there");
    if (seq.number != after.number + 1 + batches.size())
      return corrupt("a stored batch is missing");
    bytes += found.bytes(1).size();
    HANSA_TRY(Batch batch, decode_rows(seq, found.bytes(1)));
    batches.push_back(std::move(batch));
  }
  return batches;
}

Result<std::vector<Line>> Reader::history(const Question& question) {
  const std::lock_guard lock(mutex_);
  return sqlite::history(connection_, question);
}

Result<std::vector<Message>> Reader::unrouted(std::size_t max) {
  const std::lock_guard lock(mutex_);
  return sqlite::unrouted(connection_, max);
}

Result<std::vector<Delivery>> Reader::due(Time now, std::size_t max, std::size_t in_row) {
  const std::lock_guard lock(mutex_);
  return sqlite::due(connection_, now, max, in_row);
}

Result<std::vector<Delivery>> Reader::gathered(Ulid channel, Time now, std::size_t max) {
  const std::lock_guard lock(mutex_);
  return sqlite::gathered(connection_, channel, now, max);
}

Result<std::vector<Delivery>> Reader::deliveries(const DeliveryQuestion& question) {
  const std::lock_guard lock(mutex_);
  return sqlite::deliveries(connection_, question);
}

Result<std::uint64_t> Reader::waiting() {
  const std::lock_guard lock(mutex_);
  return sqlite::waiting(connection_);
}

Result<bool> Reader::any_text(Time before) {
  const std::lock_guard lock(mutex_);
  HANSA_TRY(Statement found,
            Statement::prepare(connection_, "SELECT 1 FROM text WHERE at < ? LIMIT 1"));
  return found.bind(1, before.us).step();
}

Result<bool> Reader::any_use(std::int64_t before_hour) {
  const std::lock_guard lock(mutex_);
  HANSA_TRY(Statement found,
            Statement::prepare(connection_, "SELECT 1 FROM used WHERE hour < ? LIMIT 1"));
  return found.bind(1, before_hour).step();
}

Result<void> Reader::uses(const UseQuestion& question,
                          const std::function<void(const UseKey&, const UseCount&)>& each) {
  // It may be a long walk.
  HANSA_TRY(Connection connection, Connection::open(path_, Access::read));
  return sqlite::uses(connection, question, each);
}

Result<std::optional<Reader::Answer>> Reader::answer(PrincipalId who, std::string_view key) {
  const std::lock_guard lock(mutex_);
  HANSA_TRY(Statement found,
            Statement::prepare(connection_,
                               "SELECT answer, expires FROM answer WHERE who = ? AND key = ?"));
  const std::string id = bytes_of(who.ulid);
  HANSA_TRY(const bool any, found.bind_blob(1, id).bind_text(2, key).step());
  if (!any) return std::nullopt;
  return Answer{std::string(found.bytes(0)), Time{found.integer(1)}};
}

Result<std::optional<std::string>> Reader::fact(std::string_view name) {
  const std::lock_guard lock(mutex_);
  HANSA_TRY(Statement found,
            Statement::prepare(connection_, "SELECT value FROM fact WHERE name = ?"));
  HANSA_TRY(const bool any, found.bind_text(1, name).step());
  if (!any) return std::nullopt;
  return std::string(found.bytes(0));
}

Result<AuditHead> Reader::verify(std::vector<Anchor> anchors) {
  HANSA_TRY(Connection connection, Connection::open(path_, Access::read));
  ChainCheck check(std::move(anchors));
  for (std::uint64_t last = 0;;) {
    HANSA_TRY(const bool more, verify_piece(connection, check, last));
    if (!more) return check.finish();
  }
}

Result<Seq> Reader::copy(const std::string& path, const std::function<void(Row)>& each,
                         const std::stop_token& stop) {
  HANSA_CHECK(open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW));
  {
    HANSA_TRY(Connection from, Connection::open(path_, Access::read));
    HANSA_TRY(Connection to, Connection::open(path, Access::write));
    // Whoever takes the copy makes it durable where it ends up.
    HANSA_CHECK(to.run("PRAGMA synchronous = OFF"));
    HANSA_CHECK(from.copy_into(to, stop));
    // The last connection that closes a database in WAL mode takes its log away.
  }
  HANSA_TRY(const auto copied, open(path));
  return copied->load(each);
}

Result<void> Reader::check() {
  HANSA_TRY(Connection connection, Connection::open(path_, Access::read));
  HANSA_TRY(Statement found, Statement::prepare(connection, "PRAGMA integrity_check(1)"));
  HANSA_TRY(const bool any, found.step());
  if (any && found.bytes(0) == "ok") return {};
  return corrupt(fmt::format("the store: {}", any ? found.bytes(0) : "no answer"),
                 "restore it from a backup: hansa admin restore");
}

}  // namespace hansa::store::sqlite
