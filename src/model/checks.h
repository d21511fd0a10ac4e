// What a contract demands of its data, as values: what is measured, and what the measure must be.
// contract/checks makes them of a contract, query/checks measures, judge decides.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/ids.h"
#include "model/predicate.h"

namespace hansa {

// What the measure of a check must be.
struct Condition {
  enum class Op {
    equal,
    not_equal,
    greater,
    greater_equal,
    less,
    less_equal,
    between,  // above the first and below the second: ODCS counts neither in
    not_between
  };
  Op op = Op::equal;
  double low = 0;
  double high = 0;   // of between and not_between
  std::string text;  // of equal and not_equal: what is no number
  friend bool operator==(const Condition&, const Condition&) = default;
};
// "mustBeBetween" and so on, in the order of Op.
inline constexpr std::array<std::string_view, 8> kConditionWords{
    "mustBe",         "mustNotBe",           "mustBeGreaterThan", "mustBeGreaterOrEqualTo",
    "mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween",     "mustNotBeBetween"};
std::string to_text(const Condition& condition);  // "at most 5", "between 3 and 5"
bool meets(const Condition& condition, double measured);
// A measure as SQL gave it: a number if it reads as one.
bool meets(const Condition& condition, std::string_view measured);

// What a value of a column must be like. Nulls are never wrong.
struct ValueRule {
  std::optional<Predicate> holds;                       // of the column alone
  std::string pattern;                                  // found somewhere in the text; empty: none
  std::optional<std::uint64_t> min_length, max_length;  // of a text, in characters
  std::optional<std::uint64_t> min_items, max_items;    // of a list
  std::optional<Constant> multiple_of;                  // of whole numbers and decimals
  bool no_nan = false;                                  // what has bounds is a number
  friend bool operator==(const ValueRule&, const ValueRule&) = default;
};

struct Check {
  enum class Kind { required, unique, primary_key, allowed, options, library, sql, custom };
  enum class Measure {
    nulls,       // rows where the column is null
    missing,     // rows where `rule` holds: what counts as no value
    invalid,     // rows where the value is not as `rule` says
    duplicates,  // rows beyond the first of each value; nulls are no values
    broken_key,  // the same, and rows where a part of the key is null
    rows,
    query  // what `sql` gives: one row with one value
  };
  std::string name;  // unique in a contract
  Kind kind = Kind::library;
  Measure measure = Measure::rows;
  std::vector<std::string> columns;
  ValueRule rule;
  std::string sql;  // with its placeholders
  Condition must;
  bool percent = false;  // of all rows; of none, nothing is wrong
  bool warns = false;    // it refuses nothing
  std::string cannot;    // why it is not run
  friend bool operator==(const Check&, const Check&) = default;
};
constexpr auto names_of(std::type_identity<Check::Kind>) {
  using Row = std::pair<Check::Kind, std::string_view>;
  return std::array{Row{Check::Kind::required, "required"},
                    Row{Check::Kind::unique, "unique"},
                    Row{Check::Kind::primary_key, "primaryKey"},
                    Row{Check::Kind::allowed, "enum"},
                    Row{Check::Kind::options, "logicalTypeOptions"},
                    Row{Check::Kind::library, "library"},
                    Row{Check::Kind::sql, "sql"},
                    Row{Check::Kind::custom, "custom"}};
}
// Whether rows that were right stay right whatever comes beside them: then an append is held
// against it by its own rows alone.
bool is_of_rows(const Check& check);

enum class CheckStatus { passed, failed, not_run };
constexpr auto names_of(std::type_identity<CheckStatus>) {
  using Row = std::pair<CheckStatus, std::string_view>;
  return std::array{Row{CheckStatus::passed, "passed"}, Row{CheckStatus::failed, "failed"},
                    Row{CheckStatus::not_run, "not_run"}};
}

struct CheckResult {
  std::string name;
  Check::Kind kind = Check::Kind::library;
  std::vector<std::string> columns;
  CheckStatus status = CheckStatus::passed;
  bool warns = false;
  std::string measured;  // "3", "0.5%"; empty: nothing was
  std::string wanted;    // "0", "less than 5"
  std::string why;       // of what failed without a measure, or was not run
  friend bool operator==(const CheckResult&, const CheckResult&) = default;
};
// `count` rows of `rows`.
CheckResult judge(const Check& check, std::uint64_t count, std::uint64_t rows);
// Of a query: the text of its one value.
CheckResult judge(const Check& check, std::string_view value);
// Of one that gave no measure: a query that does not bind, takes too long, or gives no value.
CheckResult failed(const Check& check, std::string why);
CheckResult not_run(const Check& check);

bool refuses(const CheckResult& result);
// "amount: 3 rows, and 0 are allowed"
std::string to_text(const CheckResult& result);

// What became of a contract's checks once. What passed is counted only.
struct CheckRun {
  Time at;
  PrincipalId by;
  std::int64_t snapshot = 0;  // that was made; 0: it was refused
  std::string publish;        // its id
  std::uint64_t rows = 0;     // that were looked at
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t warned = 0;
  std::uint64_t not_run = 0;
  std::vector<CheckResult> results;  // the others, those that refuse first
  friend bool operator==(const CheckRun&, const CheckRun&) = default;
};
// Counts, and keeps the first of what did not pass.
CheckRun run_of(std::vector<CheckResult> results);

// Of a port, whose id it has; the newest run stands last.
struct Checks {
  PortId id;
  std::vector<CheckRun> runs;
  friend bool operator==(const Checks&, const Checks&) = default;
};
inline constexpr std::size_t check_runs_max = 20;     // of what was published
inline constexpr std::size_t refused_runs_max = 5;    // beside them
inline constexpr std::size_t check_results_max = 50;  // of one run
inline constexpr std::size_t check_text_max = 300;    // bytes of a measure or a reason
void add_run(Checks& checks, CheckRun run);

}  // namespace hansa
