#include "contract/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "base/text.h"
#include "contract/checks.h"
#include "contract/compatible.h"
#include "contract/shape.h"
#include "contract/yaml.h"

namespace hansa::contract {
namespace {

constexpr std::string_view kKnown =
    "known are DataProduct, DataContract, and with apiVersion: hansa/v1 Organisation, Team, "
    "Domain, Account, Access, Standard";

bool is_own(Kind kind) { return kind != Kind::data_product && kind != Kind::data_contract; }

Finding finding(const std::string& file, Mark mark, Severity severity, std::string rule,
                std::string message, std::string next) {
  return {file,           mark.line, mark.column, severity, std::move(rule), std::move(message),
          std::move(next)};
}

const std::string* text_in(const Json& json, std::string_view name) {
  const Json* found = json.find(name);
  return found == nullptr ? nullptr : found->as_string();
}

// Why a document is none of ours.
Finding not_ours(const std::string& file, const Json& json) {
  const auto refuse = [&](Mark mark, std::string message, std::string next) {
    return finding(file, mark, Severity::error, "unknown-kind", std::move(message),
                   std::move(next));
  };
  if (!json.is_object())
    return refuse(json.mark, fmt::format("a manifest is an object, not {}", json.kind()),
                  std::string(kKnown));
  if (json.find("dataContractSpecification") != nullptr)
    return refuse(json.mark, "this is the older Data Contract Specification",
                  "convert it to ODCS v3");
  const Json* kind = json.find("kind");
  if (kind == nullptr) return refuse(json.mark, "'kind' is missing", std::string(kKnown));
  if (!kind->is_string())
    return refuse(kind->mark, fmt::format("'kind' is text, not {}", kind->kind()),
                  std::string(kKnown));
  const std::string shown = kind->as_string()->substr(0, 60);
  std::vector<std::string> names;
  for (const auto& [value, name] : names_of(std::type_identity<Kind>{})) names.emplace_back(name);
  const auto near = suggestions(shown, names, 1);
  return refuse(kind->mark,
                fmt::format("'{}' is no kind of manifest", is_utf8(shown) ? shown : "..."),
                near.empty() ? std::string(kKnown)
                             : fmt::format("did you mean '{}'? {}", near.front(), kKnown));
}

std::optional<Kind> kind_in(const Json& json) {
  const std::string* text = text_in(json, "kind");
  if (text == nullptr) return std::nullopt;
  for (const auto& [kind, name] : names_of(std::type_identity<Kind>{}))
    if (*text == name) return kind;
  return std::nullopt;
}

// The version a document says; a missing 'v' is tolerated.
struct Version {
  int number = 0;
  std::string text;
};
std::optional<Version> version_of(Document& document, bool strict, std::vector<Finding>& findings) {
  const auto report = [&](Severity severity, Mark mark, std::string message, std::string next) {
    findings.push_back(
        finding(document.file, mark, severity, "api-version", std::move(message), std::move(next)));
  };
  const Json* said = document.json.find("apiVersion");
  if (said == nullptr || !said->is_string()) {
    report(Severity::error, said ? said->mark : document.mark,
           said ? "'apiVersion' is text" : "'apiVersion' is missing",
           is_own(document.kind)
               ? "write apiVersion: hansa/v1"
               : "write the version of the standard, such as v3.2.0 (ODCS) or v1.1.0 (ODPS)");
    return std::nullopt;
  }
  std::string text = *said->as_string();
  if (is_own(document.kind)) {
    if (text == kOwnVersion) return Version{1, text};
    report(Severity::error, said->mark,
           fmt::format("'{}' is no version of this kind", text.substr(0, 40)),
           "write apiVersion: hansa/v1");
    return std::nullopt;
  }
  if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    report(strict ? Severity::error : Severity::warning, said->mark,
           fmt::format("apiVersion '{}' lacks its 'v'", text.substr(0, 40)),
           fmt::format("write v{}", text.substr(0, 40)));
    text = "v" + text;
  }
  const auto number =
      document.kind == Kind::data_contract ? odcs_version(text) : odps_version(text);
  if (number) return Version{*number, text};
  report(Severity::error, said->mark, number.error().text, number.error().next);
  return std::nullopt;
}

// Says what a document does outside its standard, except where its reader has said so already.
void report_deviations(const Document& document, int version, bool strict,
                       const Fields::Session& session, std::vector<Finding>& findings) {
  const bool contract = document.kind == Kind::data_contract;
  for (Deviation& deviation :
       check_shape(contract ? odcs_standard() : odps_standard(), document.json, version)) {
    const bool said = std::ranges::any_of(session.problems, [&](const Fields::Problem& problem) {
      const bool same_place =
          problem.mark.line == deviation.mark.line && problem.mark.column == deviation.mark.column;
      return same_place &&
             (problem.error.text == deviation.message || deviation.rule == "wrong-type");
    });
    if (said) continue;
    findings.push_back(finding(document.file, deviation.mark,
                               strict ? Severity::error : Severity::warning,
                               fmt::format("{}-{}", contract ? "odcs" : "odps", deviation.rule),
                               std::move(deviation.message), std::move(deviation.next)));
  }
}

void report_problems(const Document& document, const Fields::Session& session,
                     std::vector<Finding>& findings) {
  const std::string_view rule = document.kind == Kind::data_contract  ? "odcs-unreadable"
                                : document.kind == Kind::data_product ? "odps-unreadable"
                                                                      : "manifest";
  for (const auto& [path, mark, error] : session.problems) {
    const bool named =
        path.empty() || error.text.starts_with('\'') || error.text.starts_with("unknown field");
    findings.push_back(finding(document.file, mark, Severity::error, std::string(rule),
                               named ? error.text : fmt::format("{}: {}", path, error.text),
                               error.next));
  }
}

void report_mode(const Document& document, const DataContract& contract,
                 std::vector<Finding>& findings) {
  if (const auto mode = mode_of(contract); !mode) {
    const Json* custom = document.json.find("customProperties");
    findings.push_back(finding(document.file, custom ? custom->mark : document.mark,
                               Severity::error, "compatibility", mode.error().text,
                               mode.error().next));
  }
}

// Quality rules that say nothing which could be run.
void report_checks(const Document& document, const DataContract& contract,
                   std::vector<Finding>& findings) {
  for (const SchemaObject& object : contract.schema) {
    const auto schema = table_schema(contract, object.name);
    for (CheckProblem& each : checks_of(object, schema ? *schema : Schema{}).problems)
      findings.push_back(finding(document.file, each.mark.line == 0 ? document.mark : each.mark,
                                 Severity::error, std::move(each.rule), std::move(each.message),
                                 std::move(each.next)));
  }
}

template <class T>
void read_into(std::vector<Sourced<T>>& list, Document& document, int version, bool strict,
               std::vector<Finding>& findings) {
  T value{};
  Fields::Session session;
  Fields::read_value(document.json, value, {}, session);
  report_problems(document, session, findings);
  if (!is_own(document.kind)) report_deviations(document, version, strict, session, findings);
  if (!session.problems.empty()) return;
  if constexpr (requires { value.api_version; }) value.api_version = document.api_version;
  if constexpr (std::same_as<T, DataContract>) {
    report_mode(document, value, findings);
    report_checks(document, value, findings);
  }
  list.push_back({std::move(value), document.file, document.mark, std::move(document.json)});
}

void read_one(Document& document, bool strict, Manifests& out, std::vector<Finding>& findings) {
  const auto version = version_of(document, strict, findings);
  if (!version) return;
  document.api_version = version->text;
  const int number = version->number;
  switch (document.kind) {
    case Kind::data_product: return read_into(out.products, document, number, strict, findings);
    case Kind::data_contract: return read_into(out.contracts, document, number, strict, findings);
    case Kind::organisation:
      return read_into(out.organisations, document, number, strict, findings);
    case Kind::team: return read_into(out.teams, document, number, strict, findings);
    case Kind::domain: return read_into(out.domains, document, number, strict, findings);
    case Kind::account: return read_into(out.accounts, document, number, strict, findings);
    case Kind::access: return read_into(out.accesses, document, number, strict, findings);
    case Kind::standard: return read_into(out.standards, document, number, strict, findings);
  }
}

}  // namespace

std::vector<Document> read_documents(const SourceFile& file, std::vector<Finding>& findings) {
  YamlText read = read_yaml(file.text);
  std::vector<std::optional<Kind>> kinds;
  for (const YamlDocument& document : read.documents) kinds.push_back(kind_in(document.root));
  std::vector<bool> faulty(read.documents.size(), false);
  for (YamlNote& note : read.notes) {
    const auto kind = note.document < kinds.size() ? kinds[note.document] : std::nullopt;
    // In a file of a standard, other tools' habits are tolerated; in our own kinds a word has one
    // meaning.
    const bool error = note.kind == YamlNote::Kind::fault || (kind && is_own(*kind));
    if (note.kind == YamlNote::Kind::fault && note.document < faulty.size())
      faulty[note.document] = true;
    findings.push_back(finding(file.name, note.mark, error ? Severity::error : Severity::warning,
                               std::move(note.rule), std::move(note.message),
                               std::move(note.next)));
  }
  std::vector<Document> out;
  for (std::size_t i = 0; i < read.documents.size(); ++i) {
    YamlDocument& document = read.documents[i];
    if (!kinds[i]) {
      findings.push_back(not_ours(file.name, document.root));
    } else if (!faulty[i]) {
      out.push_back({file.name, document.mark, *kinds[i], {}, std::move(document.root)});
    }
  }
  if (read.documents.empty() && read.notes.empty())
    findings.push_back(finding(file.name, {}, Severity::warning, "empty-file",
                               "no manifest in this file", std::string(kKnown)));
  return out;
}

Manifests read_manifests(std::span<const SourceFile> files, bool strict) {
  Manifests out;
  std::vector<Finding> findings;
  for (const SourceFile& file : files)
    for (Document& document : read_documents(file, findings))
      read_one(document, strict, out, findings);
  sort_findings(findings);
  for (Finding& one : findings) {
    auto& list = one.severity == Severity::error ? out.problems : out.warnings;
    if (list.size() < limits::findings_max) list.push_back(std::move(one));
  }
  return out;
}

}  // namespace hansa::contract
