// The store: the truth behind the mesh. It knows kinds, ids, revisions, names and bytes, and no
// noun, so a new noun touches no adapter.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/ids.h"
#include "world/store/outbox.h"
#include "world/store/use.h"

namespace hansa::store {

// A noun's bytes as of `rev`. No body: it is gone.
struct Row {
  std::string kind;
  Ulid id;
  Rev rev;
  std::optional<std::string> body;
};

struct Expect {
  std::string kind;
  Ulid id;
  Rev rev;  // zero: must not exist
};

struct Write {
  std::string kind;
  Ulid id;
  std::optional<std::string> body;  // none: remove it
  // All names it now claims, each unique in the whole store ("domain:shows",
  // "port:shows/episodes@1"). Names it claimed before and no longer lists become free.
  std::vector<std::string> names;
};

// What explains a change; JSON text in `details`.
struct EventRow {
  std::string kind;
  PrincipalId by;
  Time at;
  Ulid subject;
  std::string subject_kind;
  std::string details;
};

// An answer to give again if the same caller repeats the same call after a lost reply.
struct Remembered {
  PrincipalId who;
  std::string key;
  std::string answer;
  Time expires;
};

// That nobody has read a port since somebody looked: all its counts together are still that many.
struct Unread {
  PortId port;
  std::uint64_t reads = 0;
};

// All of it is written together, or none.
struct Commit {
  std::vector<Expect> expects;
  std::vector<Unread> unread;
  std::vector<Write> writes;
  std::vector<EventRow> events;
  std::optional<Remembered> answer;
  std::vector<Message> messages = {};
};

struct Batch {
  Seq seq;
  std::vector<Row> rows;
};

// What a record says that is not kept for ever. The chain covers its salted digest alone, so the
// text can be dropped and every line still follows from the one before; the salt goes with it, so
// that nobody finds the text by trying likely ones.
struct PassingText {
  std::string salt;
  std::string text;
};

// A decision, a refusal, a read, a sign-in: what happened without changing the mesh. JSON in
// `body`.
struct Record {
  std::string kind;  // "decision", "read", "sign-in", ...
  PrincipalId who;
  Time at;
  Ulid subject;  // a port, a grant, ...; zero: none
  std::string body;
  std::optional<PassingText> text = {};
  bool patient = false;  // nobody waits for it: it may lie for some milliseconds to go with others
};

// A record on its way to disk.
struct Ticket {
  virtual ~Ticket() = default;
  // Waits until the record is durable. Errors: exhausted: the disk is full and the record lost;
  // unavailable: it may never become so.
  virtual Result<void> durable() = 0;
};

// One line of the audit: an event or a record, in the order of its number, chained by hashes.
struct Line {
  std::uint64_t number = 0;
  Seq seq;  // of an event; zero for a record
  std::string kind;
  PrincipalId who;
  Time at;
  Ulid subject;
  std::string subject_kind;
  std::string body;
  std::string text_digest = {};          // 32 bytes; empty: it never had a text
  std::optional<PassingText> text = {};  // while it is kept
};

// The last line of the audit and its hash in hex: what an anchor outside the database remembers.
// Number zero: no line yet; its hash is 64 zeros.
struct AuditHead {
  std::uint64_t number = 0;
  std::string hash;
  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

struct Question {
  std::uint64_t after =
      0;  // lines with a higher number; with `newest_first`: a lower one (0: from the end)
  std::size_t max = 100;
  bool newest_first = false;
  std::vector<std::string> kinds;  // empty: all
  std::optional<PrincipalId> who;
  std::optional<Ulid> subject;
  // Events of later commits alone. All events of a commit stand together, and commits in their
  // order.
  std::optional<Seq> behind;
};

struct Store {
  virtual ~Store() = default;

  // Hands over every row that exists, and returns the number of the last commit among them.
  virtual Result<Seq> load(const std::function<void(Row)>& each) = 0;

  // Writes everything in `commit` together, or nothing, and returns its number once it is durable
  // (one fsync may serve several commits).
  //
  // Errors: conflict if a row in `expects` has another revision, a port in `unread` another number
  // of reads (a count handed over before the commit is among them), a name is taken, or an answer
  // is remembered for the key: look (recall) again and redo; invalid if it writes one row twice,
  // lets a removed one claim names, or carries one message twice; exhausted past
  // limits::changes_per_commit_max (of messages too), if too many wait, or when the disk is full:
  // nothing was written; unavailable if the database cannot be written, in which case the outcome
  // is unknown.
  virtual Result<Seq> commit(Commit commit) = 0;

  // Waits until `deadline_us` of steady_us() for commits after `after`, and returns the next ones
  // in order, possibly none. Never skips one. Errors: not_found if commits that old are no longer
  // kept: load again.
  virtual Result<std::vector<Batch>> follow(Seq after, std::int64_t deadline_us) = 0;

  // Accepts a record in order. It becomes durable with the next group; the ticket waits for that.
  // Errors: exhausted if too many wait: the caller must not go on with what it wanted to do.
  virtual Result<std::unique_ptr<Ticket>> record(Record record) = 0;

  // The answer remembered for this key, if it has not expired. One that has makes room for the
  // next.
  virtual Result<std::optional<std::string>> recall(PrincipalId who, std::string_view key,
                                                    Time now) = 0;
  // Forgets answers that expired before `now`.
  virtual Result<void> forget(Time now) = 0;

  // Drops the texts of records made before `before`; their lines stay. Overwrites them in the
  // database, not in its backups.
  virtual Result<void> drop_texts(Time before) = 0;

  // Counts reads, in order with the records. The ticket waits until that is durable. Errors: as
  // record.
  virtual Result<std::unique_ptr<Ticket>> count(Uses uses) = 0;
  // The counts, by port and hour.
  virtual Result<void> uses(const UseQuestion& question,
                            const std::function<void(const UseKey&, const UseCount&)>& each) = 0;
  // Drops the counts of all hours before this one.
  virtual Result<void> drop_uses(std::int64_t hour) = 0;

  // Where the messages of commits wait. Lives as long as the store.
  virtual Outbox& outbox() = 0;

  virtual Result<std::vector<Line>> history(const Question& question) = 0;

  // Installation facts: "incarnation", "clock". Durable on return.
  virtual Result<std::optional<std::string>> fact(std::string_view name) = 0;
  virtual Result<void> set_fact(std::string_view name, std::string_view value) = 0;

  // Walks the audit chain from the first line. Errors: corrupt, naming the first line that does not
  // follow from the one before, or whose text is not the one recorded; the head's hash (hex)
  // otherwise.
  virtual Result<std::string> verify_chain() = 0;
  virtual Result<AuditHead> audit_head() = 0;

  // Writes all of the store as it is at one moment into a new file, 0600, which
  // is a store of the same adapter, hands over its rows as `load` does, and returns the number of
  // the last commit in it. Commits go on meanwhile. Not durable. Errors: conflict: the file exists;
  // exhausted; unavailable: also if `stop` was requested.
  virtual Result<Seq> copy(const std::string& path, const std::function<void(Row)>& each,
                           std::stop_token stop) = 0;
  // Looks for damage that no question would meet. Errors: corrupt, with the first that was found.
  virtual Result<void> check() = 0;
};

}  // namespace hansa::store
