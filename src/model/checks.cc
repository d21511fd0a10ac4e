#include "model/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace hansa {
namespace {

// Runs are kept in memory, and a key may have as many columns as a table.
constexpr std::size_t kColumnsMax = 16;

// In the fewest digits that mean the same number.
std::string number(double value) { return fmt::format("{}", value); }

CheckResult of(const Check& check) {
  std::vector<std::string> columns = check.columns;
  if (columns.size() > kColumnsMax) columns.resize(kColumnsMax);
  return {.name = std::string(cut(check.name, check_text_max)),
          .kind = check.kind,
          .columns = std::move(columns),
          .status = CheckStatus::passed,
          .warns = check.warns,
          .measured = {},
          .wanted = to_text(check.must),
          .why = {}};
}

// Refusals first, then warnings, then what was not run.
int weight(const CheckResult& result) {
  if (refuses(result)) return 0;
  return result.status == CheckStatus::failed ? 1 : 2;
}

}  // namespace

std::string to_text(const Condition& condition) {
  using Op = Condition::Op;
  const std::string low = condition.text.empty() ? number(condition.low) : condition.text;
  switch (condition.op) {
    case Op::equal: return low;
    case Op::not_equal: return "not " + low;
    case Op::greater: return "more than " + low;
    case Op::greater_equal: return "at least " + low;
    case Op::less: return "less than " + low;
    case Op::less_equal: return "at most " + low;
    case Op::between:
      return fmt::format("more than {} and less than {}", low, number(condition.high));
    case Op::not_between:
      return fmt::format("not more than {} and less than {}", low, number(condition.high));
  }
  return low;
}

bool meets(const Condition& condition, double measured) {
  using Op = Condition::Op;
  if (!condition.text.empty()) return condition.op == Op::not_equal;
  if (std::isnan(measured)) return condition.op == Op::not_equal;
  switch (condition.op) {
    case Op::equal: return measured == condition.low;
    case Op::not_equal: return measured != condition.low;
    case Op::greater: return measured > condition.low;
    case Op::greater_equal: return measured >= condition.low;
    case Op::less: return measured < condition.low;
    case Op::less_equal: return measured <= condition.low;
    case Op::between: return measured > condition.low && measured < condition.high;
    case Op::not_between: return !(measured > condition.low && measured < condition.high);
  }
  return false;
}

bool meets(const Condition& condition, std::string_view measured) {
  if (!condition.text.empty())
    return (measured == condition.text) == (condition.op == Condition::Op::equal);
  const auto as_number = parse_double(measured);
  if (as_number) return meets(condition, *as_number);
  return condition.op == Condition::Op::not_equal;
}

bool is_of_rows(const Check& check) {
  return check.kind == Check::Kind::required || check.kind == Check::Kind::allowed ||
         check.kind == Check::Kind::options;
}

CheckResult judge(const Check& check, std::uint64_t count, std::uint64_t rows) {
  CheckResult out = of(check);
  const auto exact = static_cast<double>(count);
  const double measured = !check.percent ? exact
                          : rows == 0    ? 0
                                         : 100 * exact / static_cast<double>(rows);
  out.measured = check.percent ? number(measured) + "%" : std::to_string(count);
  if (check.percent) out.wanted += "%";
  if (!meets(check.must, measured)) out.status = CheckStatus::failed;
  return out;
}

CheckResult judge(const Check& check, std::string_view value) {
  CheckResult out = of(check);
  // What is no number is data, and is not told.
  const bool known = parse_double(value) || (!check.must.text.empty() && value == check.must.text);
  out.measured = known ? std::string(cut(value, check_text_max)) : "another text";
  if (!meets(check.must, value)) out.status = CheckStatus::failed;
  return out;
}

CheckResult failed(const Check& check, std::string why) {
  CheckResult out = of(check);
  out.status = CheckStatus::failed;
  out.why = std::string(cut(why, check_text_max));
  return out;
}

CheckResult not_run(const Check& check) {
  CheckResult out = of(check);
  out.status = CheckStatus::not_run;
  out.wanted.clear();
  out.why = check.cannot;
  return out;
}

bool refuses(const CheckResult& result) {
  return result.status == CheckStatus::failed && !result.warns;
}

std::string to_text(const CheckResult& result) {
  if (!result.why.empty()) return fmt::format("{}: {}", result.name, result.why);
  const bool counts_rows = result.kind != Check::Kind::sql;
  return fmt::format("{}: {}{}, and must be {}", result.name, result.measured,
                     !counts_rows || result.measured.ends_with('%') ? ""
                     : result.measured == "1"                       ? " row"
                                                                    : " rows",
                     result.wanted);
}

CheckRun run_of(std::vector<CheckResult> results) {
  CheckRun out;
  for (const CheckResult& each : results) {
    if (each.status == CheckStatus::passed) ++out.passed;
    else if (each.status == CheckStatus::not_run) ++out.not_run;
    else ++(each.warns ? out.warned : out.failed);
  }
  std::erase_if(results,
                [](const CheckResult& each) { return each.status == CheckStatus::passed; });
  std::ranges::stable_sort(results, {}, weight);
  if (results.size() > check_results_max) results.resize(check_results_max);
  out.results = std::move(results);
  return out;
}

void add_run(Checks& checks, CheckRun run) {
  const auto is_refused = [](const CheckRun& each) { return each.snapshot == 0; };
  const bool refused = is_refused(run);
  checks.runs.push_back(std::move(run));
  const auto alike = std::ranges::count_if(
      checks.runs, [&](const CheckRun& each) { return is_refused(each) == refused; });
  if (static_cast<std::size_t>(alike) <= (refused ? refused_runs_max : check_runs_max)) return;
  checks.runs.erase(std::ranges::find_if(
      checks.runs, [&](const CheckRun& each) { return is_refused(each) == refused; }));
}

}  // namespace hansa
