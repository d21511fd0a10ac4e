#include "query/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <map>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "query/functions.h"
#include "query/render.h"
#include "query/tree_forms.h"
#include "query/tree_json.h"

namespace hansa::query {
namespace {

using Value = TreeJson::Value;
using Kind = TreeJson::Kind;

// Columns that the engine's readers add to files: they would show file names and where rows lie.
constexpr std::string_view virtual_columns[] = {"file_index", "file_row_number", "filename",
                                                "rowid"};

constexpr std::string_view engine_schemas[] = {"information_schema", "pg_catalog", "system",
                                               "temp"};

class Walker {
 public:
  Walker(const TreeJson& tree, const WalkOptions& options) : tree_(tree), options_(options) {}

  Result<TreeFacts> walk() {
    if (options_.places) facts_.places.emplace();
    HANSA_TRY(const Value* statement, only_statement());
    root_ = tree_.find(*statement, "node");
    jobs_.push_back({statement, Shape::statement});
    while (!jobs_.empty()) {
      const Job job = jobs_.back();
      jobs_.pop_back();
      const auto start = static_cast<std::ptrdiff_t>(jobs_.size());
      HANSA_CHECK(visit(job));
      // Jobs are taken from the end. Values lie in the order of the text, so this walks in that
      // order too.
      std::ranges::sort(jobs_.begin() + start, jobs_.end(), std::ranges::greater{}, &Job::value);
    }
    HANSA_CHECK(check_parameters());
    return std::move(facts_);
  }

 private:
  // A step of the chain of CTEs that a name is looked up in, innermost first.
  struct Scope {
    std::size_t outer;
    std::string name;
  };
  static constexpr std::size_t no_scope = 0;

  struct Job {
    const Value* value;
    Shape shape;
    std::size_t scope = no_scope;
    bool rows = true;  // false below DESCRIBE
  };

  // Messages.

  std::optional<std::size_t> position(const Value& node) const {
    const Value* location = tree_.find(node, "query_location");
    if (location == nullptr || location->kind != Kind::number) return std::nullopt;
    const auto byte =
        parse_int(location->text);  // The engine's "nowhere" is 2^64 - 1, and does not fit.
    if (!byte || *byte < 0 || std::cmp_greater(*byte, limits::sql_bytes_max)) return std::nullopt;
    return static_cast<std::size_t>(*byte);
  }
  std::unexpected<Error> at(const Value& node, Error error) const {
    if (const auto byte = position(node)) error.text += shown_place(options_.sql, *byte);
    return std::unexpected(std::move(error));
  }
  std::unexpected<Error> refuse(const Value& node, std::string text, std::string next = {}) const {
    return at(node, Error{Code::invalid, std::move(text), std::move(next)});
  }
  static std::unexpected<Error> malformed(std::string_view what) {
    return corrupt(fmt::format("not a parse tree: {}", what));
  }

  // The root.

  Result<const Value*> only_statement() const {
    if (const Value* error = tree_.find(tree_.root(), "error"); error != nullptr && error->truth) {
      const std::string text = shown(tree_.text(tree_.root(), "error_message"));
      return invalid(fmt::format("the statement cannot be read: {}", text), "write one SELECT");
    }
    const Value* statements = tree_.find(tree_.root(), "statements");
    if (statements == nullptr || statements->kind != Kind::list) return malformed("no statements");
    for (const Value* member = tree_.first(tree_.root()); member != nullptr;
         member = tree_.next(*member))
      if (find_member(members_of(Part::root), member->name) == nullptr)
        return malformed("an unknown member of the root");
    const Value* statement = tree_.first(*statements);
    if (statement == nullptr) return invalid("there is no statement", "write one SELECT");
    if (tree_.find(*statement, "node") == nullptr) return malformed("a statement without a query");
    if (tree_.next(*statement) != nullptr)
      return invalid("there is more than one statement", "send one SELECT at a time");
    return statement;
  }

  // The walk.

  static const Member* find_member(std::span<const Member> members, std::string_view name) {
    const auto found = std::ranges::find(members, name, &Member::name);
    return found == members.end() ? nullptr : &*found;
  }

  Result<void> visit(const Job& job) {
    if (job.value->kind == Kind::null) return {};
    switch (job.shape) {
      case Shape::opaque: return {};
      case Shape::sample: facts_.moves = true; return {};
      case Shape::text: return expect(job, Kind::text);
      case Shape::flag: return expect(job, Kind::flag);
      case Shape::number: return expect(job, Kind::number);
      case Shape::names: return each(job, Shape::text);
      case Shape::columns: return visit_columns(job);
      case Shape::expression:
      case Shape::table_call: return visit_expression(job);
      case Shape::expressions: return each(job, Shape::expression);
      case Shape::expression_lists: return each(job, Shape::expressions);
      case Shape::query: return visit_query(job);
      case Shape::queries: return each(job, Shape::query);
      case Shape::statement: return visit_statement(job);
      case Shape::table: return visit_table(job);
      case Shape::modifiers: return each(job, Shape::order_modifier);
      case Shape::order_modifier: return visit_modifier(job);
      case Shape::orders: return each_part(job, Part::order);
      case Shape::ctes: return {};  // Its query has seen to it.
      case Shape::cases: return each_part(job, Part::check);
      case Shape::keyed_expressions: return each_part(job, Part::pair);
      case Shape::pivots: return each_part(job, Part::pivot);
      case Shape::pivot_entries: return each_part(job, Part::pivot_entry);
      case Shape::type: return descend(job, members_of(Part::type), {});
      case Shape::types: return each(job, Shape::type);
      case Shape::type_info: return visit_type_info(job);
      case Shape::type_members: return each_part(job, Part::type_member);
      case Shape::never: return visit_never(job);
    }
    return malformed("a shape without a meaning");
  }

  static Result<void> expect(const Job& job, Kind kind) {
    if (job.value->kind == kind) return {};
    return malformed(fmt::format("'{}' is of the wrong kind", shown(job.value->name)));
  }

  Result<void> each(const Job& job, Shape shape) {
    HANSA_CHECK(expect(job, Kind::list));
    for (const Value* item = tree_.first(*job.value); item != nullptr; item = tree_.next(*item))
      jobs_.push_back({item, shape, job.scope, job.rows});
    return {};
  }
  Result<void> each_part(const Job& job, Part part) {
    HANSA_CHECK(expect(job, Kind::list));
    for (const Value* item = tree_.first(*job.value); item != nullptr; item = tree_.next(*item))
      HANSA_CHECK(descend({item, job.shape, job.scope, job.rows}, members_of(part), {}));
    return {};
  }

  // Members of an object, each by its shape.
  Result<void> descend(const Job& job, std::span<const Member> own,
                       std::span<const Member> common) {
    HANSA_CHECK(expect(job, Kind::object));
    for (const Value* value = tree_.first(*job.value); value != nullptr;
         value = tree_.next(*value)) {
      const Member* member = find_member(own, value->name);
      if (member == nullptr) member = find_member(common, value->name);
      if (member == nullptr)
        return refuse(*job.value, fmt::format("the statement uses '{}', which is not supported",
                                              shown(value->name)));
      jobs_.push_back({value, member->shape, job.scope, job.rows});
    }
    return {};
  }

  // A node that says which of its family it is. Returns its form.
  Result<const Form*> visit_tagged(const Job& job, Family family) {
    HANSA_CHECK(expect(job, Kind::object));
    const std::string_view tag =
        tree_.text(*job.value, family == Family::expression ? "class" : "type");
    const Form* form = find_form(family, tag);
    if (form == nullptr && tag.empty()) return malformed("a node without a type");
    if (form == nullptr)
      return refuse(*job.value,
                    fmt::format("the statement uses {}, which is not supported", shown(tag)));
    HANSA_CHECK(descend(job, form->members, common_members(family)));
    return form;
  }

  // Queries.

  Result<void> visit_statement(const Job& job) {
    if (tree_.find(*job.value, "node") == nullptr) return malformed("a statement without a query");
    return descend(job, members_of(Part::statement), {});
  }

  Result<void> visit_query(Job job) {
    const std::size_t start = jobs_.size();
    HANSA_TRY(job.scope, visit_ctes(job));
    HANSA_TRY(const Form* form, visit_tagged(job, Family::query));
    if (form->tag != "RECURSIVE_CTE_NODE") return {};
    // Only the recursive half sees its own name; in the anchor it means the table outside.
    HANSA_TRY(const std::size_t inner, add_scope(job.scope, tree_.text(*job.value, "cte_name")));
    const Value* right = tree_.find(*job.value, "right");
    for (std::size_t i = start; i < jobs_.size(); ++i)
      if (jobs_[i].value == right) jobs_[i].scope = inner;
    return {};
  }

  // Each CTE sees those before it, and not itself; the query sees all. Returns the query's scope.
  Result<std::size_t> visit_ctes(const Job& job) {
    std::size_t scope = job.scope;
    const Value* map = tree_.find(*job.value, "cte_map");
    if (map == nullptr) return scope;
    const Value* entries = tree_.find(*map, "map");
    if (entries == nullptr) return malformed("CTEs without a map");
    HANSA_CHECK(expect({entries, Shape::opaque}, Kind::list));
    HANSA_CHECK(check_members(*map, Part::cte_map));
    for (const Value* entry = tree_.first(*entries); entry != nullptr; entry = tree_.next(*entry)) {
      HANSA_CHECK(check_members(*entry, Part::cte_entry));
      const Value* cte = tree_.find(*entry, "value");
      if (cte == nullptr || tree_.find(*cte, "query") == nullptr)
        return malformed("a CTE without a query");
      HANSA_CHECK(descend({cte, Shape::ctes, scope, job.rows}, members_of(Part::cte), {}));
      HANSA_TRY(scope, add_scope(scope, tree_.text(*entry, "key")));
    }
    return scope;
  }

  Result<void> check_members(const Value& object, Part part) const {
    if (object.kind != Kind::object) return malformed("a list or text where an object belongs");
    for (const Value* member = tree_.first(object); member != nullptr; member = tree_.next(*member))
      if (find_member(members_of(part), member->name) == nullptr)
        return malformed(fmt::format("an unknown member '{}'", shown(member->name)));
    return {};
  }

  Result<std::size_t> add_scope(std::size_t outer, std::string_view name) {
    if (name.empty()) return malformed("a CTE without a name");
    if (scopes_.size() > ctes_max)
      return invalid(fmt::format("the statement holds more than {} CTEs", ctes_max));
    scopes_.push_back({outer, lower_ascii(name)});
    return scopes_.size() - 1;
  }

  bool is_cte(std::size_t scope, std::string_view name) const {
    for (; scope != no_scope; scope = scopes_[scope].outer)
      if (scopes_[scope].name == name) return true;
    return false;
  }

  Result<void> visit_modifier(const Job& job) {
    HANSA_CHECK(visit_tagged(job, Family::modifier));
    return {};
  }

  // Tables.

  Result<void> visit_table(const Job& job) {
    const std::size_t start = jobs_.size();
    HANSA_TRY(const Form* form, visit_tagged(job, Family::table));
    if (form->tag == "BASE_TABLE") return visit_base_table(job);
    if (form->tag == "SHOW_REF") return visit_show(job, start);
    if (form->tag == "SUBQUERY" && tree_.find(*job.value, "subquery") == nullptr)
      return malformed("a subquery without a query");
    if (form->tag == "TABLE_FUNCTION" && tree_.find(*job.value, "function") == nullptr)
      return malformed("a table function without a call");
    return {};
  }

  Result<void> visit_base_table(const Job& job) {
    const Value& node = *job.value;
    if (tree_.find(node, "at_clause") != nullptr)
      return refuse(node, "AT is not supported: a table is read as it is now");
    const SqlName name{tree_.text(node, "catalog_name"), tree_.text(node, "schema_name"),
                       tree_.text(node, "table_name")};
    if (name.table.empty()) return malformed("a table without a name");
    if (name.catalog.empty() && name.schema.empty() && is_cte(job.scope, lower_ascii(name.table)))
      return {};
    auto table = read_table_name(name, options_.defaults);
    if (!table) return at(node, std::move(table).error());
    if (const auto where = position(node); options_.places && where)
      facts_.places->tables.push_back({*table, {*where, written(name)}});
    return add_table(*std::move(table), position(node), job.rows);
  }

  static std::vector<std::string> written(const SqlName& name) {
    std::vector<std::string> out;
    for (const std::string_view part : {name.catalog, name.schema, name.table})
      if (!part.empty()) out.emplace_back(part);
    return out;
  }

  Result<void> add_table(TableName table, std::optional<std::size_t> where, bool rows) {
    const auto [known, added] = seen_.try_emplace(table, facts_.tables.size());
    if (!added) {
      facts_.tables[known->second].rows |= rows;
      return {};
    }
    if (facts_.tables.size() >= limits::relations_per_query_max)
      return exhausted(
          fmt::format("the statement reads more than {} tables", limits::relations_per_query_max),
          "read fewer at once, or publish a part of it as a product");
    facts_.tables.push_back({std::move(table), where, rows});
    return {};
  }

  Result<void> visit_show(const Job& job, std::size_t start) {
    const Value& node = *job.value;
    const std::string_view type = tree_.text(node, "show_type");
    if (tree_.find(node, "query") != nullptr) {
      if (type != "DESCRIBE" && type != "SUMMARY")
        return malformed("SHOW of a query of an unknown kind");
      const bool summarizes = type == "SUMMARY";
      if (is_bare(node))
        facts_.kind = summarizes ? StatementKind::summarize : StatementKind::describe;
      if (!summarizes)
        for (std::size_t i = start; i < jobs_.size(); ++i) jobs_[i].rows = false;
      return {};
    }
    const std::string_view name = tree_.text(node, "table_name");
    const bool tables =
        name == "\"tables\"" || name == "__show_tables_expanded" || type == "SHOW_FROM";
    if (!tables)
      return refuse(node, "of SHOW, only SHOW TABLES is supported",
                    "read information_schema.schemata");
    if (!is_bare(node))
      return refuse(node, "SHOW TABLES is not supported inside another statement",
                    "read information_schema.tables");
    facts_.kind = StatementKind::show_tables;
    facts_.show_schema = lower_ascii(tree_.text(node, "schema_name"));
    return {};
  }

  // The whole statement is SELECT * FROM node, which is how the parser writes a bare SHOW or
  // DESCRIBE.
  bool is_bare(const Value& node) const {
    if (root_ == nullptr || tree_.find(*root_, "from_table") != &node) return false;
    if (!is_empty(*root_, {"where_clause", "having", "sample", "qualify", "modifiers",
                           "group_expressions"}))
      return false;
    const Value* list = tree_.find(*root_, "select_list");
    const Value* star = list == nullptr ? nullptr : tree_.first(*list);
    return star != nullptr && tree_.next(*star) == nullptr &&
           tree_.text(*star, "class") == "STAR" && tree_.find(*star, "expr") == nullptr &&
           is_empty(*star,
                    {"exclude_list", "replace_list", "rename_list", "qualified_exclude_list"});
  }

  // All of these members are absent, null or without content.
  bool is_empty(const Value& object, std::initializer_list<std::string_view> members) const {
    return std::ranges::all_of(members, [&](std::string_view name) {
      const Value* member = tree_.find(object, name);
      return member == nullptr || (member->kind == Kind::list && member->first == 0);
    });
  }

  // Expressions.

  Result<void> visit_expression(const Job& job) {
    const Value& node = *job.value;
    HANSA_TRY(const Form* form, visit_tagged(job, Family::expression));
    if (!form->types.empty() &&
        std::ranges::find(form->types, tree_.text(node, "type")) == form->types.end())
      return refuse(node, fmt::format("the statement uses {}, which is not supported",
                                      shown(tree_.text(node, "type"))));
    if (job.shape == Shape::table_call) {
      if (form->tag != "FUNCTION") return malformed("a table function that is no call");
      return visit_call(node, Call::table);
    }
    if (form->tag == "FUNCTION") return visit_call(node, Call::scalar);
    if (form->tag == "WINDOW") return visit_call(node, Call::window);
    if (form->tag == "COLUMN_REF") return visit_column(node);
    if (form->tag == "PARAMETER") return visit_parameter(node);
    if (form->tag == "SUBQUERY" && tree_.find(node, "subquery") == nullptr)
      return malformed("a subquery without a query");
    return {};
  }

  Result<void> visit_call(const Value& node, Call call) {
    const std::string_view name = tree_.text(node, "function_name");
    if (name.empty()) return malformed("a call without a function");
    HANSA_CHECK(check_qualifier(node, call));
    if (const Value* state = tree_.find(node, "export_state"); state != nullptr && state->truth)
      return refuse(node, "EXPORT_STATE is not supported");
    facts_.moves |= is_moving(name);
    if (auto checked = check_function(call, name); !checked)
      return at(node, std::move(checked).error());
    return {};
  }

  // The parser itself writes "main" for what it makes of special syntax, such as AT TIME ZONE. Any
  // other qualifier of a plain call may be a column, since x.upper() is upper(x) and looks just so;
  // if it is a schema after all, there is nothing in it to call: nobody creates functions in a
  // worker.
  Result<void> check_qualifier(const Value& node, Call call) const {
    const std::string schema = lower_ascii(tree_.text(node, "schema"));
    const std::string catalog = lower_ascii(tree_.text(node, "catalog"));
    if (catalog.empty() && (schema.empty() || schema == "main")) return {};
    if (catalog == "system" && schema == "main") return {};
    for (const std::string& part : {catalog, schema}) {
      if (call == Call::scalar && std::ranges::binary_search(virtual_columns, part))
        return refuse_column(node, part);
      if (call != Call::scalar || std::ranges::binary_search(engine_schemas, part))
        return refuse(node,
                      fmt::format("{}.{} is not a function of the engine", shown(schema),
                                  shown(tree_.text(node, "function_name"))),
                      fmt::format("write {}", shown(tree_.text(node, "function_name"))));
    }
    return {};
  }

  Result<void> visit_parameter(const Value& node) {
    const std::string_view name = tree_.text(node, "identifier");
    const auto number = parse_int(name);
    if (!number)
      return refuse(node, fmt::format("${} is a parameter with a name", shown(name)),
                    "number parameters: $1, $2, ...");
    if (*number < 1 || std::cmp_greater(*number, parameters_max))
      return refuse(node, fmt::format("parameters are $1 to ${}", parameters_max),
                    "hand a list over as one parameter: unnest($1)");
    parameters_.insert(static_cast<std::size_t>(*number));
    return {};
  }

  Result<void> check_parameters() {
    for (const std::size_t number : parameters_)
      if (number != ++facts_.parameters)
        return invalid(fmt::format("the statement uses ${} and not ${}", number, facts_.parameters),
                       "number parameters without a gap");
    return {};
  }

  Result<void> visit_columns(const Job& job) {
    HANSA_CHECK(each(job, Shape::text));
    return check_columns(*job.value, job.value);
  }
  // A name alone may be one that the engine takes for a call if no table has it.
  Result<void> visit_column(const Value& node) {
    const Value* names = tree_.find(node, "column_names");
    const Value* name = names == nullptr ? nullptr : tree_.first(*names);
    facts_.moves |= name != nullptr && tree_.next(*name) == nullptr && is_moving(name->text);
    if (const auto where = position(node); options_.places && where && name != nullptr) {
      Places::Name column{*where, {}};
      for (; name != nullptr; name = tree_.next(*name)) column.parts.emplace_back(name->text);
      facts_.places->columns.push_back(std::move(column));
    }
    return check_columns(node, names);
  }
  // `node` says where.
  Result<void> check_columns(const Value& node, const Value* names) const {
    for (const Value* name = names == nullptr ? nullptr : tree_.first(*names); name != nullptr;
         name = tree_.next(*name))
      if (std::ranges::binary_search(virtual_columns, lower_ascii(name->text)))
        return refuse_column(node, name->text);
    return {};
  }
  std::unexpected<Error> refuse_column(const Value& node, std::string_view name) const {
    return refuse(node, fmt::format("'{}' is a column of files, and a port has none", shown(name)),
                  "a published column of that name is read with SELECT * or COLUMNS(...)");
  }

  // Types.

  Result<void> visit_type_info(const Job& job) {
    HANSA_TRY(const Form* form, visit_tagged(job, Family::type_info));
    if (form->tag != "UNBOUND_TYPE_INFO") return {};
    const std::string schema = lower_ascii(tree_.text(*job.value, "schema"));
    const std::string_view name = tree_.text(*job.value, "name");
    if (!tree_.text(*job.value, "catalog").empty() ||
        (!schema.empty() && schema != "main" && schema != "pg_catalog"))
      return invalid(
          fmt::format("'{}.{}' is not a type of the engine", shown(schema), shown(name)));
    return check_type(name);
  }

  Result<void> visit_never(const Job& job) const {
    if (job.value->kind == Kind::text ? job.value->text.empty()
                                      : job.value->first == 0 && job.value->kind != Kind::number)
      return {};
    return invalid(
        fmt::format("the statement uses {}, which is not supported", shown(job.value->name)),
        job.value->name == "pivot_enum" ? "list the values: PIVOT ... ON column IN ('a', 'b')"
                                        : "");
  }

  const TreeJson& tree_;
  const WalkOptions& options_;
  const Value* root_ = nullptr;
  std::vector<Job> jobs_;
  std::vector<Scope> scopes_{{no_scope, {}}};
  std::map<TableName, std::size_t> seen_;
  std::set<std::size_t> parameters_;
  TreeFacts facts_;
};

}  // namespace

Result<TreeFacts> walk(std::string_view tree_json, const WalkOptions& options) {
  HANSA_TRY(const TreeJson tree, TreeJson::read(tree_json));
  HANSA_TRY(TreeFacts facts, Walker(tree, options).walk());
  if (facts.kind == StatementKind::select) facts.naming = naming_of(tree, options.defaults);
  return facts;
}

}  // namespace hansa::query
