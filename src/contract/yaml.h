// YAML as JSON values, both ways. YAML 1.2's core schema on purpose, without the parts that
// hide what a file says: aliases, tags, merge keys and directives are refused, a key that stands
// twice is an error, and a word that YAML 1.1 readers see as something else is text with a note.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace hansa::contract {

struct YamlNote {
  // A fault makes the text unusable; an ambiguous word was read as text, and others may read it
  // otherwise.
  enum class Kind { fault, ambiguous };
  Kind kind = Kind::fault;
  Mark mark;
  std::string rule;  // "yaml-syntax", "yaml-duplicate-key", ...
  std::string message;
  std::string next;
  std::size_t document = 0;  // its index in YamlText::documents, or that of the one not finished
};

struct YamlDocument {
  Mark mark;
  Json root;  // every node has its mark
};

struct YamlText {
  std::vector<YamlDocument> documents;  // those read before a syntax fault; empty ones are left out
  std::vector<YamlNote> notes;
};

// Reads all documents of a text. Never fails as a whole: what is wrong is in the notes. Bounded by
// limits::yaml_bytes_max, yaml_nodes_max and nesting_max.
YamlText read_yaml(std::string_view text);

// The one document of a text. Errors: invalid with line and column, for the first note of any kind.
Result<Json> parse_yaml(std::string_view text);

// Canonical: block style, short leaves between braces, text quoted wherever any reader of YAML 1.1
// or 1.2 could see something else. read_yaml gives back the same value. Ends with a newline.
std::string to_yaml(const Json& json);

}  // namespace hansa::contract
