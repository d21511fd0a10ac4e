// A text that is kept whole and rarely looked at, as a manifest is: packed where that makes it
// smaller, to about a third. In the store it is these bytes too, so that loading a mesh packs and
// unpacks nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hansa {

class PackedText {
 public:
  PackedText() = default;
  explicit PackedText(std::string_view text);
  // As bytes() were before, here or in the store; what they are shows when the text is asked for.
  static PackedText of_bytes(std::string_view bytes);

  // Errors: corrupt.
  Result<std::string> text() const;
  // A byte that says how, and the rest; none of an empty text.
  const std::string& bytes() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  bool is(std::string_view text) const;

  friend bool operator==(const PackedText&, const PackedText&) = default;

 private:
  std::string bytes_;
};

}  // namespace hansa
