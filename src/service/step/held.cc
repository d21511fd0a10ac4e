#include "service/step/held.h"

#include "contract/document.h"

namespace hansa::service {

Result<contract::DataContract> document_of(const PackedText& manifest) {
  HANSA_TRY(const std::string text, manifest.text());
  const contract::SourceFile file{"contract", text};
  contract::Manifests read = contract::read_manifests({&file, 1});
  if (read.contracts.size() != 1) return corrupt("the contract cannot be read", "apply it again");
  return std::move(read.contracts.front().value);
}

}  // namespace hansa::service
