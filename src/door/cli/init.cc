// init: files to manifests, and a team out of its name.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "contract/draft.h"
#include "door/cli/derive.h"
#include "door/cli/merge.h"
#include "door/cli/new_file.h"
#include "door/cli/query_columns.h"
#include "door/cli/session.h"
#include "door/cli/text_files.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

namespace fs = std::filesystem;

struct Files {
  std::vector<std::string> paths;     // as they are opened
  std::vector<std::string> relative;  // to the folder that was named
};

// In the order of their names. What begins with "_" or "." is a writer's own (_temporary, .part).
Outcome<Files> data_below(const std::string& root) {
  std::error_code error;
  if (fs::is_regular_file(root, error)) return Files{{root}, {fs::path(root).filename().string()}};
  if (!fs::is_directory(root, error))
    return std::unexpected(
        Failure(Error{Code::not_found, "there is no folder or file '" + root + "'",
                      "hansa init DIR_OF_FILES --domain DOMAIN"}));
  std::vector<std::string> found;
  fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const bool own = name.starts_with('_') || name.starts_with('.');
    if (own && entry->is_directory(error)) entry.disable_recursion_pending();
    if (!own && entry->is_regular_file(error) && is_data_name(name))
      found.push_back(entry->path().lexically_relative(root).string());
  }
  if (error)
    return std::unexpected(Failure(Error{
        Code::unavailable, "the folder '" + root + "' cannot be read: " + error.message(), {}}));
  if (found.empty())
    return std::unexpected(Failure(
        Error{Code::not_found,
              "there is no *.parquet, *.csv, *.tsv, *.ndjson or *.jsonl file below '" + root + "'",
              "name the folder that holds them"}));
  if (found.size() > limits::files_per_publish_max)
    return usage(fmt::format("{} files are too many to look at", found.size()),
                 fmt::format("at most {}: name a part of them", limits::files_per_publish_max));
  std::ranges::sort(found);
  Files files{.relative = found};
  for (const std::string& path : found) files.paths.push_back((fs::path(root) / path).string());
  return files;
}

// Never over a file that somebody may have edited.
contract::CustomProperty custom(std::string property, std::string value) {
  return {.property = std::move(property),
          .value = Json(std::move(value)),
          .description = {},
          .rest = {}};
}

Outcome<contract::Drafted> draft_of(const Words& words, const Merged& merged,
                                    const std::string& name) {
  contract::Draft draft{
      .domain = words.text("domain"), .product = name, .title = words.text("title")};
  draft.ports.push_back(
      {.name = words.text("port", name), .schema = merged.schema, .partitions = merged.partitions});
  HANSA_TRY(contract::Drafted drafted, contract::draft_product(draft));
  if (words.has("account"))
    drafted.product.custom.push_back(custom("account", words.text("account")));
  if (words.has("visibility"))
    drafted.product.custom.push_back(custom("visibility", words.text("visibility")));
  return drafted;
}

Outcome<std::string> product_name(const Words& words, const std::string& root) {
  if (words.has("name")) return words.text("name");
  std::error_code error;
  fs::path path = fs::weakly_canonical(root, error);
  if (error) path = root;
  if (lower_ascii(path.extension().string()) == ".gz") path.replace_extension();
  const std::string stem =
      fs::is_directory(path, error) ? path.filename().string() : path.stem().string();
  const std::string name = name_from(stem);
  if (name.empty()) return usage("'" + stem + "' gives no name for a product", "add --name NAME");
  return name;
}

Outcome<void> check_words(const Words& words) {
  if (!words.has("domain"))
    return usage("hansa init needs --domain: the domain that the product belongs to",
                 "hansa get domains shows them");
  const std::string visibility = words.text("visibility", "open");
  if (visibility != "open" && visibility != "restricted" && visibility != "hidden")
    return usage("there is no --visibility " + visibility, "one of open, restricted, hidden");
  return {};
}

// What was inferred, before anything is written.
void tell_guess(Session& session, const std::vector<Footer>& footers, const Merged& merged) {
  constexpr std::size_t kShownMax = 100;
  std::string text = "From all lines, change in the contract what is not so:";
  const auto& columns = merged.schema.columns;
  for (std::size_t i = 0; i < std::min(columns.size(), kShownMax); ++i)
    text += "\n  " + columns[i].name + "  " + to_text(columns[i].type);
  if (columns.size() > kShownMax)
    text += fmt::format("\n  and {} more", columns.size() - kShownMax);
  session.say(text);
  for (const Footer& footer : footers)
    if (footer.rejected > 0)
      session.warn(fmt::format("{}: {} cannot be read; {}", footer.path,
                               counted(footer.rejected, "record"), footer.first_reject));
}

// A pattern that dates were read by is the contract's from here on.
void keep_formats(contract::Drafted& drafted, const Dialect& dialect) {
  for (auto& property : drafted.contracts.front().schema.front().properties) {
    const std::string& format = property.logical_type == "date"        ? dialect.date_format
                                : property.logical_type == "timestamp" ? dialect.timestamp_format
                                                                       : std::string();
    if (!format.empty()) property.logical_type_options.set("format", format);
  }
}

fs::path pattern_of(const std::string& root, const Files& files) {
  const std::string name = fs::path(files.relative.front()).filename().string();
  return fs::path(root) / ("*" + name.substr(name.find('.')));
}

// What is written, and where.
struct Target {
  std::string name;  // of the product
  std::string product_path = name + ".odps.yaml";
  std::string contract_path = name + ".odcs.yaml";
};

Outcome<Target> target_of(const Words& words, const std::string& root) {
  HANSA_TRY(std::string name, product_name(words, root));
  Target target{.name = std::move(name)};
  for (const std::string& path : {target.product_path, target.contract_path})
    if (!words.has("force") && exists(path))
      return std::unexpected(
          Failure(Error{Code::conflict, path + " is there already, and stays as it is",
                        "add --force to replace it, or --name for another name"}));
  return target;
}

Outcome<void> write_drafted(const Words& words, const Target& target,
                            const contract::Drafted& drafted) {
  std::string contracts;
  for (const auto& contract : drafted.contracts)
    contracts += (contracts.empty() ? "" : "---\n") + contract::to_yaml(contract);
  const bool force = words.has("force");
  HANSA_CHECK(write_new(target.product_path, contract::to_yaml(drafted.product), force));
  return write_new(target.contract_path, contracts, force);
}

// `read` is what it was made from, `publish` how its data gets there.
Done say_written(Session& session, const Words& words, const Target& target, Json json,
                 std::string_view read, std::string_view publish) {
  json.set("wrote", Json(Json::Array{Json(target.product_path), Json(target.contract_path)}));
  return session.acted(
      json, fmt::format("{} Wrote {} and {}.", read, target.product_path, target.contract_path),
      fmt::format("then: hansa apply -f {} -f {} && hansa publish {}/{} {}", target.product_path,
                  target.contract_path, words.text("domain"), words.text("port", target.name),
                  publish));
}

// A product that a query makes: its columns are the query's.
Done init_of_query(Session& session, const Words& words) {
  if (words.has("DIR"))
    return usage("a product is made of files or by a query", "name one of them");
  for (const Option& option : text_options())
    if (words.has(long_name(option.names)))
      return usage(fmt::format("--{} is for files", long_name(option.names)));
  const std::string path = words.text("query");
  HANSA_TRY(const std::string sql, query_of(session, path));
  if (path == "-" && !words.has("name"))
    return usage("standard input gives no name for a product", "add --name NAME");
  HANSA_TRY(const Target target, target_of(words, path));
  HANSA_TRY(Schema schema, columns_of(session, sql));
  const std::size_t columns = schema.columns.size();
  HANSA_TRY(contract::Drafted drafted,
            draft_of(words, Merged{.schema = std::move(schema), .partitions = {}}, target.name));
  if (words.has("view")) drafted.product.outputs.front().type = "view";
  HANSA_CHECK(write_drafted(words, target, drafted));
  Json json{Json::Object{}};
  json.set("columns", std::uint64_t{columns});
  return say_written(session, words, target, std::move(json),
                     fmt::format("The query gives {}.", counted(columns, "column")),
                     fmt::format("--query {}{}", path, words.has("view") ? " --view" : ""));
}

Done init(Session& session, const Words& words) {
  HANSA_CHECK(check_words(words));
  if (words.has("query")) return init_of_query(session, words);
  if (!words.has("DIR") || words.has("view"))
    return usage("hansa init needs a folder of files, or a query; --view goes with a query",
                 "hansa init DIR_OF_FILES --domain DOMAIN, or hansa init --query FILE.sql");
  const std::string root = words.text("DIR");
  HANSA_TRY(const Files files, data_below(root));
  HANSA_TRY(const auto dialect, dialect_of(words, files.relative));
  HANSA_TRY(const Target target, target_of(words, root));
  if (!session.tools().inspect)
    return std::unexpected(Failure(Error{Code::unavailable, "this program cannot read files", {}}));
  HANSA_TRY(const auto footers, session.tools().inspect(files.paths, dialect));
  if (footers.size() != files.paths.size())
    return std::unexpected(Failure(Error{Code::internal, "not every footer was read", {}}));
  auto merged = merge_files(footers, files.relative);
  if (!merged) return std::unexpected(Failure(std::move(merged).error(), api::Exit::check));
  HANSA_TRY(contract::Drafted drafted, draft_of(words, *merged, target.name));
  if (dialect) {
    tell_guess(session, footers, *merged);
    keep_formats(drafted, *dialect);
  }
  HANSA_CHECK(write_drafted(words, target, drafted));
  Json json{Json::Object{}};
  json.set("files", std::uint64_t{files.paths.size()});
  json.set("rows", merged->rows);
  json.set("bytes", merged->bytes);
  json.set("columns", std::uint64_t{merged->schema.columns.size()});
  return say_written(
      session, words, target, std::move(json),
      fmt::format("Read {} ({}, {}, {}).",
                  counted(files.paths.size(), dialect ? "file" : "Parquet file"),
                  counted(merged->rows, "row"), counted(merged->schema.columns.size(), "column"),
                  human_bytes(merged->bytes)),
      fs::is_directory(root) ? pattern_of(root, files).string() : root);
}

Done init_team(Session& session, const Words& words) {
  if (!words.has("domain") || !words.has("accounts"))
    return usage("hansa init team needs --domain and --accounts",
                 "for example: hansa init team ads --domain ads --accounts dev,prod");
  std::vector<std::string> accounts;
  const std::string list = words.text("accounts");
  for (const std::string_view word : split(list, ','))
    if (!trim(word).empty()) accounts.push_back(trim(word));
  HANSA_TRY(const std::string text,
            contract::draft_team(words.text("NAME"), words.text("domain"), accounts));
  const std::string path = words.text("NAME") + ".team.yaml";
  HANSA_CHECK(write_new(path, text, words.has("force")));
  Json json{Json::Object{}};
  json.set("wrote", Json(Json::Array{Json(path)}));
  return session.acted(json,
                       fmt::format("Wrote {}: a team, its domain and {}.", path,
                                   counted(accounts.size(), "account")),
                       "then: hansa apply -f " + path);
}

}  // namespace

void add_init(Verbs& verbs) {
  verbs.push_back(
      {.path = "init",
       .says = "Write a first product and contract from Parquet, CSV or NDJSON files, or a query",
       .examples = {{"From a folder", "hansa init ./exports/reviews --domain shows"},
                    {"With another name, restricted, in one account",
                     "hansa init ./exports/p --domain finance --name payouts --account "
                     "finance-prod --visibility restricted"},
                    {"From CSV with dates of its own",
                     "hansa init ratings.csv --domain shows --date-format dd.MM.yyyy"},
                    {"A product made of other products",
                     "hansa init --query audience.sql --domain central"},
                    {"A team with its domain and accounts",
                     "hansa init team ads --domain ads --accounts dev,prod"}},
       .operands =
           {{"DIR",
             "a folder of files of one kind, or one of them; key=value folders become columns",
             false}},
       .options = with_text_options(
           {{"--domain", "NAME", "the domain it belongs to"},
            {"--query", "FILE", "made of other ports by this SELECT; - reads it here"},
            {"--view", "", "with --query: a view, nothing is kept"},
            {"--name", "NAME", "of the product; without it: that of the folder or file"},
            {"--title", "TEXT", "the product's name for people"},
            {"--port", "NAME", "of the port; without it: that of the product"},
            {"--account", "NAME", "where its data lies"},
            {"--visibility", "WORD", "open, restricted or hidden; without it the domain decides"},
            {"--force", "", "replace files that are there"}}),
       .outputs = "table json yaml",
       .run = init});
  verbs.push_back(
      {.path = "init team",
       .says = "Write the manifests of a new team: always the same ones",
       .examples = {{"Team, domain and two accounts",
                     "hansa init team ads --domain ads --accounts dev,prod"}},
       .operands = {{"NAME", "of the team"}},
       .options = {{"--domain", "NAME", "the domain it owns"},
                   {"--accounts", "NAMES", "dev,prod become DOMAIN-dev and DOMAIN-prod"},
                   {"--force", "", "replace the file if it is there"}},
       .outputs = "table json yaml",
       .run = init_team});
}

}  // namespace hansa::cli
