#include "world/store/commit.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "base/limits.h"
#include "world/store/chain.h"

namespace hansa::store {
namespace {

// A row, an expectation or an event without its texts.
constexpr std::size_t fixed_bytes = 96;

}  // namespace

Result<void> check_commit(const Commit& commit) {
  if (commit.writes.size() > limits::changes_per_commit_max ||
      commit.events.size() > limits::changes_per_commit_max ||
      commit.messages.size() > limits::changes_per_commit_max)
    return exhausted(fmt::format("more than {} changes at once", limits::changes_per_commit_max),
                     "split the work into several steps");
  if (bytes_in(commit) > limits::commit_bytes_max)
    return exhausted(fmt::format("changes of more than {} bytes at once", limits::commit_bytes_max),
                     "split the work into several steps");
  std::set<std::tuple<std::string_view, Ulid>> seen;
  for (const Write& write : commit.writes) {
    if (!seen.emplace(write.kind, write.id).second)
      return invalid(fmt::format("one {} is written twice", write.kind));
    if (!write.body && !write.names.empty())
      return invalid(fmt::format("a removed {} cannot claim names", write.kind));
  }
  std::set<Ulid> messages;
  for (const Message& message : commit.messages)
    if (!messages.insert(message.id).second) return invalid("one message is sent twice");
  return {};
}

std::size_t bytes_in(const Commit& commit) {
  std::size_t bytes =
      fixed_bytes * (commit.expects.size() + commit.unread.size() + commit.writes.size() +
                     commit.events.size() + commit.messages.size());
  for (const Expect& expect : commit.expects) bytes += expect.kind.size();
  for (const Write& write : commit.writes) {
    bytes += write.kind.size() + (write.body ? write.body->size() : 0);
    for (const std::string& name : write.names) bytes += fixed_bytes + name.size();
  }
  for (const EventRow& event : commit.events)
    bytes += event.kind.size() + event.subject_kind.size() + event.details.size();
  for (const Message& message : commit.messages)
    bytes += message.to_kind.size() + message.type.size() + message.facts.size();
  if (commit.answer) bytes += commit.answer->key.size() + commit.answer->answer.size();
  return bytes;
}

std::size_t bytes_in(const Record& record) {
  return fixed_bytes + record.kind.size() + record.body.size() +
         (record.text ? record.text->text.size() : 0);
}

std::size_t bytes_in(const Batch& batch) {
  std::size_t bytes = fixed_bytes;
  for (const Row& row : batch.rows)
    bytes += fixed_bytes + row.kind.size() + (row.body ? row.body->size() : 0);
  return bytes;
}

std::size_t bytes_in(const std::vector<Routed>& routed) {
  std::size_t bytes = fixed_bytes * routed.size();
  for (const Routed& each : routed) bytes += sizeof(Ulid) * each.channels.size();
  return bytes;
}

std::size_t bytes_in(const std::vector<Marked>& marks) {
  std::size_t bytes = fixed_bytes * marks.size();
  for (const Marked& mark : marks) bytes += mark.said.size();
  return bytes;
}

Batch batch_of(Commit&& commit, Seq seq) {
  Batch batch{.seq = seq, .rows = {}};
  batch.rows.reserve(commit.writes.size());
  for (Write& write : commit.writes)
    batch.rows.push_back({std::move(write.kind), write.id, seq, std::move(write.body)});
  return batch;
}

std::chrono::steady_clock::time_point deadline_of(std::int64_t deadline_us) {
  using Clock = std::chrono::steady_clock;
  constexpr std::int64_t last_us = Clock::duration::max() / Micros{1};
  return Clock::time_point{Micros{std::min(deadline_us, last_us)}};
}

Line line_of(const EventRow& event, Seq seq) {
  return {.number = 0,
          .seq = seq,
          .kind = event.kind,
          .who = event.by,
          .at = event.at,
          .subject = event.subject,
          .subject_kind = event.subject_kind,
          .body = event.details};
}

Line line_of(const Record& record) {
  return {.number = 0,
          .seq = {},
          .kind = record.kind,
          .who = record.who,
          .at = record.at,
          .subject = record.subject,
          .subject_kind = {},
          .body = record.body,
          .text_digest = record.text ? text_digest(*record.text) : "",
          .text = record.text};
}

std::unexpected<Error> row_changed(const Expect& expect) {
  return conflict(expect.rev.number == 0
                      ? fmt::format("this {} exists already", expect.kind)
                      : fmt::format("this {} was changed meanwhile", expect.kind),
                  "look again and repeat what you wanted");
}

std::unexpected<Error> read_meanwhile() {
  return conflict("it was read meanwhile", "look again at who reads it");
}

std::unexpected<Error> name_taken(std::string_view name) {
  return conflict(fmt::format("the name {} is taken", name), "choose another name");
}

std::unexpected<Error> answer_given() {
  return conflict("this call was made before and has its answer", "ask for the answer again");
}

std::unexpected<Error> too_many_waiting() {
  return exhausted("too much waits to be written", "try again in a moment");
}

}  // namespace hansa::store
