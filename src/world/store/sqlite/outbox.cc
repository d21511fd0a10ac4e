#include "world/store/sqlite/outbox.h"

#include "world/store/bytes.h"

namespace hansa::store::sqlite {
namespace {

constexpr const char* message_columns = "id, to_kind, to_id, message.about, type, at, facts";
constexpr int message_width = 7;
constexpr const char* delivery_columns =
    "delivery.number, channel, state, attempts, due IS NOT NULL, due, last IS NOT NULL, last, said,"
    " urgent";

Result<Message> message_of(const Statement& row) {
  HANSA_TRY(const Ulid id, BytesReader(row.bytes(0)).ulid());
  HANSA_TRY(const Ulid to, BytesReader(row.bytes(2)).ulid());
  HANSA_TRY(const Ulid about, BytesReader(row.bytes(3)).ulid());
  return Message{.id = id,
                 .to_kind = std::string(row.bytes(1)),
                 .to = to,
                 .about = about,
                 .type = std::string(row.bytes(4)),
                 .at = Time{row.integer(5)},
                 .facts = std::string(row.bytes(6))};
}

Result<Delivery> delivery_of(const Statement& row) {
  HANSA_TRY(Message message, message_of(row));
  constexpr int at = message_width;
  HANSA_TRY(const Ulid channel, BytesReader(row.bytes(at + 1)).ulid());
  const std::int64_t state = row.integer(at + 2);
  if (state < 0 || state > static_cast<std::int64_t>(DeliveryState::given_up))
    return corrupt("a delivery has an unknown state");
  const auto time = [&](int column) {
    return row.integer(column) == 0 ? std::nullopt : std::optional(Time{row.integer(column + 1)});
  };
  return Delivery{.number = static_cast<std::uint64_t>(row.integer(at)),
                  .message = std::move(message),
                  .channel = channel,
                  .state = static_cast<DeliveryState>(state),
                  .attempts = static_cast<std::uint32_t>(row.integer(at + 3)),
                  .due = time(at + 4),
                  .last = time(at + 6),
                  .said = std::string(row.bytes(at + 8)),
                  .urgent = row.integer(at + 9) != 0};
}

std::string select_deliveries(std::string_view where) {
  return std::string("SELECT ") + message_columns + ", " + delivery_columns +
         " FROM delivery JOIN message ON message.number = delivery.message " + std::string(where);
}

Result<void> add_all(Statement& found, std::size_t max, std::vector<Delivery>& out) {
  while (out.size() < max) {
    HANSA_TRY(const bool more, found.step());
    if (!more) return {};
    HANSA_TRY(Delivery delivery, delivery_of(found));
    out.push_back(std::move(delivery));
  }
  found.reset();
  return {};
}

}  // namespace

Result<std::vector<Message>> unrouted(Connection& connection, std::size_t max) {
  HANSA_TRY(
      Statement found,
      Statement::prepare(connection, std::string("SELECT ") + message_columns +
                                         " FROM message WHERE routed = 0 ORDER BY number LIMIT ?"));
  found.bind(1, static_cast<std::int64_t>(max));
  std::vector<Message> out;
  for (;;) {
    HANSA_TRY(const bool more, found.step());
    if (!more) return out;
    HANSA_TRY(Message message, message_of(found));
    out.push_back(std::move(message));
  }
}

Result<std::vector<Delivery>> due(Connection& connection, Time now, std::size_t max,
                                  std::size_t in_row) {
  HANSA_TRY(Statement heads, Statement::prepare(connection,
                                                "SELECT channel, about FROM delivery WHERE due <= ?"
                                                " ORDER BY due, number LIMIT ?"));
  HANSA_TRY(Statement row,
            Statement::prepare(connection, select_deliveries("WHERE channel = ? AND "
                                                             "delivery.about = ? AND state = 0"
                                                             " ORDER BY delivery.number LIMIT ?")));
  heads.bind(1, now.us).bind(2, static_cast<std::int64_t>(max));
  std::vector<Delivery> out;
  while (out.size() < max) {
    HANSA_TRY(const bool more, heads.step());
    if (!more) break;
    const std::string channel(heads.bytes(0));
    const std::string about(heads.bytes(1));
    row.bind_blob(1, channel).bind_blob(2, about).bind(3, static_cast<std::int64_t>(in_row));
    HANSA_CHECK(add_all(row, max, out));
  }
  return out;
}

Result<std::vector<Delivery>> gathered(Connection& connection, Ulid channel, Time now,
                                       std::size_t max) {
  // Only the first of a subject has a time, or all that are urgent.
  HANSA_TRY(Statement found,
            Statement::prepare(
                connection,
                select_deliveries("WHERE channel = ?1 AND state = 0 AND delivery.about IN (SELECT"
                                  " about FROM delivery WHERE channel = ?1 AND state = 0 AND due"
                                  " <= ?2 AND urgent = 0) ORDER BY delivery.number LIMIT ?3")));
  const std::string bytes = bytes_of(channel);
  found.bind_blob(1, bytes).bind(2, now.us).bind(3, static_cast<std::int64_t>(max));
  std::vector<Delivery> out;
  HANSA_CHECK(add_all(found, max, out));
  return out;
}

Result<std::vector<Delivery>> deliveries(Connection& connection, const DeliveryQuestion& question) {
  std::string where = "WHERE delivery.number < ?1";
  if (question.channel) where += " AND channel = ?3";
  HANSA_TRY(Statement found,
            Statement::prepare(
                connection, select_deliveries(where + " ORDER BY delivery.number DESC LIMIT ?2")));
  const std::string channel = bytes_of(question.channel.value_or(Ulid{}));
  found.bind(1, question.before == 0 ? INT64_MAX : static_cast<std::int64_t>(question.before))
      .bind(2, static_cast<std::int64_t>(question.max));
  if (question.channel) found.bind_blob(3, channel);
  std::vector<Delivery> out;
  HANSA_CHECK(add_all(found, question.max, out));
  return out;
}

Result<std::uint64_t> waiting(Connection& connection) {
  HANSA_TRY(const std::int64_t deliveries,
            connection.number("SELECT count(*) FROM delivery WHERE state = 0"));
  HANSA_TRY(const std::int64_t messages,
            connection.number("SELECT count(*) FROM message WHERE routed = 0"));
  return static_cast<std::uint64_t>(deliveries + messages);
}

}  // namespace hansa::store::sqlite
