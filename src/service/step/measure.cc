#include "service/step/measure.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "contract/checks.h"
#include "query/checks.h"
#include "query/tree.h"
#include "service/step/resolve.h"

namespace hansa::service {
namespace {

constexpr std::size_t kAnswerBytesMax = std::size_t{4} << 20;
constexpr std::size_t kOffendersMax = 3;
// Passes over the files that look for the checks which cannot be run.
constexpr int kPassesMax = 64;

std::string table_of(const query::Relation& relation) {
  return fmt::format("{}.{}.{}", sql_identifier(relation.catalog), sql_identifier(relation.schema),
                     sql_identifier(relation.name));
}

// What the statement itself is to blame for; anything else says nothing about the data.
bool is_of_statement(const Error& error) {
  return error.code == Code::invalid || error.code == Code::exhausted || error.code == Code::denied;
}

// The engine's words about a statement are told; those about a value may hold it, and the rows of a
// batch that is refused are for nobody. `ours`: of the statements that count, only a pattern can be
// the reason.
std::string without_data(const Error& error, bool ours) {
  static constexpr std::string_view kOfData[] = {"Conversion Error", "Out of Range Error",
                                                 "Invalid Input Error", "Constraint Error",
                                                 "Invalid Error"};
  for (const std::string_view kind : kOfData)
    if (error.text.starts_with(kind) && !(ours && kind == "Invalid Input Error"))
      return fmt::format("it fails on a value ({})", kind);
  return error.text;
}

std::unexpected<Error> too_many() {
  return exhausted("too many of the contract's checks cannot be run");
}

std::string value_text(const Json& value) {
  if (const std::string* text = value.as_string()) return *text;
  return to_text(value);
}

}  // namespace

query::Relation relation_for_checks(const View& view, const Port& port, const Schema& columns) {
  const auto* domain = view.mesh.find<Domain>(port.domain);
  return {.catalog = std::string(kMeshCatalog),
          .schema = domain == nullptr ? "" : domain->name,
          .name = fmt::format("{}_v{}", port.name, port.major),
          .content = query::Content::files,
          .port = port.id,
          .columns = columns,
          .files = {},
          .visible = {},
          .rows = {}};
}

Measuring::Measuring(const Context& context, const Live& live, engine::Engine& engine,
                     const CheckData& data, Guarding guarding)
    : context_(context),
      live_(live),
      engine_(engine),
      data_(data),
      guarding_(std::move(guarding)) {}

Result<std::vector<CheckResult>> Measuring::run(const std::vector<Check>& checks) {
  std::vector<CheckResult> out(checks.size());
  std::vector<std::size_t> of_rows, of_all;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const Check& check = checks[i];
    const bool known = std::ranges::all_of(check.columns, [&](const std::string& name) {
      return std::ranges::find(data_.relation.columns.columns, name, &Column::name) !=
             data_.relation.columns.columns.end();
    });
    if (!check.cannot.empty()) out[i] = not_run(check);
    else if (!known) out[i] = failed(check, "it is about a column that the port does not have");
    else if (check.measure == Check::Measure::query) {
      HANSA_TRY(out[i], ask(check));
    } else {
      (is_of_rows(check) && !data_.added.empty() ? of_rows : of_all).push_back(i);
    }
  }
  if (!of_rows.empty()) HANSA_CHECK(count(checks, of_rows, data_.added, out));
  if (!of_all.empty()) HANSA_CHECK(count(checks, of_all, data_.relation.files, out));
  return out;
}

// All in one pass. Where that fails, one of them is to blame (a pattern that cannot be read, or
// distinct values that do not fit into memory): halves tell which.
Result<void> Measuring::count(const std::vector<Check>& all, const std::vector<std::size_t>& which,
                              const std::vector<query::PlanFile>& files,
                              std::vector<CheckResult>& out) {
  std::vector<Check> some;
  for (const std::size_t i : which) some.push_back(all[i]);
  auto counts = ++passes_ > kPassesMax ? too_many() : counted(some, files);
  if (counts) {
    rows_ = std::max(rows_, counts->front());
    for (std::size_t i = 0; i < which.size(); ++i)
      out[which[i]] = judge(some[i], (*counts)[i + 1], counts->front());
    return {};
  }
  if (!is_of_statement(counts.error())) return std::unexpected(counts.error());
  if (which.size() == 1) {
    out[which.front()] = failed(some.front(), without_data(counts.error(), true));
    return {};
  }
  const auto middle = which.begin() + static_cast<std::ptrdiff_t>(which.size() / 2);
  HANSA_CHECK(count(all, {which.begin(), middle}, files, out));
  return count(all, {middle, which.end()}, files, out);
}

Result<Measuring::Counts> Measuring::counted(const std::vector<Check>& checks,
                                             const std::vector<query::PlanFile>& files) {
  HANSA_TRY(const std::shared_ptr<engine::Lease> lease,
            engine_.lease(context_.who.id, context_.deadline, context_.stop));
  lease->leave_nothing();  // What is refused is kept nowhere.
  query::Plan plan;
  plan.relations.push_back(data_.relation);
  plan.relations.front().files = files;
  plan.statement.sql = query::checks_sql(checks, data_.relation.columns, table_of(data_.relation));
  plan.statement.catalog = data_.relation.catalog;
  plan.statement.schema = data_.relation.schema;
  HANSA_TRY(const Json::Array rows, rows_of(lease, std::move(plan)));
  const auto* row = rows.size() == 1 ? rows.front().as_array() : nullptr;
  if (row == nullptr || row->size() != checks.size() + 1)
    return corrupt("the checks have another form", "try again");
  Counts out;
  for (const Json& each : *row) {
    HANSA_TRY(const std::uint64_t number, each.as_unsigned());
    out.push_back(number);
  }
  return out;
}

Result<Json::Array> Measuring::rows_of(const std::shared_ptr<engine::Lease>& lease,
                                       query::Plan plan) {
  HANSA_TRY(query::ClosedPlan closed, query::ClosedPlan::close(std::move(plan), data_.permits));
  HANSA_TRY(engine::Opened opened, lease->run(std::move(closed), Want{}));
  const std::unique_ptr<Source> rows =
      guarding_ ? guarding_(lease, std::move(opened)) : std::move(opened.rows);
  HANSA_TRY(const std::string text, drain(*rows, kAnswerBytesMax));
  HANSA_TRY(const Json json, parse_json("[" + text + "]"));
  return *json.as_array();
}

// The text is that of whoever wrote the contract: nobody meets its worker again.
Result<CheckResult> Measuring::ask(const Check& check) {
  // From now on: what came before, a conversion or other rules, took none of its time.
  const Time deadline = std::min(context_.deadline, SystemClock().now() + check_rule_time);
  auto leased = engine_.lease(context_.who.id, deadline, context_.stop);
  if (!leased) return std::unexpected(leased.error());
  const std::shared_ptr<engine::Lease> lease = *std::move(leased);
  const std::string sql = contract::filled_in(check, table_of(data_.relation));
  if (sql.size() > limits::sql_bytes_max)
    return failed(check, "it is longer than a statement may be");
  const auto value = [&]() -> Result<std::string> {
    HANSA_TRY(query::Plan plan, plan_of(*lease, sql));
    HANSA_TRY(const Json::Array rows, rows_of(lease, std::move(plan)));
    const auto* row = rows.size() == 1 ? rows.front().as_array() : nullptr;
    if (row == nullptr || row->size() != 1) return invalid("it has to give one row with one value");
    if (row->front().is_null()) return invalid("it gave null");
    return value_text(row->front());
  }();
  const bool is_late = SystemClock().now() >= deadline;
  lease->kill();
  if (!value && is_late)
    return failed(check, fmt::format("it took longer than {} s", check_rule_time.count()));
  if (value) return judge(check, *value);
  if (value.error().code == Code::corrupt || context_.stop.stop_requested())
    return std::unexpected(value.error());
  return failed(check, without_data(value.error(), false));
}

Result<query::Plan> Measuring::plan_of(engine::Lease& lease, const std::string& sql) const {
  HANSA_TRY(const engine::Tree tree, lease.parse(sql));
  HANSA_TRY(const query::TreeFacts facts,
            query::walk(tree.json, {.defaults = {.catalog = data_.relation.catalog,
                                                 .schema = data_.relation.schema},
                                    .sql = sql}));
  if (facts.kind != query::StatementKind::select || facts.parameters != 0)
    return invalid("a rule is a SELECT without parameters");
  query::Plan plan;
  plan.statement = {.sql = sql,
                    .parameters = {},
                    .catalog = data_.relation.catalog,
                    .schema = data_.relation.schema};
  plan.bounds.rows_max = 2;  // One is right, and two are enough to be wrong.
  for (const query::TableUse& use : facts.tables) {
    const query::TableName& table = use.table;
    const Port* port = nullptr;
    const bool is_own = live_.read([&](const View& view) {
      port = use.table.kind == query::TableKind::port
                 ? resolve(view, {table.catalog, table.schema, table.name})
                 : nullptr;
      return port != nullptr && port->id == data_.relation.port;
    });
    if (!is_own || table.catalog != data_.relation.catalog)
      return denied(fmt::format("it reads {}.{}, and a rule reads its own port only: {{object}}",
                                table.schema, table.name));
    query::Relation relation = data_.relation;
    relation.schema = table.schema;
    relation.name = table.name;
    plan.relations.push_back(std::move(relation));
  }
  return plan;
}

Result<std::vector<std::string>> Measuring::offenders(const Check& check) {
  const std::string sql =
      query::offenders_sql(check, data_.relation.columns, table_of(data_.relation), kOffendersMax);
  std::vector<std::string> out;
  if (sql.empty()) return out;
  HANSA_TRY(const std::shared_ptr<engine::Lease> lease,
            engine_.lease(context_.who.id, context_.deadline, context_.stop));
  lease->leave_nothing();  // What is refused is kept nowhere.
  query::Plan plan;
  plan.relations.push_back(data_.relation);
  if (is_of_rows(check) && !data_.added.empty()) plan.relations.front().files = data_.added;
  plan.statement = {.sql = sql,
                    .parameters = {},
                    .catalog = data_.relation.catalog,
                    .schema = data_.relation.schema};
  HANSA_TRY(const Json::Array rows, rows_of(lease, std::move(plan)));
  for (const Json& row : rows)
    if (const auto* cells = row.as_array(); cells != nullptr && cells->size() == 1)
      out.push_back(value_text(cells->front()));
  return out;
}

}  // namespace hansa::service
