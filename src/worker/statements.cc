#include "worker/statements.h"

#include <fmt/format.h>

#include <utility>

namespace hansa::worker {
namespace {

constexpr std::size_t kKnownMax = 64;
constexpr std::size_t kKeyBytesMax = 16 * 1024;

}  // namespace

std::string Statements::key(const query::Plan& plan, const Relations& relations) {
  if (std::exchange(changes_, relations.changes()) != relations.changes()) known_.clear();
  // Parquet takes the columns as they are, text takes some of them as text.
  std::string key = fmt::format("{}\n{}\n{}", plan.output.format == query::Format::parquet,
                                relations.default_name(), plan.statement.sql);
  for (const query::Relation& relation : plan.relations)
    key += fmt::format("\n{} {} {}", relation.catalog, relation.schema, relation.name);
  return key;
}

const Known* Statements::find(const std::string& key) const {
  const auto found = known_.find(key);
  return found == known_.end() ? nullptr : &found->second;
}

void Statements::keep(std::string key, Known known) {
  if (key.size() > kKeyBytesMax) return;
  if (known_.size() >= kKnownMax) known_.clear();
  known_.insert_or_assign(std::move(key), std::move(known));
}

}  // namespace hansa::worker
