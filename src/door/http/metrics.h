// Figures in the Prometheus text format. Names and labels are the program's own words, so their
// number is known beforehand.
#pragma once

#include <string>
#include <string_view>

#include "base/meter.h"

namespace hansa::http {

class Routes;

class MetricsText {
 public:
  void gauge(std::string_view name, std::string_view says, std::uint64_t value);
  void counter(std::string_view name, std::string_view says, std::uint64_t value);
  void histogram(std::string_view name, std::string_view says, const Histogram& histogram);
  // A family of several lines; `labels` as they stand between braces.
  void family(std::string_view name, std::string_view says, std::string_view type);
  void line(std::string_view name, std::string_view labels, std::uint64_t value);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string metrics_of(Routes& routes);

}  // namespace hansa::http
