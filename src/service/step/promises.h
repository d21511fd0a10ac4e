// What a port promises, measured: how it stands, what explains it, and the change that notes it.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/freshness.h"
#include "service/authority/commit.h"

namespace hansa::service {

// Where its data comes to: its own table, or that of the version that it is served from.
const Table* table_behind(const View& view, const Port& port);

struct Promise {
  const Objective* objective = nullptr;
  Stand stand;
  const Port* cause = nullptr;  // the late port that it is made of
};
// `table` is the port's, or as it is about to be.
std::vector<Promise> promises_of(const View& view, const Port& port, const Table* table, Time now);
std::vector<Promise> promises_of(const View& view, const Port& port, Time now);

bool is_late(const std::vector<Promise>& promises);
// The worst: late, at risk, recovered, kept; none if nothing is measured.
std::optional<SloState> worst(const std::vector<Promise>& promises);

// The first late port that this one is made of, by the longest way there is: what is late because
// of something else explains nothing. nullptr: none.
const Port* late_input(const View& view, const Port& port, Time now);
// All ports that are made of this one, near or far.
std::vector<const Port*> made_from(const View& view, const Port& port);

// What is noted of it now, and what would be.
Slo noted(const View& view, const Port& port);
Slo measured(const View& view, const Port& port, const Table* table, Time now);
// Nothing if nothing changed. The event names no other port: whoever reads it may not know that.
std::optional<Change> slo_change(const Context& context, const View& view, const Port& port,
                                 Slo after);

}  // namespace hansa::service
