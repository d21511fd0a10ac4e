// Reads members of a JSON object of a stranger, and names them in errors:
// "snapshots[2].snapshot-id: expected a whole number, found text". Unknown members are passed over,
// as the Iceberg specification asks of readers; `Fields` refuses them, hence this.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "model/location.h"

namespace hansa::iceberg {

class Member {
 public:
  // `code` is what a mistake means: corrupt in a stored file, invalid in a request.
  Member(const Json& json, std::string path, Code code)
      : json_(&json), path_(std::move(path)), code_(code) {}

  // The member `name`, or nothing if it is absent or null.
  std::optional<Member> find(std::string_view name) const;
  Result<Member> at(std::string_view name) const;
  // What each accessor below demands of this node itself.
  Result<std::int64_t> whole() const;
  Result<std::int32_t> whole32() const;
  Result<bool> truth() const;
  Result<std::string> text() const;
  Result<Location> location() const;
  Result<std::vector<Member>> items() const;
  Result<std::map<std::string, std::string>> texts() const;
  Result<void> object() const;

  // A member that must be there, by name.
  Result<std::int64_t> whole(std::string_view name) const;
  Result<std::int32_t> whole32(std::string_view name) const;
  Result<bool> truth(std::string_view name) const;
  Result<std::string> text(std::string_view name) const;
  Result<Location> location(std::string_view name) const;
  // A member that may be absent: its value, `otherwise`, or nothing.
  Result<std::int64_t> whole_or(std::string_view name, std::int64_t otherwise) const;
  Result<std::int32_t> whole32_or(std::string_view name, std::int32_t otherwise) const;
  Result<std::optional<std::int64_t>> whole_if(std::string_view name) const;
  Result<std::optional<std::int32_t>> whole32_if(std::string_view name) const;
  Result<std::string> text_or(std::string_view name, std::string_view otherwise) const;
  Result<std::vector<Member>> items_or_none(std::string_view name) const;
  Result<std::map<std::string, std::string>> texts_or_none(std::string_view name) const;

  const Json& json() const { return *json_; }
  const std::string& path() const { return path_; }
  std::unexpected<Error> refuse(std::string_view why) const;

 private:
  std::string below(std::string_view name) const;

  const Json* json_;
  std::string path_;
  Code code_;
};

}  // namespace hansa::iceberg
