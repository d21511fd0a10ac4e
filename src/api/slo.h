// What ports promise as a service, and whether they keep it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"
#include "model/slo.h"

namespace hansa::api {

struct ObjectiveView {
  std::string property;  // as the contract calls it
  std::string element;
  std::string value;
  std::string state;  // kept, at_risk, late, recovered; not_measured
  std::optional<Time> since;
  std::optional<Time> due;
  std::string says;  // why it is not measured, or what it waits for
};
void describe(Fields& f, ObjectiveView& v);

struct SloView {
  std::string port;
  std::string state;  // the worst of them
  std::optional<Time> due;
  std::optional<Time> data_at;
  std::string cause;  // the late port that explains it; one that the caller may not know of: none
  std::string owner;
  std::vector<ObjectiveView> objectives;
};
void describe(Fields& f, SloView& v);

struct ListSlo {
  std::string domain;
  std::string state;
  Paging paging;
};
void describe(Fields& f, ListSlo& v);
inline constexpr Route<ListSlo, PageOf<SloView>> list_slo{
    Method::get, "/api/v1/slo", "listSlo",
    "Ports whose contracts promise a service, and where they stand", "use"};
inline constexpr Route<GetPort, SloView> get_slo{
    Method::get, "/api/v1/slo/{domain}/{port}", "getSlo",
    "What one port promises, and where it stands", "use"};

}  // namespace hansa::api
