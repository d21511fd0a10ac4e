// Any text is linted; what it yields can be mapped, written and read again as the same value.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "contract/facts.h"
#include "contract/lint.h"

namespace {

using namespace hansa::contract;

template <class T>
const std::vector<Sourced<T>>& list_of(const Manifests& manifests) {
  if constexpr (std::same_as<T, DataProduct>) return manifests.products;
  else if constexpr (std::same_as<T, DataContract>) return manifests.contracts;
  else if constexpr (std::same_as<T, Access>) return manifests.accesses;
  else if constexpr (std::same_as<T, Account>) return manifests.accounts;
  else return manifests.teams;
}

template <class T>
void round_trip(const Manifests& manifests) {
  for (const auto& one : list_of<T>(manifests)) {
    const std::vector<SourceFile> files{{"again", to_yaml(one.value)}};
    const Manifests again = read_manifests(files);
    if (list_of<T>(again).size() != 1) std::abort();
    const std::vector<SourceFile> twice{{"twice", to_yaml(list_of<T>(again).front().value)}};
    if (twice.front().text != files.front().text) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<SourceFile> files{
      {"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size)}};
  lint(files, true);
  const Manifests manifests = read_manifests(files);
  check_references(manifests);
  for (const auto& contract : manifests.contracts)
    for (const SchemaObject& object : contract.value.schema) {
      (void)table_schema(contract.value, object.name);
      partition_columns(object);
    }
  for (const auto& product : manifests.products) (void)facts_of(product.value);
  round_trip<DataProduct>(manifests);
  round_trip<DataContract>(manifests);
  round_trip<Access>(manifests);
  round_trip<Account>(manifests);
  round_trip<Team>(manifests);
  return 0;
}
