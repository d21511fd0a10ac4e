#include "query/tree_forms.h"

#include <algorithm>

namespace hansa::query {
namespace {

using enum Shape;

// Query nodes.
constexpr Member query_common[] = {{"type", text}, {"modifiers", modifiers}, {"cte_map", ctes}};
constexpr Member select_members[] = {
    {"select_list", expressions}, {"from_table", table},
    {"where_clause", expression}, {"group_expressions", expressions},
    {"group_sets", opaque},       {"aggregate_handling", text},
    {"having", expression},       {"sample", sample},
    {"qualify", expression}};
constexpr Member set_operation_members[] = {{"setop_type", text},
                                            {"left", query},
                                            {"right", query},
                                            {"setop_all", flag},
                                            {"children", queries}};
constexpr Member recursive_members[] = {{"cte_name", text}, {"union_all", flag},
                                        {"left", query},    {"right", query},
                                        {"aliases", names}, {"key_targets", expressions}};
constexpr Form queries_known[] = {{"SELECT_NODE", select_members, {}},
                                  {"SET_OPERATION_NODE", set_operation_members, {}},
                                  {"RECURSIVE_CTE_NODE", recursive_members, {}}};

// Tables. COLUMN_DATA holds rows of the process that made it, and the parser never writes it.
constexpr Member table_common[] = {
    {"type", text}, {"alias", text}, {"sample", sample}, {"query_location", number}};
constexpr Member base_table_members[] = {{"schema_name", text},
                                         {"table_name", text},
                                         {"column_name_alias", names},
                                         {"catalog_name", text},
                                         {"at_clause", opaque}};
constexpr Member expression_list_members[] = {
    {"expected_names", names}, {"expected_types", types}, {"values", expression_lists}};
constexpr Member join_members[] = {
    {"left", table},           {"right", table},
    {"condition", expression}, {"join_type", text},
    {"ref_type", text},        {"using_columns", columns},
    {"delim_flipped", flag},   {"duplicate_eliminated_columns", expressions},
    {"is_implicit", flag}};
constexpr Member pivot_members[] = {
    {"source", table},   {"aggregates", expressions},  {"unpivot_names", names}, {"pivots", pivots},
    {"groups", columns}, {"column_name_alias", names}, {"include_nulls", flag}};
constexpr Member show_members[] = {{"table_name", text},
                                   {"query", query},
                                   {"show_type", text},
                                   {"catalog_name", text},
                                   {"schema_name", text}};
constexpr Member subquery_table_members[] = {{"subquery", statement}, {"column_name_alias", names}};
constexpr Member table_function_members[] = {
    {"function", table_call}, {"column_name_alias", names}, {"with_ordinality", text}};
constexpr Form tables_known[] = {{"BASE_TABLE", base_table_members, {}},
                                 {"EMPTY", {}, {}},
                                 {"EXPRESSION_LIST", expression_list_members, {}},
                                 {"JOIN", join_members, {}},
                                 {"PIVOT", pivot_members, {}},
                                 {"SHOW_REF", show_members, {}},
                                 {"SUBQUERY", subquery_table_members, {}},
                                 {"TABLE_FUNCTION", table_function_members, {}}};

// Expressions. DEFAULT belongs to INSERT; LAMBDA_REF and all that is BOUND come after the parser.
constexpr Member expression_common[] = {
    {"class", text}, {"type", text}, {"alias", text}, {"query_location", number}};
constexpr Member between_members[] = {
    {"input", expression}, {"lower", expression}, {"upper", expression}};
constexpr Member case_members[] = {{"case_checks", cases}, {"else_expr", expression}};
constexpr Member cast_members[] = {{"child", expression}, {"cast_type", type}, {"try_cast", flag}};
constexpr Member collate_members[] = {{"child", expression}, {"collation", text}};
constexpr Member column_members[] = {{"column_names", names}};
constexpr Member comparison_members[] = {{"left", expression}, {"right", expression}};
constexpr Member children_members[] = {{"children", expressions}};
constexpr Member constant_members[] = {{"value", opaque}};
constexpr Member function_members[] = {
    {"function_name", text},   {"schema", text},       {"catalog", text},
    {"children", expressions}, {"filter", expression}, {"order_bys", order_modifier},
    {"distinct", flag},        {"is_operator", flag},  {"export_state", flag}};
constexpr Member lambda_members[] = {
    {"lhs", expression}, {"expr", expression}, {"syntax_type", text}};
constexpr Member parameter_members[] = {{"identifier", text}};
constexpr Member positional_members[] = {{"index", number}};
constexpr Member star_members[] = {
    {"relation_name", text}, {"exclude_list", names}, {"replace_list", keyed_expressions},
    {"columns", flag},       {"expr", expression},    {"qualified_exclude_list", opaque},
    {"rename_list", opaque}};
constexpr Member subquery_members[] = {{"subquery_type", text},
                                       {"subquery", statement},
                                       {"child", expression},
                                       {"comparison_type", text}};
constexpr Member window_members[] = {{"function_name", text},
                                     {"schema", text},
                                     {"catalog", text},
                                     {"children", expressions},
                                     {"partitions", expressions},
                                     {"orders", orders},
                                     {"start", text},
                                     {"end", text},
                                     {"start_expr", expression},
                                     {"end_expr", expression},
                                     {"offset_expr", expression},
                                     {"default_expr", expression},
                                     {"ignore_nulls", flag},
                                     {"filter_expr", expression},
                                     {"exclude_clause", text},
                                     {"distinct", flag},
                                     {"arg_orders", orders}};

constexpr std::string_view comparison_types[] = {
    "COMPARE_EQUAL",         "COMPARE_NOTEQUAL",          "COMPARE_LESSTHAN",
    "COMPARE_GREATERTHAN",   "COMPARE_LESSTHANOREQUALTO", "COMPARE_GREATERTHANOREQUALTO",
    "COMPARE_DISTINCT_FROM", "COMPARE_NOT_DISTINCT_FROM"};
constexpr std::string_view conjunction_types[] = {"CONJUNCTION_AND", "CONJUNCTION_OR"};
constexpr std::string_view operator_types[] = {
    "OPERATOR_NOT",      "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "OPERATOR_UNPACK",
    "COMPARE_IN",        "COMPARE_NOT_IN",   "OPERATOR_NULLIF",      "OPERATOR_COALESCE",
    "OPERATOR_TRY",      "ARRAY_EXTRACT",    "ARRAY_SLICE",          "STRUCT_EXTRACT",
    "ARRAY_CONSTRUCTOR", "GROUPING_FUNCTION"};
constexpr std::string_view window_types[] = {
    "WINDOW_AGGREGATE",    "WINDOW_RANK",      "WINDOW_RANK_DENSE", "WINDOW_NTILE",
    "WINDOW_PERCENT_RANK", "WINDOW_CUME_DIST", "WINDOW_ROW_NUMBER", "WINDOW_FIRST_VALUE",
    "WINDOW_LAST_VALUE",   "WINDOW_LEAD",      "WINDOW_LAG",        "WINDOW_NTH_VALUE",
    "WINDOW_FILL"};
constexpr Form expressions_known[] = {{"BETWEEN", between_members, {}},
                                      {"CASE", case_members, {}},
                                      {"CAST", cast_members, {}},
                                      {"COLLATE", collate_members, {}},
                                      {"COLUMN_REF", column_members, {}},
                                      {"COMPARISON", comparison_members, comparison_types},
                                      {"CONJUNCTION", children_members, conjunction_types},
                                      {"CONSTANT", constant_members, {}},
                                      {"FUNCTION", function_members, {}},
                                      {"LAMBDA", lambda_members, {}},
                                      {"OPERATOR", children_members, operator_types},
                                      {"PARAMETER", parameter_members, {}},
                                      {"POSITIONAL_REFERENCE", positional_members, {}},
                                      {"STAR", star_members, {}},
                                      {"SUBQUERY", subquery_members, {}},
                                      {"WINDOW", window_members, window_types}};

// Modifiers.
constexpr Member modifier_common[] = {{"type", text}};
constexpr Member distinct_members[] = {{"distinct_on_targets", expressions}};
constexpr Member limit_members[] = {{"limit", expression}, {"offset", expression}};
constexpr Member order_modifier_members[] = {{"orders", orders}};
constexpr Form modifiers_known[] = {{"DISTINCT_MODIFIER", distinct_members, {}},
                                    {"LIMIT_MODIFIER", limit_members, {}},
                                    {"LIMIT_PERCENT_MODIFIER", limit_members, {}},
                                    {"ORDER_MODIFIER", order_modifier_members, {}}};

// Types. UNBOUND is one that only the binder can look up.
constexpr Member type_info_common[] = {{"type", text}, {"alias", text}, {"extension_info", never}};
constexpr Member decimal_members[] = {{"width", number}, {"scale", number}};
constexpr Member child_type_members[] = {{"child_type", type}, {"size", number}};
constexpr Member struct_members[] = {{"child_types", type_members}};
constexpr Member string_members[] = {{"collation", text}};
constexpr Member unbound_members[] = {
    {"name", text}, {"catalog", text}, {"schema", text}, {"user_type_modifiers", opaque}};
constexpr Form type_infos_known[] = {
    {"DECIMAL_TYPE_INFO", decimal_members, {}},  {"LIST_TYPE_INFO", child_type_members, {}},
    {"ARRAY_TYPE_INFO", child_type_members, {}}, {"STRUCT_TYPE_INFO", struct_members, {}},
    {"STRING_TYPE_INFO", string_members, {}},    {"GENERIC_TYPE_INFO", {}, {}},
    {"UNBOUND_TYPE_INFO", unbound_members, {}}};

// Parts.
constexpr Member root_members[] = {{"error", flag}, {"statements", opaque}};
constexpr Member statement_members[] = {{"node", query}, {"named_param_map", opaque}};
constexpr Member cte_map_members[] = {{"map", opaque}};
constexpr Member cte_entry_members[] = {{"key", text}, {"value", opaque}};
constexpr Member cte_members[] = {
    {"aliases", names}, {"query", statement}, {"materialized", text}, {"key_targets", expressions}};
constexpr Member order_members[] = {
    {"type", text}, {"null_order", text}, {"expression", expression}};
constexpr Member check_members[] = {{"when_expr", expression}, {"then_expr", expression}};
constexpr Member pair_members[] = {{"key", opaque}, {"value", expression}};
constexpr Member pivot_column_members[] = {{"pivot_expressions", expressions},
                                           {"unpivot_names", names},
                                           {"entries", pivot_entries},
                                           {"pivot_enum", never}};
constexpr Member pivot_entry_members[] = {
    {"values", opaque}, {"star_expr", expression}, {"alias", text}};
constexpr Member type_members_[] = {{"id", text}, {"type_info", type_info}};
constexpr Member type_member_members[] = {{"first", text}, {"second", type}};

}  // namespace

const Form* find_form(Family family, std::string_view tag) {
  const auto forms = [&]() -> std::span<const Form> {
    switch (family) {
      case Family::query: return queries_known;
      case Family::table: return tables_known;
      case Family::expression: return expressions_known;
      case Family::modifier: return modifiers_known;
      case Family::type_info: return type_infos_known;
    }
    return {};
  }();
  const auto found = std::ranges::find(forms, tag, &Form::tag);
  return found == forms.end() ? nullptr : &*found;
}

std::span<const Member> common_members(Family family) {
  switch (family) {
    case Family::query: return query_common;
    case Family::table: return table_common;
    case Family::expression: return expression_common;
    case Family::modifier: return modifier_common;
    case Family::type_info: return type_info_common;
  }
  return {};
}

std::span<const Member> members_of(Part part) {
  switch (part) {
    case Part::root: return root_members;
    case Part::statement: return statement_members;
    case Part::cte_map: return cte_map_members;
    case Part::cte_entry: return cte_entry_members;
    case Part::cte: return cte_members;
    case Part::order: return order_members;
    case Part::check: return check_members;
    case Part::pair: return pair_members;
    case Part::pivot: return pivot_column_members;
    case Part::pivot_entry: return pivot_entry_members;
    case Part::type: return type_members_;
    case Part::type_member: return type_member_members;
  }
  return {};
}

}  // namespace hansa::query
