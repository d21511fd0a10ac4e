#include "world/store/sqlite/adapter.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/file.h"
#include "world/store/anchor.h"
#include "world/store/commit.h"
#include "world/store/sqlite/migrate.h"
#include "world/store/sqlite/reader.h"
#include "world/store/sqlite/tail.h"
#include "world/store/sqlite/writer.h"

namespace hansa::store {
namespace {

using sqlite::Access;
using sqlite::Apply;
using sqlite::ApplyOutbox;
using sqlite::ApplyUses;
using sqlite::Connection;
using sqlite::Outcome;
using sqlite::Position;
using sqlite::Reader;
using sqlite::Tail;
using sqlite::Writer;

struct SqliteTicket : Ticket {
  explicit SqliteTicket(std::shared_ptr<Outcome> outcome) : outcome_(std::move(outcome)) {}
  Result<void> durable() override {
    HANSA_CHECK(outcome_->wait());
    return {};
  }
  std::shared_ptr<Outcome> outcome_;
};

class SqliteStore final : public Store, public Outbox {
 public:
  struct Parts {
    File lock;
    Connection connection;
    Apply apply;
    ApplyUses uses;
    ApplyOutbox outbox;
    Position at;
    std::unique_ptr<Reader> reader;
  };
  SqliteStore(Parts parts, const SqliteOptions& options)
      : options_(options),
        lock_(std::move(parts.lock)),
        connection_(std::move(parts.connection)),
        reader_(std::move(parts.reader)),
        tail_(parts.at.seq),
        writer_(connection_, std::move(parts.apply), std::move(parts.uses), std::move(parts.outbox),
                std::move(parts.at), tail_,
                {.batches_kept = options.batches_kept, .answers_early = options.breaks_promises}) {}
  ~SqliteStore() override { tail_.end(); }

  Result<Seq> load(const std::function<void(Row)>& each) override {
    HANSA_CHECK(writer_.healthy());
    return reader_->load(each);
  }
  Result<Seq> commit(Commit commit) override {
    HANSA_CHECK(check_commit(commit));
    return write(std::move(commit));
  }
  Result<std::vector<Batch>> follow(Seq after, std::int64_t deadline_us) override {
    HANSA_CHECK(writer_.healthy());
    auto recent = tail_.follow(after, deadline_us);
    HANSA_CHECK(writer_.healthy());
    if (recent) return *std::move(recent);
    return reader_->batches(after);
  }
  Result<std::unique_ptr<Ticket>> record(Record record) override {
    HANSA_TRY(auto outcome, writer_.accept(std::move(record)));
    return std::make_unique<SqliteTicket>(std::move(outcome));
  }
  Result<std::optional<std::string>> recall(PrincipalId who, std::string_view key,
                                            Time now) override;
  Result<void> forget(Time now) override {
    HANSA_CHECK(write(sqlite::Forget{now}));
    return {};
  }
  Result<void> drop_texts(Time before) override {
    for (;;) {
      HANSA_CHECK(writer_.healthy());
      HANSA_TRY(const bool any, reader_->any_text(before));
      if (!any) return {};
      HANSA_CHECK(write(sqlite::DropTexts{before}));
    }
  }
  Result<std::unique_ptr<Ticket>> count(Uses uses) override {
    HANSA_TRY(auto outcome, writer_.accept(std::move(uses)));
    return std::make_unique<SqliteTicket>(std::move(outcome));
  }
  Result<void> uses(const UseQuestion& question,
                    const std::function<void(const UseKey&, const UseCount&)>& each) override {
    HANSA_CHECK(writer_.healthy());
    return reader_->uses(question, each);
  }
  Result<void> drop_uses(std::int64_t hour) override {
    for (;;) {
      HANSA_CHECK(writer_.healthy());
      HANSA_TRY(const bool any, reader_->any_use(hour));
      if (!any) return {};
      HANSA_CHECK(write(sqlite::DropUses{hour}));
    }
  }
  Result<std::vector<Line>> history(const Question& question) override {
    HANSA_CHECK(writer_.healthy());
    return reader_->history(question);
  }
  Outbox& outbox() override { return *this; }
  Result<std::vector<Message>> unrouted(std::size_t max) override {
    HANSA_CHECK(writer_.healthy());
    return reader_->unrouted(max);
  }
  Result<void> route(std::vector<Routed> routed, Time now) override {
    HANSA_CHECK(write(sqlite::Route{std::move(routed), now}));
    return {};
  }
  Result<std::vector<Delivery>> due(Time now, std::size_t max, std::size_t in_row) override {
    HANSA_CHECK(writer_.healthy());
    return reader_->due(now, max, in_row);
  }
  Result<std::vector<Delivery>> gathered(Ulid channel, Time now, std::size_t max) override {
    HANSA_CHECK(writer_.healthy());
    return reader_->gathered(channel, now, max);
  }
  Result<void> mark(std::vector<Marked> marks) override {
    HANSA_CHECK(write(sqlite::Mark{std::move(marks)}));
    return {};
  }
  Result<std::vector<Delivery>> deliveries(const DeliveryQuestion& question) override {
    HANSA_CHECK(writer_.healthy());
    return reader_->deliveries(question);
  }
  Result<std::uint64_t> waiting() override {
    HANSA_CHECK(writer_.healthy());
    return reader_->waiting();
  }
  Result<std::optional<std::string>> fact(std::string_view name) override {
    HANSA_CHECK(writer_.healthy());
    return reader_->fact(name);
  }
  Result<void> set_fact(std::string_view name, std::string_view value) override {
    HANSA_CHECK(write(sqlite::SetFact{std::string(name), std::string(value)}));
    return {};
  }
  Result<std::string> verify_chain() override;
  Result<AuditHead> audit_head() override {
    HANSA_CHECK(writer_.healthy());
    return writer_.position().chain.head();
  }
  Result<Seq> copy(const std::string& path, const std::function<void(Row)>& each,
                   std::stop_token stop) override {
    HANSA_CHECK(writer_.healthy());
    return reader_->copy(path, each, stop);
  }
  Result<void> check() override { return reader_->check(); }

 private:
  Result<Seq> write(sqlite::Work work) {
    HANSA_TRY(const auto outcome, writer_.accept(std::move(work)));
    return outcome->wait();
  }

  const SqliteOptions options_;
  const File lock_;
  Connection connection_;
  std::unique_ptr<Reader> reader_;
  Tail tail_;
  Writer writer_;  // the last member: it ends first
};

Result<std::optional<std::string>> SqliteStore::recall(PrincipalId who, std::string_view key,
                                                       Time now) {
  HANSA_CHECK(writer_.healthy());
  HANSA_TRY(auto answer, reader_->answer(who, key));
  if (!answer) return std::nullopt;
  if (answer->expires > now) return std::move(answer->text);
  // The key is in the way of the call that asks now, and no clock passes through a commit.
  HANSA_CHECK(forget(now));
  return std::nullopt;
}

Result<std::string> SqliteStore::verify_chain() {
  HANSA_CHECK(writer_.healthy());
  std::vector<Anchor> anchors;
  if (!options_.anchor_folder.empty()) {
    HANSA_TRY(anchors, read_anchors(options_.anchor_folder));
  }
  HANSA_TRY(const AuditHead head, reader_->verify(std::move(anchors)));
  return head.hash;
}

// Held as long as the descriptor is open, also against a second store in this process.
Result<File> lock_folder(const std::string& folder) {
  HANSA_TRY(File lock, open_file(folder + "/lock", O_RDWR | O_CREAT | O_NOFOLLOW));
  if (::flock(lock.descriptor(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return system_error("locking the store", errno);
  return conflict("another server has this store open", "stop it first, or choose another folder");
}

Result<void> configure(Connection& connection, const SqliteOptions& options) {
  HANSA_CHECK(connection.run("PRAGMA journal_mode = WAL"));
  // FULL syncs the log with every commit. NORMAL would not, and loses acknowledged commits with the
  // power.
  HANSA_CHECK(connection.run(options.breaks_promises ? "PRAGMA synchronous = OFF"
                                                     : "PRAGMA synchronous = FULL"));
  // Nouns refer to one another in the mesh, which alone knows what may stay dangling.
  HANSA_CHECK(connection.run("PRAGMA foreign_keys = OFF"));
  HANSA_CHECK(connection.run("PRAGMA cache_size = -65536"));
  // After a large apply the log shrinks back.
  return connection.run("PRAGMA journal_size_limit = 67108864");
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::string& folder,
                                           const SqliteOptions& options) {
  HANSA_CHECK(make_folders(folder));
  HANSA_TRY(File lock, lock_folder(folder));
  const std::string path = folder + "/mesh.db";
  // Made here for its permissions, which SQLite gives to its log and index as well.
  HANSA_CHECK(open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW));
  HANSA_TRY(Connection connection, Connection::open(path, Access::write));
  HANSA_CHECK(configure(connection, options));
  HANSA_CHECK(sqlite::migrate(connection));
  HANSA_CHECK(sync_folder(folder));
  HANSA_TRY(Position at, sqlite::position_of(connection));
  HANSA_TRY(Apply apply, Apply::prepare(connection));
  HANSA_TRY(ApplyUses uses, ApplyUses::prepare(connection));
  HANSA_TRY(ApplyOutbox outbox, ApplyOutbox::prepare(connection));
  HANSA_TRY(std::unique_ptr<Reader> reader, Reader::open(path));
  return std::make_unique<SqliteStore>(
      SqliteStore::Parts{std::move(lock), std::move(connection), std::move(apply), std::move(uses),
                         std::move(outbox), std::move(at), std::move(reader)},
      options);
}

}  // namespace hansa::store
