#include "world/store/sqlite/apply_outbox.h"

#include <set>

#include "base/limits.h"
#include "world/store/bytes.h"
#include "world/store/commit.h"

namespace hansa::store::sqlite {
namespace {

// What is dropped with one mark, so that no mark takes long. More than one mark makes.
constexpr std::int64_t dropped_at_once = 2'000;

std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }

}  // namespace

Result<ApplyOutbox> ApplyOutbox::prepare(Connection& connection) {
  const auto make = [&](const char* sql) { return Statement::prepare(connection, sql); };
  HANSA_TRY(Statement number_of,
            make("SELECT number, about FROM message WHERE id = ? AND routed = 0"));
  HANSA_TRY(Statement routed, make("UPDATE message SET routed = 1 WHERE number = ?"));
  HANSA_TRY(Statement drop_message, make("DELETE FROM message WHERE number = ?"));
  HANSA_TRY(Statement waiting,
            make("SELECT count(*) FROM delivery WHERE channel = ? AND state = 0"));
  HANSA_TRY(Statement in_row,
            make("SELECT 1 FROM delivery WHERE channel = ? AND about = ? AND state = 0 LIMIT 1"));
  HANSA_TRY(Statement put,
            make("INSERT INTO delivery (message, channel, about, state, due, attempts, said,"
                 " urgent) VALUES (?, ?, ?, ?, ?, 0, ?, ?)"));
  HANSA_TRY(Statement hurry,
            make("UPDATE delivery SET urgent = 1, due = CASE WHEN due IS NOT NULL THEN ?3 END"
                 " WHERE channel = ?1 AND about = ?2 AND state = 0"));
  HANSA_TRY(Statement mark,
            make("UPDATE delivery SET state = ?2, attempts = attempts + ?3, said = ?4,"
                 " last = CASE WHEN ?3 = 1 THEN ?5 ELSE last END,"
                 " due = CASE WHEN ?2 = 0 AND due IS NOT NULL THEN ?6 END"
                 " WHERE number = ?1 AND state = 0"));
  HANSA_TRY(Statement next_in_row,
            make("UPDATE delivery SET due = ?2 WHERE due IS NULL AND number = (SELECT next.number"
                 " FROM delivery done JOIN delivery next ON next.channel = done.channel AND"
                 " next.about = done.about WHERE done.number = ?1 AND next.state = 0"
                 " ORDER BY next.number LIMIT 1)"));
  HANSA_TRY(Statement drop_done,
            make("DELETE FROM delivery WHERE number IN (SELECT number FROM delivery WHERE"
                 " state <> 0 AND number <= (SELECT max(number) FROM delivery) - ?1"
                 " ORDER BY number LIMIT ?2)"));
  HANSA_TRY(Statement drop_messages, make("DELETE FROM message WHERE routed = 1 AND"
                                          " number < (SELECT min(message) FROM delivery)"));
  return ApplyOutbox(Statements{std::move(number_of), std::move(routed), std::move(drop_message),
                                std::move(waiting), std::move(in_row), std::move(put),
                                std::move(hurry), std::move(mark), std::move(next_in_row),
                                std::move(drop_done), std::move(drop_messages)});
}

Result<void> ApplyOutbox::route(const std::vector<Routed>& routed, Time now) {
  std::map<Ulid, std::int64_t> waiting;
  for (const Routed& each : routed) HANSA_CHECK(route(each, now, waiting));
  return {};
}

Result<void> ApplyOutbox::route(const Routed& routed, Time now,
                                std::map<Ulid, std::int64_t>& waiting) {
  const std::string id = bytes_of(routed.message);
  HANSA_TRY(const bool found, sql_.number_of.bind_blob(1, id).step());
  const std::int64_t number = found ? sql_.number_of.integer(0) : 0;
  const std::string about(found ? sql_.number_of.bytes(1) : "");
  sql_.number_of.reset();
  if (!found) return {};
  if (routed.channels.empty()) return sql_.drop_message.bind(1, number).run();
  HANSA_CHECK(sql_.routed.bind(1, number).run());
  for (const Ulid& channel : std::set(routed.channels.begin(), routed.channels.end())) {
    const auto [known, fresh] = waiting.try_emplace(channel, 0);
    if (fresh) {
      const std::string bytes = bytes_of(channel);
      HANSA_CHECK(sql_.waiting.bind_blob(1, bytes).step());
      known->second = sql_.waiting.integer(0);
      sql_.waiting.reset();
    }
    HANSA_CHECK(deliver(number, about, channel, routed.urgent, now, known->second));
  }
  return {};
}

Result<void> ApplyOutbox::deliver(std::int64_t message, std::string_view about, Ulid channel,
                                  bool urgent, Time now, std::int64_t& waiting) {
  const std::string to = bytes_of(channel);
  const bool full = waiting >= static_cast<std::int64_t>(limits::deliveries_waiting_max);
  HANSA_TRY(const bool behind, sql_.in_row.bind_blob(1, to).bind_blob(2, about).step());
  sql_.in_row.reset();
  Statement& put = sql_.put.bind(1, message).bind_blob(2, to).bind_blob(3, about);
  put.bind(4, static_cast<std::int64_t>(full ? DeliveryState::given_up : DeliveryState::waiting));
  if (full || behind) put.bind_null(5);
  else put.bind(5, now.us);
  if (!full) ++waiting;
  HANSA_CHECK(put.bind_text(6, full ? too_many_for_channel : "").bind(7, urgent ? 1 : 0).run());
  if (full || !urgent || !behind) return {};
  return sql_.hurry.bind_blob(1, to).bind_blob(2, about).bind(3, now.us).run();
}

Result<void> ApplyOutbox::mark(const std::vector<Marked>& marks) {
  for (const Marked& each : marks) {
    HANSA_CHECK(sql_.mark.bind(1, signed_of(each.number))
                    .bind(2, static_cast<std::int64_t>(each.state))
                    .bind(3, each.attempted ? 1 : 0)
                    .bind_text(4, each.said)
                    .bind(5, each.at.us)
                    .bind(6, each.due.us)
                    .run());
    if (sql_.mark.changed() == 1 && each.state != DeliveryState::waiting)
      HANSA_CHECK(sql_.next_in_row.bind(1, signed_of(each.number)).bind(2, each.at.us).run());
  }
  HANSA_CHECK(sql_.drop_done.bind(1, signed_of(limits::deliveries_kept_max))
                  .bind(2, dropped_at_once)
                  .run());
  if (sql_.drop_done.changed() == 0) return {};
  return sql_.drop_messages.run();
}

}  // namespace hansa::store::sqlite
