#include "world/store/memory/memory.h"

#include <fcntl.h>

#include <algorithm>

#include "base/file.h"
#include "base/limits.h"
#include "world/store/bytes.h"
#include "world/store/commit.h"

namespace hansa::store {
namespace {

struct KeptTicket : Ticket {
  Result<void> durable() override { return {}; }
};

struct LostTicket : Ticket {
  Result<void> durable() override { return unavailable("the record may not have been kept"); }
};

std::unexpected<Error> error_of(Fault fault) {
  if (fault == Fault::refused) return exhausted("the disk is full");
  return unavailable("the store cannot be written");
}

bool matches(const Line& line, const Question& question) {
  if (question.behind && line.seq <= *question.behind) return false;
  if (question.who && line.who != *question.who) return false;
  if (question.subject && line.subject != *question.subject) return false;
  return question.kinds.empty() ||
         std::ranges::find(question.kinds, line.kind) != question.kinds.end();
}

bool matches(const UseKey& key, const UseQuestion& question) {
  if (question.port && key.port != *question.port) return false;
  if (question.who && key.who != *question.who) return false;
  return key.hour >= question.hour_min;
}

}  // namespace

void MemoryStore::fail_at(std::uint64_t step, Fault fault) {
  const std::lock_guard lock(mutex_);
  steps_ = 0;
  failing_ = step;
  fault_ = fault;
}

std::uint64_t MemoryStore::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

std::optional<Fault> MemoryStore::step() {
  if (++steps_ != failing_) return std::nullopt;
  return fault_;
}

Result<Seq> MemoryStore::load(const std::function<void(Row)>& each) {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, kept] : rows_) each({key.first, key.second, kept.rev, kept.body});
  return Seq{batches_.size()};
}

Result<void> MemoryStore::check_expects(const Commit& commit) const {
  for (const Expect& expect : commit.expects) {
    const auto found = rows_.find({expect.kind, expect.id});
    if ((found == rows_.end() ? Rev{} : found->second.rev) != expect.rev)
      return row_changed(expect);
  }
  for (const Unread& unread : commit.unread) {
    std::uint64_t reads = 0;
    for (const auto& [key, count] : uses_)
      if (key.port == unread.port) reads += count.reads;
    if (reads != unread.reads) return read_meanwhile();
  }
  if (commit.answer && answers_.contains({commit.answer->who, commit.answer->key}))
    return answer_given();
  return {};
}

// A name is free for a write if nobody holds it, or its holder gives it up in the same commit.
Result<void> MemoryStore::check_names(const Commit& commit) const {
  std::map<Key, const Write*> writes;
  for (const Write& write : commit.writes) writes[{write.kind, write.id}] = &write;
  std::map<std::string_view, const Write*> claims;
  for (const Write& write : commit.writes)
    for (const std::string& name : write.names) {
      const auto claimed = claims.emplace(name, &write);
      if (claimed.first->second != &write) return name_taken(name);
      const auto held = names_.find(name);
      if (held == names_.end() || held->second == Key{write.kind, write.id}) continue;
      const auto holder = writes.find(held->second);
      if (holder == writes.end() ||
          std::ranges::find(holder->second->names, name) != holder->second->names.end())
        return name_taken(name);
    }
  return {};
}

void MemoryStore::write(const Write& write, Seq seq) {
  const Key key{write.kind, write.id};
  if (write.body) rows_[key] = {seq, *write.body};
  else rows_.erase(key);
  for (const std::string& name : write.names) names_[name] = key;
  names_of_[key] = {write.names.begin(), write.names.end()};
}

void MemoryStore::append(Line line) {
  chain_.append(line);
  lines_.push_back({std::move(line), chain_.hash});
}

Result<Seq> MemoryStore::commit(Commit commit) {
  HANSA_CHECK(check_commit(commit));
  const std::lock_guard lock(mutex_);
  const auto fault = step();
  if (fault && *fault != Fault::lost_reply) return error_of(*fault);
  HANSA_CHECK(check_expects(commit));
  HANSA_CHECK(check_names(commit));
  const Seq seq{batches_.size() + 1};
  for (const Write& write : commit.writes)
    for (const std::string& name : names_of_[{write.kind, write.id}]) names_.erase(name);
  for (const Write& row : commit.writes) write(row, seq);
  for (const EventRow& event : commit.events) append(line_of(event, seq));
  if (commit.answer) answers_[{commit.answer->who, commit.answer->key}] = *commit.answer;
  outbox_.add(commit.messages);
  batches_.push_back(batch_of(std::move(commit), seq));
  changed_.notify_all();
  if (fault) return error_of(*fault);
  return seq;
}

MemoryOutbox::Verdict MemoryStore::next_of_outbox() {
  const std::lock_guard lock(mutex_);
  const auto fault = step();
  if (!fault) return {};
  return {.answer = error_of(*fault), .written = *fault == Fault::lost_reply};
}

Result<std::vector<Batch>> MemoryStore::follow(Seq after, std::int64_t deadline_us) {
  const auto deadline = deadline_of(deadline_us);
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline, [&] { return batches_.size() > after.number; });
  std::vector<Batch> batches;
  for (std::size_t at = after.number;
       at < batches_.size() && batches.size() < limits::batches_per_follow_max; ++at)
    batches.push_back(batches_[at]);
  return batches;
}

Result<std::unique_ptr<Ticket>> MemoryStore::record(Record record) {
  const std::lock_guard lock(mutex_);
  const auto fault = step();
  if (fault == Fault::refused) return too_many_waiting();
  if (fault == Fault::lost) return std::make_unique<LostTicket>();
  append(line_of(record));
  if (fault) return std::make_unique<LostTicket>();
  return std::make_unique<KeptTicket>();
}

Result<std::unique_ptr<Ticket>> MemoryStore::count(Uses uses) {
  const std::lock_guard lock(mutex_);
  const auto fault = step();
  if (fault == Fault::refused) return too_many_waiting();
  if (fault == Fault::lost) return std::make_unique<LostTicket>();
  UseChanges changes;
  add(changes, uses);
  for (const auto& [key, change] : changes) {
    const auto known =
        uses_.try_emplace(key, UseCount{0, change.first, change.last, change.client}).first;
    UseCount& count = known->second;
    if (change.reads > 0) {
      count.first = std::min(count.first, change.first);
      if (change.last >= count.last) count.client = change.client;
      count.last = std::max(count.last, change.last);
    }
    const std::int64_t reads = static_cast<std::int64_t>(count.reads) + change.reads;
    if (reads <= 0) uses_.erase(known);
    else count.reads = static_cast<std::uint64_t>(reads);
  }
  if (fault) return std::make_unique<LostTicket>();
  return std::make_unique<KeptTicket>();
}

Result<void> MemoryStore::uses(const UseQuestion& question,
                               const std::function<void(const UseKey&, const UseCount&)>& each) {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, count] : uses_)
    if (matches(key, question)) each(key, count);
  return {};
}

Result<void> MemoryStore::drop_uses(std::int64_t hour) {
  const std::lock_guard lock(mutex_);
  const auto fault = step();
  if (fault && *fault != Fault::lost_reply) return error_of(*fault);
  std::erase_if(uses_, [&](const auto& entry) { return entry.first.hour < hour; });
  if (fault) return error_of(*fault);
  return {};
}

Result<std::optional<std::string>> MemoryStore::recall(PrincipalId who, std::string_view key,
                                                       Time now) {
  const std::lock_guard lock(mutex_);
  const auto found = answers_.find({who, std::string(key)});
  if (found == answers_.end()) return std::nullopt;
  if (found->second.expires > now) return found->second.answer;
  answers_.erase(found);
  return std::nullopt;
}

Result<void> MemoryStore::forget(Time now) {
  const std::lock_guard lock(mutex_);
  const auto fault = step();
  if (fault && *fault != Fault::lost_reply) return error_of(*fault);
  std::erase_if(answers_, [&](const auto& entry) { return entry.second.expires <= now; });
  if (fault) return error_of(*fault);
  return {};
}

Result<void> MemoryStore::drop_texts(Time before) {
  const std::lock_guard lock(mutex_);
  const auto fault = step();
  if (fault && *fault != Fault::lost_reply) return error_of(*fault);
  for (Hashed& hashed : lines_)
    if (hashed.line.at < before) hashed.line.text.reset();
  if (fault) return error_of(*fault);
  return {};
}

Result<std::vector<Line>> MemoryStore::history(const Question& question) {
  const std::lock_guard lock(mutex_);
  std::vector<Line> found;
  const std::size_t count = lines_.size();
  for (std::size_t i = 0; i < count && found.size() < question.max; ++i) {
    const Line& line = lines_[question.newest_first ? count - 1 - i : i].line;
    const bool beyond = question.newest_first ? question.after == 0 || line.number < question.after
                                              : line.number > question.after;
    if (beyond && matches(line, question)) found.push_back(line);
  }
  return found;
}

Result<std::optional<std::string>> MemoryStore::fact(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = facts_.find(name);
  if (found == facts_.end()) return std::nullopt;
  return found->second;
}

Result<void> MemoryStore::set_fact(std::string_view name, std::string_view value) {
  const std::lock_guard lock(mutex_);
  const auto fault = step();
  if (fault && *fault != Fault::lost_reply) return error_of(*fault);
  facts_.insert_or_assign(std::string(name), std::string(value));
  if (fault) return error_of(*fault);
  return {};
}

Result<std::string> MemoryStore::verify_chain() {
  const std::lock_guard lock(mutex_);
  ChainCheck check;
  for (const Hashed& hashed : lines_) HANSA_CHECK(check.add(hashed.line, hashed.hash));
  HANSA_TRY(const AuditHead head, check.finish());
  return head.hash;
}

Result<AuditHead> MemoryStore::audit_head() {
  const std::lock_guard lock(mutex_);
  return chain_.head();
}

Result<Seq> MemoryStore::copy(const std::string& path, const std::function<void(Row)>& each,
                              std::stop_token stop) {
  if (stop.stop_requested()) return unavailable("the copy was given up");
  HANSA_TRY(File file, open_file(path, O_WRONLY | O_CREAT | O_EXCL));
  std::string bytes;
  HANSA_TRY(const Seq seq, load([&](Row row) {
              append_text(bytes, row.kind);
              append_ulid(bytes, row.id);
              append_u64(bytes, row.rev.number);
              append_text(bytes, *row.body);
              each(std::move(row));
            }));
  HANSA_CHECK(file.write(bytes));
  return seq;
}

}  // namespace hansa::store
