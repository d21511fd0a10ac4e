// What each node of the engine's parse tree may hold. A node, a type of it or a member that is not
// written down here refuses the statement, so that an upgrade of the engine cannot bring a new way
// to name a table unseen.
#pragma once

#include <span>
#include <string_view>

namespace hansa::query {

enum class Shape {
  opaque,  // holds no name and no expression: constants
  sample,  // the same, and its rows are chance
  text,
  flag,
  number,
  names,    // a list of texts
  columns,  // a list of texts that name columns
  expression,
  expressions,
  expression_lists,
  table_call,  // the call of a table function
  query,       // a query node
  queries,
  statement,  // a query node with its parameters
  table,
  modifiers,
  order_modifier,
  orders,
  ctes,
  cases,
  keyed_expressions,  // pairs of a key and an expression
  pivots,
  pivot_entries,
  type,
  types,
  type_info,
  type_members,  // of a STRUCT or UNION: pairs of a name and a type
  never,         // absent, null or empty in every tree that is walked
};

struct Member {
  std::string_view name;
  Shape shape;
};

struct Form {
  std::string_view tag;                     // the node's "type", or an expression's "class"
  std::span<const Member> members;          // beside those of its family
  std::span<const std::string_view> types;  // of an expression; empty: the type says nothing more
};

// Nodes that say which of a family they are. nullptr: not allowed.
enum class Family { query, table, expression, modifier, type_info };
const Form* find_form(Family family, std::string_view tag);
// The members that all nodes of the family have.
std::span<const Member> common_members(Family family);

// Nodes without a tag.
enum class Part {
  root,
  statement,
  cte_map,
  cte_entry,
  cte,
  order,
  check,
  pair,
  pivot,
  pivot_entry,
  type,
  type_member
};
std::span<const Member> members_of(Part part);

}  // namespace hansa::query
