// Data into a port: bytes are uploaded piece by piece, then one call makes them visible.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/checks.h"
#include "api/product.h"
#include "api/route.h"
#include "model/dialect.h"

namespace hansa::api {

enum class UploadKind { parquet, text, trial };
constexpr auto names_of(std::type_identity<UploadKind>) {
  return std::to_array<std::pair<UploadKind, std::string_view>>(
      {{UploadKind::parquet, "parquet"}, {UploadKind::text, "text"}, {UploadKind::trial, "trial"}});
}

// PUT, the body is the file as it is: Parquet, or text to be converted when it is published.
// `publish` is an id (ULID) the client chooses for the whole publish; `file` numbers its files from
// 0. Repeating it replaces the same piece.
struct Upload {
  std::string publish;
  std::uint32_t file = 0;
  std::string port;
  UploadKind kind = UploadKind::parquet;
};
void describe(Fields& f, Upload& v);
struct Uploaded {
  std::string publish;
  std::uint32_t file = 0;
  std::uint64_t bytes = 0;
  std::string sha256;
};
void describe(Fields& f, Uploaded& v);
inline constexpr Route<Upload, Uploaded> upload_file{
    Method::put, "/api/v1/uploads/{publish}/{file}", "uploadFile",
    "Upload one file of a publish; nothing is visible yet", "publish"};

enum class PublishMode { append, overwrite, in_place };
constexpr auto names_of(std::type_identity<PublishMode>) {
  return std::to_array<std::pair<PublishMode, std::string_view>>(
      {{PublishMode::append, "append"},
       {PublishMode::overwrite, "overwrite"},
       {PublishMode::in_place, "in_place"}});
}

// The uploads are text: how they are spelt, and how many of their records may be refused.
struct FromText {
  Dialect dialect;
  std::string max_rejects{"0"};    // "10", or "0.5%" of all records
  std::vector<std::string> names;  // of the files, for messages
};
void describe(Fields& f, FromText& v);

struct Publish {
  std::string
      publish;  // the id; repeating it after a lost reply gives the same answer and appends nothing
  std::string port;  // domain/port or domain/port@2
  PublishMode mode = PublishMode::append;
  std::uint32_t files = 0;                     // how many were uploaded
  std::vector<std::string> locations;          // in_place: s3://BUCKET/KEY in the account's bucket
  std::map<std::string, std::string> made_by;  // repository, commit, job, run
  std::optional<FromText> text = {};
  bool dry_run = false;     // everything but making it visible
  bool quarantine = false;  // data that fails its checks is kept aside
};
void describe(Fields& f, Publish& v);

struct Published {
  std::string port;
  std::string snapshot;
  std::uint64_t seq = 0;
  std::uint64_t added_files = 0;
  std::uint64_t added_rows = 0;
  std::uint64_t added_bytes = 0;
  std::uint64_t rows = 0;  // of the port now
  std::uint64_t bytes = 0;
  std::uint64_t replaced_rows = 0;         // overwrite: that were there before
  std::uint64_t skipped_files = 0;         // in_place: registered before
  bool repeated = false;                   // this publish had been acknowledged already
  std::uint64_t rejected = 0;              // text: records that were refused; listRejects has them
  std::vector<CheckView> warnings;         // checks of the contract that failed or were not run
  std::vector<ColumnView> columns;         // of a dry run: what the text is read as
  std::optional<CheckReport> checks = {};  // of a dry run: what became of each
};
void describe(Fields& f, Published& v);
inline constexpr Route<Publish, Published> publish_files{
    Method::post, "/api/v1/publishes", "publishFiles",
    "Make uploaded or registered files visible, all or nothing", "publish"};

// A record of a text file that was refused.
struct RejectView {
  std::uint32_t file = 0;
  std::uint64_t line = 0;
  std::uint64_t last_line = 0;
  std::string column;  // empty: it is about the whole record
  std::string reason;
  std::string text;  // its beginning
};
void describe(Fields& f, RejectView& v);
struct ListRejects {
  std::string publish;
  std::string port;
  Paging paging;
};
void describe(Fields& f, ListRejects& v);
struct RejectList {
  std::vector<RejectView> items;
  std::string next;
};
void describe(Fields& f, RejectList& v);
inline constexpr Route<ListRejects, RejectList> list_rejects{
    Method::get, "/api/v1/publishes/{publish}/rejects", "listRejects",
    "The records of a publish's text files that were refused, by line", "publish"};

struct SnapshotView {
  std::string snapshot;
  std::uint64_t seq = 0;
  Time at;
  std::string by;
  std::string operation;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  std::map<std::string, std::string> made_by;
  bool current = false;
};
void describe(Fields& f, SnapshotView& v);
struct ListSnapshots {
  std::string domain;
  std::string port;
  Paging paging;
};
void describe(Fields& f, ListSnapshots& v);
struct Snapshots {
  std::vector<SnapshotView> items;
  std::string next;
};
void describe(Fields& f, Snapshots& v);
inline constexpr Route<ListSnapshots, Snapshots> list_snapshots{
    Method::get, "/api/v1/ports/{domain}/{port}/snapshots", "listSnapshots",
    "The states a port has had, newest first", "publish"};

struct Rollback {
  std::string domain;
  std::string port;
  std::string to;  // snapshot
};
void describe(Fields& f, Rollback& v);
inline constexpr Route<Rollback, Published> rollback_port{
    Method::post, "/api/v1/ports/{domain}/{port}/rollback", "rollbackPort",
    "Return a port to an earlier snapshot", "publish"};

}  // namespace hansa::api
