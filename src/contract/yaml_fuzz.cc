// What is read without a fault, written and read again, is the same value.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "contract/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hansa::contract;
  const YamlText read = read_yaml({reinterpret_cast<const char*>(data), size});
  for (const YamlDocument& document : read.documents) {
    const auto again = parse_yaml(to_yaml(document.root));
    if (read.notes.empty() && (!again || !(*again == document.root))) std::abort();
  }
  return 0;
}
