#include "iceberg/member.h"

#include <fmt/format.h>

#include <utility>

namespace hansa::iceberg {

std::unexpected<Error> Member::refuse(std::string_view why) const {
  return fail(code_, path_.empty() ? std::string(why) : fmt::format("{}: {}", path_, why));
}

std::string Member::below(std::string_view name) const {
  return path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
}

std::optional<Member> Member::find(std::string_view name) const {
  const Json* found = json_->find(name);
  if (found == nullptr || found->is_null()) return std::nullopt;
  return Member(*found, below(name), code_);
}

Result<Member> Member::at(std::string_view name) const {
  HANSA_CHECK(object());
  auto found = find(name);
  if (!found) return fail(code_, fmt::format("{}: missing", below(name)));
  return *std::move(found);
}

Result<void> Member::object() const {
  if (!json_->is_object())
    return refuse(fmt::format("expected an object, found {}", json_->kind()));
  return {};
}

Result<std::int64_t> Member::whole() const {
  const auto number = json_->as_int();
  if (!number) return refuse(number.error().text);
  return *number;
}

Result<std::int32_t> Member::whole32() const {
  HANSA_TRY(const std::int64_t number, whole());
  if (!std::in_range<std::int32_t>(number)) return refuse("does not fit 32 bits");
  return static_cast<std::int32_t>(number);
}

Result<bool> Member::truth() const {
  if (const bool* found = json_->as_bool()) return *found;
  return refuse(fmt::format("expected true or false, found {}", json_->kind()));
}

Result<std::string> Member::text() const {
  if (const std::string* found = json_->as_string()) return *found;
  return refuse(fmt::format("expected text, found {}", json_->kind()));
}

Result<Location> Member::location() const {
  HANSA_TRY(std::string spelled, text());
  // Writers disagree on whether a table's location ends in a slash; the folder is the same.
  if (spelled.ends_with('/')) spelled.pop_back();
  auto parsed = Location::parse(spelled);
  if (!parsed) return refuse(parsed.error().text);
  return *std::move(parsed);
}

Result<std::vector<Member>> Member::items() const {
  const Json::Array* array = json_->as_array();
  if (array == nullptr) return refuse(fmt::format("expected a list, found {}", json_->kind()));
  std::vector<Member> out;
  out.reserve(array->size());
  for (const Json& item : *array)
    out.emplace_back(item, fmt::format("{}[{}]", path_, out.size()), code_);
  return out;
}

Result<std::map<std::string, std::string>> Member::texts() const {
  HANSA_CHECK(object());
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : *json_->as_object()) {
    HANSA_TRY(std::string content, Member(value, below(name), code_).text());
    out.emplace(name, std::move(content));
  }
  return out;
}

Result<std::int64_t> Member::whole(std::string_view name) const {
  HANSA_TRY(const Member member, at(name));
  return member.whole();
}

Result<std::int32_t> Member::whole32(std::string_view name) const {
  HANSA_TRY(const Member member, at(name));
  return member.whole32();
}

Result<bool> Member::truth(std::string_view name) const {
  HANSA_TRY(const Member member, at(name));
  return member.truth();
}

Result<std::string> Member::text(std::string_view name) const {
  HANSA_TRY(const Member member, at(name));
  return member.text();
}

Result<Location> Member::location(std::string_view name) const {
  HANSA_TRY(const Member member, at(name));
  return member.location();
}

Result<std::int64_t> Member::whole_or(std::string_view name, std::int64_t otherwise) const {
  const auto member = find(name);
  return member ? member->whole() : otherwise;
}

Result<std::int32_t> Member::whole32_or(std::string_view name, std::int32_t otherwise) const {
  const auto member = find(name);
  return member ? member->whole32() : otherwise;
}

Result<std::optional<std::int64_t>> Member::whole_if(std::string_view name) const {
  const auto member = find(name);
  if (!member) return std::nullopt;
  HANSA_TRY(const std::int64_t number, member->whole());
  return number;
}

Result<std::optional<std::int32_t>> Member::whole32_if(std::string_view name) const {
  const auto member = find(name);
  if (!member) return std::nullopt;
  HANSA_TRY(const std::int32_t number, member->whole32());
  return number;
}

Result<std::string> Member::text_or(std::string_view name, std::string_view otherwise) const {
  const auto member = find(name);
  return member ? member->text() : std::string(otherwise);
}

Result<std::vector<Member>> Member::items_or_none(std::string_view name) const {
  const auto member = find(name);
  return member ? member->items() : std::vector<Member>{};
}

Result<std::map<std::string, std::string>> Member::texts_or_none(std::string_view name) const {
  const auto member = find(name);
  return member ? member->texts() : std::map<std::string, std::string>{};
}

}  // namespace hansa::iceberg
