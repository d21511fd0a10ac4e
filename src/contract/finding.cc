#include "contract/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace hansa::contract {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return "error";
}

std::string to_text(const Finding& finding) {
  std::string text = finding.file;
  if (finding.line != 0) text += fmt::format(":{}:{}", finding.line, finding.column);
  text += fmt::format(": {}: {} [{}]", name_of(finding.severity), finding.message, finding.rule);
  if (!finding.next.empty()) text += "; " + finding.next;
  return text;
}

void sort_findings(std::vector<Finding>& findings) {
  const auto key = [](const Finding& f) {
    return std::tie(f.file, f.line, f.column, f.rule, f.message, f.severity, f.next);
  };
  std::ranges::sort(findings, [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  const auto repeated = std::ranges::unique(findings);
  findings.erase(repeated.begin(), repeated.end());
}

bool any_error(const std::vector<Finding>& findings) {
  return std::ranges::any_of(findings,
                             [](const Finding& f) { return f.severity == Severity::error; });
}

}  // namespace hansa::contract
