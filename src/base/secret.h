// A value that cannot be printed, compared by accident or described: it has no stream operator, no
// formatter and no `describe`, so putting one into JSON or a log does not compile.
#pragma once

#include <utility>

namespace hansa {

template <class T>
class Secret {
 public:
  Secret() = default;
  explicit Secret(T value) : value_(std::move(value)) {}
  // The one way in, so that every place that handles the bare value can be found by its name.
  const T& expose() const { return value_; }

 private:
  T value_{};
};

}  // namespace hansa
