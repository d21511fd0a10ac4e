#include "base/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hansa {

Fields::Fields(Mode mode, const Json* in, Json* out, std::string path, Session& session)
    : mode_(mode), in_(in), out_(out), path_(std::move(path)), session_(&session) {}

const Json* Fields::take(std::string_view name) {
  known_.emplace_back(name);
  return in_->find(name);
}

std::string Fields::path_of(std::string_view name) const { return path_below(path_, name); }

// Names come from outside: an error repeats a part of a long one.
std::string Fields::path_below(const std::string& path, std::string_view name) {
  return fmt::format("{}{}{}", path, path.empty() ? "" : ".", name.substr(0, 80));
}

void Fields::problem(std::string_view name, Error error) {
  add_problem(*session_, path_of(name), in_->mark, std::move(error));
}

void Fields::add_problem(Session& session, const std::string& path, Mark mark, Error error) {
  session.problems.push_back({path, mark, std::move(error)});
}

Error Fields::invalid_missing(std::string_view name) const {
  return {Code::invalid, fmt::format("'{}' is missing", name), {}};
}

Error Fields::wrong_kind(std::string_view expected, const Json& node) {
  return {Code::invalid, fmt::format("expected {}, found {}", expected, node.kind()), {}};
}

Error Fields::unknown_choice(std::string_view found, const std::vector<std::string>& choices) {
  return {Code::invalid,
          fmt::format("'{}' is not one of {}", found.substr(0, 80), join(choices, ", ")),
          {}};
}

void Fields::tolerated(std::string_view name, std::string_view why) {
  if (mode_ != Mode::read) return;
  if (const Json* node = take(name))
    session_->warnings.push_back(
        {path_of(name), node->mark, {Code::invalid, std::string(why), {}}});
}

void Fields::rest(Json::Object& members) {
  if (mode_ == Mode::schema) out_->set("additionalProperties", true);
  if (mode_ == Mode::write)
    for (const auto& member : members) out_->as_object()->push_back(member);
  if (mode_ != Mode::read) return;
  for (const auto& member : *in_->as_object())
    if (std::ranges::find(known_, member.first) == known_.end()) members.push_back(member);
  keeps_rest_ = true;
}

void Fields::rule(bool holds, std::string_view says) {
  if (mode_ == Mode::read && !holds)
    add_problem(*session_, path_, in_->mark, {Code::invalid, std::string(says), {}});
}

void Fields::finish() {
  if (mode_ != Mode::read || keeps_rest_) return;
  for (const auto& [name, node] : *in_->as_object()) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    Error error{Code::invalid, fmt::format("unknown field '{}'", name.substr(0, 80)), {}};
    const auto near = suggestions(name, known_, 1);
    if (!near.empty()) error.next = fmt::format("did you mean '{}'?", near.front());
    auto& list = session_->unknown_is_warning ? session_->warnings : session_->problems;
    list.push_back({path_of(name), node.mark, std::move(error)});
  }
}

void Fields::note_schema(std::string_view name, Json schema, std::string_view says, bool must) {
  if (!says.empty()) schema.set("description", says);
  out_->find("properties")->set(name, std::move(schema));
  if (!must) return;
  Json* required = out_->find("required");
  if (required == nullptr) required = &out_->set("required", Json(Json::Array{}));
  required->push(name);
}

Result<void> first_problem(const Fields::Session& session) {
  if (session.problems.empty()) return {};
  const auto& [path, mark, error] = session.problems.front();
  std::string where = path;
  if (mark.line != 0)
    where += fmt::format("{}line {}, column {}", path.empty() ? "" : ", ", mark.line, mark.column);
  if (where.empty()) return std::unexpected(error);
  return in_context(where, error);
}

}  // namespace hansa
