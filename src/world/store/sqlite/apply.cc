#include "world/store/sqlite/apply.h"

#include <unordered_set>

#include "base/limits.h"
#include "world/store/bytes.h"
#include "world/store/commit.h"
#include "world/store/sqlite/batch.h"

namespace hansa::store::sqlite {
namespace {

// SQLite's whole numbers are signed; a number past half of 2^64 is not reached in this universe.
std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }

}  // namespace

Result<Position> position_of(Connection& connection) {
  Position at;
  HANSA_TRY(const std::int64_t seq, connection.number("SELECT max(seq) FROM batch"));
  at.seq.number = static_cast<std::uint64_t>(seq);
  HANSA_TRY(
      Statement last,
      Statement::prepare(connection, "SELECT number, hash FROM line ORDER BY number DESC LIMIT 1"));
  HANSA_TRY(const bool found, last.step());
  if (!found) return at;
  at.chain.number = static_cast<std::uint64_t>(last.integer(0));
  at.chain.hash = last.bytes(1);
  if (at.chain.hash.size() != chain_start().size())
    return corrupt("the audit's last hash is damaged");
  return at;
}

Result<Apply> Apply::prepare(Connection& connection) {
  const auto make = [&](const char* sql) { return Statement::prepare(connection, sql); };
  HANSA_TRY(Statement savepoint, make("SAVEPOINT one"));
  HANSA_TRY(Statement release, make("RELEASE one"));
  HANSA_TRY(Statement roll_back, make("ROLLBACK TO one"));
  HANSA_TRY(Statement rev, make("SELECT rev FROM row WHERE kind = ? AND id = ?"));
  HANSA_TRY(Statement put_row,
            make("INSERT INTO row (kind, id, rev, body) VALUES (?, ?, ?, ?) ON CONFLICT (kind, id)"
                 " DO UPDATE SET rev = excluded.rev, body = excluded.body"));
  HANSA_TRY(Statement drop_row, make("DELETE FROM row WHERE kind = ? AND id = ?"));
  HANSA_TRY(Statement names_of, make("SELECT name FROM name WHERE kind = ? AND id = ?"));
  HANSA_TRY(Statement free_name, make("DELETE FROM name WHERE name = ?"));
  HANSA_TRY(Statement claim_name,
            make("INSERT INTO name (name, kind, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"));
  HANSA_TRY(Statement owner_of, make("SELECT kind, id FROM name WHERE name = ?"));
  HANSA_TRY(Statement put_answer,
            make("INSERT INTO answer (who, key, answer, expires) VALUES (?, ?, ?, ?)"
                 " ON CONFLICT DO NOTHING"));
  HANSA_TRY(Statement put_line,
            make("INSERT INTO line (number, seq, kind, who, at, subject, subject_kind, body,"
                 " hash, text_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  HANSA_TRY(Statement put_text,
            make("INSERT INTO text (number, at, salt, text) VALUES (?, ?, ?, ?)"));
  HANSA_TRY(Statement put_message,
            make("INSERT INTO message (id, to_kind, to_id, about, type, at, facts, routed)"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, 0)"));
  HANSA_TRY(Statement put_batch, make("INSERT INTO batch (seq, rows) VALUES (?, ?)"));
  HANSA_TRY(Statement put_fact,
            make("INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name)"
                 " DO UPDATE SET value = excluded.value"));
  HANSA_TRY(Statement forget, make("DELETE FROM answer WHERE expires <= ?"));
  HANSA_TRY(Statement drop_texts,
            make("DELETE FROM text WHERE number IN (SELECT number FROM text WHERE at < ?"
                 " ORDER BY at LIMIT 5000)"));
  HANSA_TRY(Statement prune,
            make("DELETE FROM batch WHERE seq <= ? AND seq < (SELECT min(seq) FROM batch) + 100"));
  return Apply(Statements{
      std::move(savepoint), std::move(release), std::move(roll_back), std::move(rev),
      std::move(put_row), std::move(drop_row), std::move(names_of), std::move(free_name),
      std::move(claim_name), std::move(owner_of), std::move(put_answer), std::move(put_line),
      std::move(put_text), std::move(put_message), std::move(put_batch), std::move(put_fact),
      std::move(forget), std::move(drop_texts), std::move(prune)});
}

Result<Seq> Apply::commit(const Commit& commit, Position& at) {
  HANSA_CHECK(sql_.savepoint.run());
  Position next = at;
  if (auto done = commit_all(commit, next); !done) {
    // After any other error SQLite may have rolled back everything, savepoint included.
    if (done.error().code == Code::conflict) {
      HANSA_CHECK(sql_.roll_back.run());
      HANSA_CHECK(sql_.release.run());
    }
    return std::unexpected(std::move(done).error());
  }
  HANSA_CHECK(sql_.release.run());
  at = std::move(next);
  return at.seq;
}

Result<void> Apply::commit_all(const Commit& commit, Position& at) {
  for (const Expect& expect : commit.expects) HANSA_CHECK(check(expect));
  if (commit.answer) HANSA_CHECK(remember(*commit.answer));
  // All names are freed before any is claimed, so that two nouns can swap theirs.
  for (const Write& write : commit.writes) HANSA_CHECK(free_names(write));
  for (const Write& write : commit.writes) HANSA_CHECK(claim_names(write));
  ++at.seq.number;
  for (const Write& write : commit.writes) HANSA_CHECK(put(write, at.seq));
  for (const EventRow& event : commit.events)
    HANSA_CHECK(put_line(line_of(event, at.seq), at.chain));
  for (const Message& message : commit.messages) HANSA_CHECK(put_message(message));
  const std::string rows = encode_rows(commit);
  return sql_.put_batch.bind(1, signed_of(at.seq.number)).bind_blob(2, rows).run();
}

Result<void> Apply::check(const Expect& expect) {
  const std::string id = bytes_of(expect.id);
  HANSA_TRY(const bool found, sql_.rev.bind_text(1, expect.kind).bind_blob(2, id).step());
  const std::int64_t rev = found ? sql_.rev.integer(0) : 0;
  sql_.rev.reset();
  if (rev != signed_of(expect.rev.number)) return row_changed(expect);
  return {};
}

Result<void> Apply::put(const Write& write, Rev rev) {
  const std::string id = bytes_of(write.id);
  if (!write.body) return sql_.drop_row.bind_text(1, write.kind).bind_blob(2, id).run();
  return sql_.put_row.bind_text(1, write.kind)
      .bind_blob(2, id)
      .bind(3, signed_of(rev.number))
      .bind_blob(4, *write.body)
      .run();
}

Result<void> Apply::free_names(const Write& write) {
  const std::string id = bytes_of(write.id);
  const std::unordered_set<std::string_view> listed(write.names.begin(), write.names.end());
  std::vector<std::string> unlisted;
  sql_.names_of.bind_text(1, write.kind).bind_blob(2, id);
  for (;;) {
    HANSA_TRY(const bool found, sql_.names_of.step());
    if (!found) break;
    std::string name(sql_.names_of.bytes(0));
    if (!listed.contains(name)) unlisted.push_back(std::move(name));
  }
  for (const std::string& name : unlisted) HANSA_CHECK(sql_.free_name.bind_text(1, name).run());
  return {};
}

Result<void> Apply::claim_names(const Write& write) {
  const std::string id = bytes_of(write.id);
  for (const std::string& name : write.names) {
    HANSA_CHECK(sql_.claim_name.bind_text(1, name).bind_text(2, write.kind).bind_blob(3, id).run());
    if (sql_.claim_name.changed() == 1) continue;
    HANSA_TRY(const bool found, sql_.owner_of.bind_text(1, name).step());
    const bool ours = found && sql_.owner_of.bytes(0) == write.kind && sql_.owner_of.bytes(1) == id;
    sql_.owner_of.reset();
    if (!ours) return name_taken(name);
  }
  return {};
}

Result<void> Apply::remember(const Remembered& answer) {
  const std::string who = bytes_of(answer.who.ulid);
  HANSA_CHECK(sql_.put_answer.bind_blob(1, who)
                  .bind_text(2, answer.key)
                  .bind_text(3, answer.answer)
                  .bind(4, answer.expires.us)
                  .run());
  if (sql_.put_answer.changed() == 0) return answer_given();
  return {};
}

Result<void> Apply::put_line(Line line, ChainEnd& chain) {
  chain.append(line);
  const std::string who = bytes_of(line.who.ulid);
  const std::string subject = bytes_of(line.subject);
  HANSA_CHECK(sql_.put_line.bind(1, signed_of(line.number))
                  .bind(2, signed_of(line.seq.number))
                  .bind_text(3, line.kind)
                  .bind_blob(4, who)
                  .bind(5, line.at.us)
                  .bind_blob(6, subject)
                  .bind_text(7, line.subject_kind)
                  .bind_text(8, line.body)
                  .bind_blob(9, chain.hash)
                  .bind_blob(10, line.text_digest)
                  .run());
  if (!line.text) return {};
  return sql_.put_text.bind(1, signed_of(line.number))
      .bind(2, line.at.us)
      .bind_blob(3, line.text->salt)
      .bind_text(4, line.text->text)
      .run();
}

Result<void> Apply::put_message(const Message& message) {
  const std::string id = bytes_of(message.id);
  const std::string to = bytes_of(message.to);
  const std::string about = bytes_of(message.about);
  return sql_.put_message.bind_blob(1, id)
      .bind_text(2, message.to_kind)
      .bind_blob(3, to)
      .bind_blob(4, about)
      .bind_text(5, message.type)
      .bind(6, message.at.us)
      .bind_text(7, message.facts)
      .run();
}

Result<void> Apply::record(const Record& record, Position& at) {
  return put_line(line_of(record), at.chain);
}

Result<void> Apply::fact(std::string_view name, std::string_view value) {
  return sql_.put_fact.bind_text(1, name).bind_text(2, value).run();
}

Result<void> Apply::forget(Time now) { return sql_.forget.bind(1, now.us).run(); }

Result<void> Apply::drop_texts(Time before) { return sql_.drop_texts.bind(1, before.us).run(); }

Result<void> Apply::prune(Seq head, std::uint64_t kept) {
  if (head.number <= kept) return {};
  return sql_.prune.bind(1, signed_of(head.number - kept)).run();
}

}  // namespace hansa::store::sqlite
