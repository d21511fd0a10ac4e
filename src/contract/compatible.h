// What a change of a contract does to those who read by it. Producers change first and consumers
// follow, so the promise is that readers of the old contract survive new data.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "contract/odcs.h"
#include "model/schema.h"

namespace hansa::contract {

// In the order of what they do to readers.
enum class Verdict {
  compatible,  // nobody notices
  warning,     // some may: readers of files, those who list a column's values
  breaking,    // what worked stops, or means something else
};
std::string_view name_of(Verdict verdict);

// How far a contract promises that, by its custom property `compatibility`; the strictest first.
enum class Mode {
  full,          // "full": changes that may hit some are refused too
  readers_safe,  // "readers-safe", and if it says nothing: breaking changes are refused
  none,          // "none": only what data that lies there does not survive is refused
};

// Errors: invalid, for a word that is none of them.
Result<Mode> mode_of(const DataContract& contract);

// What of a contract readers build on.
struct Promise {
  Schema schema;
  std::string version;
  Mode mode = Mode::readers_safe;
  std::vector<std::string> key;     // columns of the primary key, in its order
  std::vector<std::string> unique;  // columns whose values are
  // By path of a column: its allowed values as JSON text, ascending.
  std::vector<std::pair<std::string, std::vector<std::string>>> values;
  std::vector<std::pair<std::string, std::string>> classified;
  std::vector<SlaProperty> sla;
};

// Of the object behind a port. Errors: as table_schema; invalid, for an unknown mode.
Result<Promise> promise_of(const DataContract& contract, std::string_view port);

struct Shift {
  std::string sign;  // + ~ -
  std::string what;  // "column plays", "primary key", ...
  std::string from;
  std::string to;
  Verdict verdict = Verdict::compatible;
  std::string why;          // what readers notice; empty if they do not
  std::string column = {};  // the top-level column that it is about; empty: all of it
  bool data = false;        // rows that lie there do not survive it: no mode allows it
  bool protects = false;    // it keeps data from people: no mode stands against that
};

// What differs, in the order of the contract. The version counts: a contract of the same port that
// raises its own major says by that that its meaning changes.
std::vector<Shift> shifts_between(const Promise& before, const Promise& after);

// Whether a mode refuses it once somebody may read by the contract.
bool refused(const Shift& shift, Mode mode);

}  // namespace hansa::contract
