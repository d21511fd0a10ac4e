// lint, plan, apply: manifests against the standards, and against the mesh.
#include "api/manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "contract/lint.h"
#include "door/cli/manifest_files.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

Json json_of(const contract::Finding& finding) {
  Json out{Json::Object{}};
  out.set("file", finding.file);
  out.set("line", std::uint64_t{finding.line});
  out.set("column", std::uint64_t{finding.column});
  out.set("severity", contract::name_of(finding.severity));
  out.set("rule", finding.rule);
  out.set("message", finding.message);
  if (!finding.next.empty()) out.set("next", finding.next);
  return out;
}

// A command of GitHub's workflow log.
std::string github_line(const contract::Finding& finding) {
  const std::string message =
      finding.next.empty() ? finding.message : finding.message + "; " + finding.next;
  return fmt::format("::{} file={},line={},col={},title={}::{}\n",
                     contract::name_of(finding.severity), github_text(finding.file, true),
                     std::max(1u, finding.line), std::max(1u, finding.column),
                     github_text(finding.rule, true), github_text(message, false));
}

Result<void> print_findings(Session& session, const std::vector<contract::Finding>& findings,
                            const std::string& form) {
  if (form == "json") {
    Json::Array items;
    for (const contract::Finding& finding : findings) items.push_back(json_of(finding));
    return session.out(safe_json(to_pretty_text(Json(std::move(items)))) + "\n");
  }
  for (const contract::Finding& finding : findings)
    HANSA_CHECK(session.out(form == "github" ? visible_lines(github_line(finding))
                                             : visible(contract::to_text(finding)) + "\n"));
  return {};
}

Done lint(Session& session, const Words& words) {
  std::string form =
      words.text("format", session.settings().format == Format::json ? "json" : "text");
  if (form != "text" && form != "json" && form != "github")
    return usage("there is no --format " + form, "one of text, json, github");
  HANSA_TRY(const auto files, read_manifest_files(session, words.all("PATH")));
  const auto findings = contract::lint(files, words.has("strict"));
  HANSA_CHECK(print_findings(session, findings, form));
  const auto errors = static_cast<std::size_t>(
      std::ranges::count(findings, contract::Severity::error, &contract::Finding::severity));
  session.say(fmt::format("{}: {}, {}", counted(files.size(), "file"), counted(errors, "error"),
                          counted(findings.size() - errors, "warning")));
  return errors > 0 ? api::Exit::check : api::Exit::ok;
}

Paint paint_of(std::string_view sign) {
  return sign == "+" ? Paint::green : sign == "-" ? Paint::red : Paint::yellow;
}

std::string text_of(const api::FindingView& finding) {
  const contract::Finding value{.file = finding.file,
                                .line = finding.line,
                                .column = finding.column,
                                .severity = finding.severity == "warning"
                                                ? contract::Severity::warning
                                                : contract::Severity::error,
                                .rule = {},
                                .message = finding.message,
                                .next = finding.next};
  std::string text = contract::to_text(value);
  if (const auto empty = text.find(" ()"); empty != std::string::npos) text.erase(empty, 3);
  return text;
}

std::string detail_line(const api::PlannedDetail& detail) {
  if (detail.from.empty() && detail.to.empty()) return detail.what;
  if (detail.from.empty()) return detail.what + "  " + detail.to;
  if (detail.to.empty()) return detail.what + "  " + detail.from;
  return detail.what + "  " + detail.from + " → " + detail.to;
}

// A verdict in capitals where it stops somebody, so that colour alone carries nothing.
std::string verdict_text(Session& session, const std::string& verdict) {
  if (verdict == "breaking") return "  " + session.paint(Paint::red, "BREAKING");
  if (verdict == "warning") return "  " + session.paint(Paint::yellow, "warning");
  return "";
}

Result<void> print_detail(Session& session, const api::PlannedDetail& detail) {
  HANSA_CHECK(session.out(
      fmt::format("      {} {}{}\n", session.paint(paint_of(detail.sign), visible(detail.sign)),
                  visible(detail_line(detail)), verdict_text(session, detail.verdict))));
  if (detail.why.empty() || detail.verdict == "compatible") return {};
  return session.out(fmt::format("          {}\n", visible(detail.why)));
}

Result<void> print_readers(Session& session, const api::PlanView& plan) {
  for (const api::PlannedChange& change : plan.changes) {
    if (change.readers.empty()) continue;
    HANSA_CHECK(
        session.out(fmt::format("\n  who read by {} in the last 30 days\n", visible(change.name))));
    Table table = session.table({{""}, {"WHO"}, {"READS", true}, {"LAST"}, {"COLUMNS"}, {"THEN"}});
    for (const api::PlannedReader& reader : change.readers)
      HANSA_CHECK(
          table.add({reader.hit.empty() ? "" : "!", reader.who, std::to_string(reader.reads),
                     session.ago(reader.last), join(reader.columns, ", "),
                     reader.hit.empty() ? "does not notice" : join(reader.hit, ", ")}));
    HANSA_CHECK(table.finish());
  }
  return {};
}

Result<void> print_blocked(Session& session, const api::PlanView& plan) {
  for (const api::BlockedView& each : plan.blocked) {
    HANSA_CHECK(session.out(
        fmt::format("\n  {} {}\n", session.paint(Paint::red, "blocked"), visible(each.why))));
    if (!each.next.empty()) HANSA_CHECK(session.out("    → " + visible(each.next) + "\n"));
  }
  return {};
}

Result<void> print_plan(Session& session, const api::PlanView& plan) {
  for (const api::FindingView& finding : plan.findings)
    session.console().err(visible(text_of(finding)) + "\n");
  for (const api::PlannedChange& change : plan.changes) {
    HANSA_CHECK(session.out(fmt::format(
        "  {} {} {}{}\n", session.paint(paint_of(change.sign), visible(change.sign)),
        visible(change.kind), visible(change.name), verdict_text(session, change.verdict))));
    for (const api::PlannedDetail& detail : change.details)
      HANSA_CHECK(print_detail(session, detail));
  }
  HANSA_CHECK(print_readers(session, plan));
  HANSA_CHECK(print_blocked(session, plan));
  if (plan.changes.empty()) return session.out("No changes: the mesh is as these files say.\n");
  const std::string blocked =
      plan.blocked.empty() ? "" : fmt::format(", {} blocked", plan.blocked.size());
  return session.out(
      fmt::format("\nPlan: {} to add, {} to change{}.\n", plan.adds, plan.updates, blocked));
}

bool has_errors(const api::PlanView& plan) {
  return std::ranges::any_of(
      plan.findings, [](const api::FindingView& finding) { return finding.severity != "warning"; });
}

Outcome<std::vector<api::ManifestFile>> files_of(Session& session, const Words& words) {
  HANSA_TRY(const auto files, read_manifest_files(session, words.all("path")));
  std::vector<api::ManifestFile> out;
  for (const auto& file : files) out.push_back({.name = file.name, .text = file.text});
  return out;
}

Done plan(Session& session, const Words& words) {
  HANSA_TRY(const auto files, files_of(session, words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::plan_manifests, {.files = files}));
  HANSA_TRY(const api::PlanView found, read_answer<api::PlanView>(answer));
  HANSA_TRY(const bool printed, session.machine(answer));
  if (!printed) HANSA_CHECK(print_plan(session, found));
  if (has_errors(found)) return api::Exit::check;
  if (!found.blocked.empty())
    return std::unexpected(
        Failure(Error{Code::blocked, found.blocked.front().why, found.blocked.front().next},
                api::Exit::blocked));
  return words.has("detailed-exitcode") && !found.changes.empty() ? api::Exit::pending
                                                                  : api::Exit::ok;
}

// What was shown is what is applied: the digest of the plan goes along, and the server refuses
// another.
Done apply(Session& session, const Words& words) {
  HANSA_TRY(const auto files, files_of(session, words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json planned, client->call(api::plan_manifests, {.files = files}));
  HANSA_TRY(const api::PlanView view, read_answer<api::PlanView>(planned));
  const Format format = session.settings().format;
  const bool machine = format == Format::json || format == Format::yaml;
  if (!machine) HANSA_CHECK(print_plan(session, view));
  if (has_errors(view)) {
    HANSA_CHECK(session.machine(planned));
    return std::unexpected(
        Failure(Error{Code::invalid, "nothing was applied: the manifests have errors",
                      "hansa lint shows them without a server"},
                api::Exit::check));
  }
  if (!view.changes.empty() && view.blocked.empty()) {
    HANSA_TRY(const bool agreed,
              session.confirm("Apply " + counted(view.changes.size(), "change") + "?", "--yes"));
    if (!agreed) return std::unexpected(Failure(Error{Code::invalid, "nothing was applied", {}}));
  }
  HANSA_TRY(const Json answer,
            client->call(api::apply_manifests, {.files = files, .digest = view.digest}));
  HANSA_TRY(const api::Applied applied, read_answer<api::Applied>(answer));
  if (view.changes.empty() && !machine) return api::Exit::ok;
  return session.acted(answer,
                       fmt::format("Applied {} in commit {}.",
                                   counted(applied.plan.changes.size(), "change"), applied.seq));
}

const Option kPath{
    "-f,--path", "PATH",
    "a file, a folder (its *.yaml and *.yml), or - for standard input; without it: this folder",
    true};

}  // namespace

void add_manifest(Verbs& verbs) {
  verbs.push_back(
      {.path = "lint",
       .says = "Check manifests and contracts without a server",
       .examples = {{"This folder", "hansa lint"},
                    {"By the letter of the standards", "hansa lint --strict contracts/"},
                    {"In a GitHub workflow", "hansa lint --format github"}},
       .operands = {{"PATH", "files and folders; without any: this folder", false, true}},
       .options = {{"--strict", "", "what leaves the standard's own version is an error"},
                   {"--format", "FORM", "text, json or github"}},
       .outputs = "table json",
       .run = lint});
  verbs.push_back(
      {.path = "plan",
       .says = "Show what manifests would change",
       .examples = {{"This folder", "hansa plan"},
                    {"One file, for a script",
                     "hansa plan -f reviews.odps.yaml --detailed-exitcode"}},
       .options = {kPath,
                   {"--detailed-exitcode", "", "2 if there are changes, 0 if there are none"}},
       .outputs = "table json yaml",
       .run = plan});
  verbs.push_back({.path = "apply",
                   .says = "Make the mesh as manifests say, in one step",
                   .examples = {{"Show it, ask, do it",
                                 "hansa apply -f reviews.odps.yaml -f reviews.odcs.yaml"},
                                {"In a pipeline", "hansa apply -f mesh/ --yes"}},
                   .options = {kPath},
                   .outputs = "table json yaml",
                   .run = apply});
}

}  // namespace hansa::cli
