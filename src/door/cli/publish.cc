// publish, rollback: data into a port.
#include "api/publish.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "api/product.h"
#include "base/file.h"
#include "base/text.h"
#include "door/cli/checks.h"
#include "door/cli/derive.h"
#include "door/cli/details.h"
#include "door/cli/ports.h"
#include "door/cli/progress.h"
#include "door/cli/session.h"
#include "door/cli/text_files.h"
#include "door/cli/verb.h"
#include "model/ids.h"
#include "model/location.h"

namespace hansa::cli {
namespace {

struct Piece {
  std::string path;
  File file;
  std::uint64_t bytes = 0;
};

// Opens all before the first byte leaves: a misspelt name is found at once.
Outcome<std::vector<Piece>> open_pieces(const std::vector<std::string>& paths) {
  if (paths.size() > limits::files_per_publish_max)
    return usage(fmt::format("{} files are too many for one publish", paths.size()),
                 fmt::format("at most {}", limits::files_per_publish_max));
  std::vector<Piece> pieces;
  std::set<std::pair<dev_t, ino_t>> seen;
  for (const std::string& path : paths) {
    // Each would hold a descriptor: they are opened again one by one.
    auto file = open_file(path, O_RDONLY);
    if (!file) return std::unexpected(Failure(std::move(file).error()));
    struct stat status{};
    if (::fstat(file->descriptor(), &status) != 0 || !S_ISREG(status.st_mode))
      return usage(path + " is not a file", "name Parquet, CSV or NDJSON files");
    if (!seen.emplace(status.st_dev, status.st_ino).second)
      return usage(path + " is named twice", "its rows would be published twice");
    pieces.push_back(
        {.path = path, .file = {}, .bytes = static_cast<std::uint64_t>(status.st_size)});
  }
  return pieces;
}

// The body is the file, so the port stands in the query string.
std::string upload_address(const std::string& publish, std::uint32_t number,
                           const api::Publish& of) {
  Json ask{Json::Object{}};
  ask.set("publish", publish);
  ask.set("file", std::uint64_t{number});
  return api::address_of(api::upload_file.method, api::upload_file.path, ask) +
         "?port=" + percent_encode(of.port) +
         (of.text      ? "&kind=text"
          : of.dry_run ? "&kind=trial"
                       : "");
}

// True for what may go away by itself. The id of a publish makes repeating harmless, whatever
// became of the first attempt.
bool is_lost(const Failure& failure, const Session& session) {
  return failure.error.code == Code::unavailable && failure.request_id.empty() &&
         !const_cast<Session&>(session).console().interrupted();
}

Outcome<void> upload(Session& session, Client& client, Piece& piece, const std::string& address,
                     const std::function<void(std::uint64_t)>& progress) {
  for (int attempt = 1;; ++attempt) {
    HANSA_TRY(piece.file, open_file(piece.path, O_RDONLY));
    Call call{.method = api::upload_file.method,
              .file = &piece.file,
              .file_bytes = piece.bytes,
              .timeout = Seconds(0)};
    call.headers.emplace_back("content-type", "application/octet-stream");
    call.progress = [&](std::uint64_t sent, std::uint64_t) { return progress(sent), true; };
    auto reply = client.send(std::move(call), address);
    piece.file.close();
    if (reply) return {};
    if (attempt == 2 || !is_lost(reply.error(), session)) {
      reply.error().error.text = piece.path + ": " + reply.error().error.text;
      return std::unexpected(std::move(reply).error());
    }
    session.say(piece.path + ": the connection was lost, sending it again");
  }
}

Outcome<void> upload_all(Session& session, Client& client, std::vector<Piece>& pieces,
                         const api::Publish& ask) {
  std::uint64_t total = 0;
  for (const Piece& piece : pieces) total += piece.bytes;
  Progress bar(session, "uploading " + counted(pieces.size(), "file"), total);
  std::uint64_t before = 0;
  for (std::uint32_t i = 0; i < pieces.size(); ++i) {
    const std::string address = upload_address(ask.publish, i, ask);
    HANSA_CHECK(upload(session, client, pieces[i], address,
                       [&](std::uint64_t sent) { bar.at(before + sent); }));
    before += pieces[i].bytes;
  }
  return {};
}

// The bucket of the account that a port's product lives in.
Outcome<std::string> bucket_of(Client& client, const PortRef& ref) {
  HANSA_TRY(const Json port, client.call(api::get_port, {.domain = ref.domain, .port = ref.port}));
  HANSA_TRY(
      const Json product,
      client.call(api::get_product, {.domain = ref.domain, .product = text_of(port, "product")}));
  const std::string account = text_of(product, "account");
  bool more = false;
  HANSA_TRY(const auto accounts, client.list(api::list_accounts, {}, SIZE_MAX, more));
  for (const Json& item : accounts)
    if (text_of(item, "name") == account) return text_of(item, "bucket");
  return std::unexpected(
      Failure(Error{Code::not_found, "the bucket of account " + account + " is not known here",
                    "name the files as s3://BUCKET/KEY"}));
}

Outcome<std::vector<std::string>> locations_of(Client& client, const PortRef& ref,
                                               const std::vector<std::string>& files) {
  std::vector<std::string> out;
  std::string bucket;
  for (const std::string& file : files) {
    const bool whole = file.contains("://");
    if (!whole && bucket.empty()) {
      HANSA_TRY(bucket, bucket_of(client, ref));
    }
    auto location = whole ? Location::parse(file) : Location::make(bucket, file);
    if (!location)
      return usage(file + ": " + location.error().text,
                   "s3://BUCKET/KEY, or a key in the account's bucket");
    out.push_back(location->text());
  }
  return out;
}

Outcome<api::Publish> ask_of(Session& session, const Words& words) {
  api::Publish ask{.publish = words.text("id"), .port = words.text("PORT")};
  if (words.has("in-place") && words.has("overwrite"))
    return usage("--in-place and --overwrite contradict each other", "give one of them");
  if (ask.publish.empty()) ask.publish = to_text(new_ulid(session.now()));
  if (!parse_ulid(ask.publish))
    return usage("--id must be a ULID: 26 characters", "leave it out, and one is made");
  ask.mode = words.has("in-place")    ? api::PublishMode::in_place
             : words.has("overwrite") ? api::PublishMode::overwrite
                                      : api::PublishMode::append;
  for (const std::string name : {"repository", "commit", "job", "run"})
    if (words.has(name)) ask.made_by.emplace(name, words.text(name));
  ask.dry_run = words.has("dry-run");
  ask.quarantine = words.has("quarantine-on-failure");
  if (ask.mode == api::PublishMode::in_place && ask.quarantine)
    return usage("--quarantine-on-failure keeps what was uploaded",
                 "files in place lie where you put them: register them once they are right");
  if (ask.mode == api::PublishMode::in_place) return ask;
  HANSA_TRY(const auto dialect, dialect_of(words, words.all("FILE")));
  if (!dialect && words.has("max-rejects"))
    return usage("--max-rejects is for text files", "these are Parquet");
  if (!dialect) return ask;
  ask.text = api::FromText{.dialect = *dialect,
                           .max_rejects = words.text("max-rejects", "0"),
                           .names = words.all("FILE")};
  return ask;
}

// The reply may be lost after the work was done: the same id gives the same answer.
Outcome<Json> publish_once_more(Session& session, Client& client, const api::Publish& ask) {
  const auto send = [&] {
    return ask.text ? client.wait(api::publish_files, ask) : client.call(api::publish_files, ask);
  };
  auto answer = send();
  if (answer || !is_lost(answer.error(), session)) return answer;
  session.say("the connection was lost, asking again");
  answer = send();
  if (!answer && is_lost(answer.error(), session))
    answer.error().error.next = "nothing is published twice: repeat it with --id " + ask.publish;
  return answer;
}

std::string sentence_of(const api::Published& done, api::PublishMode mode) {
  if (!done.columns.empty())
    return fmt::format("{} would be added to {}, {} refused. Nothing was published.",
                       counted(done.added_rows, "row"), done.port,
                       counted(done.rejected, "record"));
  if (done.repeated)
    return fmt::format(
        "This publish of {} had been acknowledged already: snapshot {}, nothing was added.",
        done.port, done.snapshot);
  const std::string skipped =
      done.skipped_files > 0
          ? fmt::format(" {} known already.", counted(done.skipped_files, "file"))
          : "";
  const std::string refused =
      done.rejected > 0 ? fmt::format(" {} refused.", counted(done.rejected, "record")) : "";
  if (done.added_files == 0) return fmt::format("Nothing new for {}.{}", done.port, skipped);
  const std::string_view verb = mode == api::PublishMode::overwrite  ? "Replaced the data of"
                                : mode == api::PublishMode::in_place ? "Registered in"
                                                                     : "Published to";
  return fmt::format("{} {}: {} in {} ({}), {} in all. Snapshot {}.{}{}", verb, done.port,
                     counted(done.added_rows, "row"), counted(done.added_files, "file"),
                     human_bytes(done.added_bytes), counted(done.rows, "row"), done.snapshot,
                     skipped, refused);
}

std::string columns_of(const Json& columns) {
  std::string text = "It is read as:";
  if (const auto* items = columns.as_array())
    for (const Json& item : *items)
      text += "\n  " + text_of(item, "name") + "  " + text_of(item, "type");
  return text;
}

// A port's first data is where types are wrong, if they are.
Outcome<void> preview(Session& session, Client& client, const std::string& ref) {
  const auto slash = ref.find('/');
  HANSA_TRY(const Json port, client.call(api::get_port, {.domain = ref.substr(0, slash),
                                                         .port = ref.substr(slash + 1)}));
  const Json* data = port.find("data");
  const Json* columns = port.find("columns");
  if ((data == nullptr || data->is_null()) && columns != nullptr)
    session.say(columns_of(*columns) + "\n(by the contract; --dry-run only tries)");
  return {};
}

std::string rejects_of(const Words& words, const api::Publish& ask) {
  return fmt::format("which: hansa get rejects {} --publish {}", words.text("PORT"), ask.publish);
}

// What a dry run says, in the forms of hansa test.
Done tried(Session& session, const Words& words, const api::Publish& ask, const Json& answer,
           const api::Published& done) {
  const bool bad = done.checks && done.checks->failed > 0;
  HANSA_TRY(const bool written, session.machine(answer));
  if (!written) {
    if (const Json* columns = answer.find("columns"); columns != nullptr && ask.text)
      session.say(columns_of(*columns));
    if (done.checks) HANSA_CHECK(print_checks(session, {*done.checks}));
    session.say(bad ? fmt::format("{} would be refused by {}. Nothing was published.",
                                  counted(done.added_rows, "row"), done.port)
                    : sentence_of(done, ask.mode));
    session.say(bad                 ? "correct the data, or the contract"
                : done.rejected > 0 ? rejects_of(words, ask)
                                    : "to publish it: the same without --dry-run");
  }
  return bad ? api::Exit::check : api::Exit::ok;
}

Done publish(Session& session, const Words& words) {
  if (is_derivation(words)) return derive(session, words);
  HANSA_TRY(api::Publish ask, ask_of(session, words));
  auto ref = parse_port_ref(ask.port);
  if (!ref) return usage(ref.error().text, ref.error().next);
  const auto files = words.all("FILE");
  std::vector<Piece> pieces;
  if (ask.mode != api::PublishMode::in_place) {
    HANSA_TRY(pieces, open_pieces(files));
  }
  HANSA_TRY(Client* const client, session.client());
  if (ask.mode == api::PublishMode::in_place) {
    HANSA_TRY(ask.locations, locations_of(*client, *ref, files));
  } else {
    ask.files = static_cast<std::uint32_t>(pieces.size());
    if (ask.text && !ask.dry_run) HANSA_CHECK(preview(session, *client, ask.port));
    HANSA_CHECK(upload_all(session, *client, pieces, ask));
  }
  HANSA_TRY(const Json answer, publish_once_more(session, *client, ask));
  HANSA_TRY(const api::Published done, read_answer<api::Published>(answer));
  if (ask.dry_run) return tried(session, words, ask, answer, done);
  if (done.rejected > 0)
    return session.acted(answer, sentence_of(done, ask.mode), rejects_of(words, ask));
  return session.acted(answer, sentence_of(done, ask.mode),
                       "look: hansa sql -c \"from " + sql_name(*ref) + " limit 5\"");
}

Done rollback(Session& session, const Words& words) {
  if (!words.has("to"))
    return usage("hansa rollback needs --to SNAPSHOT", "hansa get snapshots " + words.text("PORT"));
  const std::string port = words.text("PORT");
  auto ref = parse_port_ref(port);
  if (!ref) return usage(ref.error().text, ref.error().next);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer,
            client->call(api::rollback_port,
                         {.domain = ref->domain, .port = port_name(*ref), .to = words.text("to")}));
  HANSA_TRY(const api::Published done, read_answer<api::Published>(answer));
  return session.acted(answer,
                       fmt::format("{} is at snapshot {} again: {}, {}.", done.port, done.snapshot,
                                   counted(done.rows, "row"), human_bytes(done.bytes)),
                       "its states: hansa get snapshots " + port);
}

}  // namespace

void add_publish(Verbs& verbs) {
  std::vector<Option> options = {
      {"--in-place", "", "register files that lie in the account's bucket; no byte is copied"},
      {"--overwrite", "", "replace all data of the port"},
      {"--id", "ULID", "of this publish; repeating it adds nothing"},
      {"--repository", "NAME", "the code that made the data"},
      {"--commit", "HASH", "its commit"},
      {"--job", "NAME", "the job"},
      {"--run", "ID", "its run"},
      {"--max-rejects", "N", "text: publish if no more records are refused; 10, or 0.5%"},
      {"--dry-run", "", "convert it, check it, publish nothing"},
      {"--quarantine-on-failure", "",
       "keep data that fails its checks aside: hansa quarantine ls PORT"}};
  std::ranges::move(text_options(), std::back_inserter(options));
  std::ranges::move(derive_options(), std::back_inserter(options));
  verbs.push_back(
      {.path = "publish",
       .says = "Put Parquet, CSV or NDJSON files into a port, or make it of other ports",
       .examples =
           {{"Add files", "hansa publish shows/reviews exports/*.parquet"},
            {"Replace what is there", "hansa publish shows/reviews reviews.parquet --overwrite"},
            {"CSV, by the contract's types; at most ten records may be refused",
             "hansa publish shows/reviews reviews.csv --max-rejects 10"},
            {"Files that lie in the account's bucket already",
             "hansa publish shows/reviews --in-place s3://shows-prod/reviews/2026-11.parquet"},
            {"Only try whether it would pass its contract",
             "hansa publish shows/reviews reviews.parquet --dry-run"},
            {"From a job",
             "hansa publish shows/reviews out.parquet --repository podcasts/reviews --commit "
             "1f2e3d --job nightly --run 4711"},
            {"Made of other ports, anew each hour",
             "hansa publish central/audience --query audience.sql --as central-etl --every 1h"}},
       .operands =
           {{"PORT",
             "DOMAIN/PORT, or DOMAIN/PORT@2; alone: what makes it of other ports runs again"},
            {"FILE",
             "Parquet, CSV or NDJSON files; with --in-place s3://BUCKET/KEY or keys of the "
             "account's bucket",
             false, true}},
       .options = options,
       .outputs = "table json yaml csv",
       .run = publish});
  verbs.push_back({.path = "rollback",
                   .says = "Return a port to an earlier snapshot",
                   .examples = {{"To a state of hansa get snapshots shows/reviews",
                                 "hansa rollback shows/reviews --to 5370421993870233912"}},
                   .operands = {{"PORT", "DOMAIN/PORT, or DOMAIN/PORT@2"}},
                   .options = {{"--to", "SNAPSHOT", "the state to return to"}},
                   .outputs = "table json yaml csv",
                   .run = rollback});
}

}  // namespace hansa::cli
