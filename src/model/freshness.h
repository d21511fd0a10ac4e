// Whether a promise is kept, from when data came and what time it is. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "model/product.h"
#include "model/slo.h"

namespace hansa {

// What is known of a port's data.
struct Deliveries {
  Time began;                            // of the port: silence counts from there
  std::span<const Time> data_at;         // ascending, none before `began`
  std::optional<Time> replaced_at = {};  // rows that were there were replaced last
};
Deliveries deliveries_of(const Port& port, const Table* table);

struct Stand {
  SloState state = SloState::kept;
  // When it turned late or was kept again, else when data came last.
  Time since;
  std::optional<Time> due = {};   // data is due, or was
  std::string not_measured = {};  // what cannot be said now, and why
  friend bool operator==(const Stand&, const Stand&) = default;
};

// At `now`, without what is known of its inputs.
Stand stand_of(const Objective& objective, const Deliveries& deliveries, Time now);

// Between two deliveries, as a rule: the median of the last ten gaps. Nothing of fewer than three.
std::optional<Micros> usual_gap(std::span<const Time> data_at);

}  // namespace hansa
