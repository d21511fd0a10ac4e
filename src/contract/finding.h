// What is wrong, or merely odd, in a manifest, and where: the unit in which this folder reports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace hansa::contract {

enum class Severity { warning, error };

std::string_view name_of(Severity severity);

struct Finding {
  std::string file;
  std::uint32_t line = 0;  // from 1; 0: the whole file
  std::uint32_t column = 0;
  Severity severity = Severity::error;
  std::string rule;     // "yaml-duplicate-key": stable, for tools that filter
  std::string message;  // what is wrong
  std::string next;     // what to do about it; may be empty
  friend bool operator==(const Finding&, const Finding&) = default;
};

// "team.yaml:3:9: error: ... (rule); next". One line, for people and editors.
std::string to_text(const Finding& finding);

// By file, line and column; equal ones once.
void sort_findings(std::vector<Finding>& findings);
bool any_error(const std::vector<Finding>& findings);

}  // namespace hansa::contract
