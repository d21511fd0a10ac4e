#include "query/naming.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"

namespace hansa::query {
namespace {

using Value = TreeJson::Value;
using Kind = TreeJson::Kind;

// Expressions that name nothing but what their parts name.
constexpr std::array plain{"BETWEEN",    "CASE",        "CAST",     "COLLATE",
                           "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION",
                           "OPERATOR",   "PARAMETER",   "WINDOW"};
// What of a SELECT names no columns.
constexpr std::array silent{"type", "from_table", "sample", "group_sets", "aggregate_handling"};

// Functions that make several rows of one.
constexpr std::array multiplying{"generate_subscripts", "regexp_split_to_table", "unnest"};

class Reader {
 public:
  Reader(const TreeJson& tree, const NameDefaults& defaults) : tree_(tree), defaults_(defaults) {}

  std::optional<Naming> read() {
    const Value* statements = tree_.find(tree_.root(), "statements");
    const Value* statement = statements == nullptr ? nullptr : tree_.first(*statements);
    const Value* node = statement == nullptr ? nullptr : tree_.find(*statement, "node");
    if (node == nullptr || tree_.text(*node, "type") != "SELECT_NODE" || has_ctes(*node)) return {};
    const Value* list = tree_.find(*node, "select_list");
    if (list == nullptr || !read_list(*list)) return {};
    for (const Value* member = tree_.first(*node); member != nullptr; member = tree_.next(*member))
      if (member != list && std::ranges::find(silent, member->name) == silent.end())
        jobs_.push_back({member});
    naming_.mixes = mixes(*node);
    const Value* from = tree_.find(*node, "from_table");
    if (from == nullptr || !read_tables(*from) || !read_expressions()) return {};
    name_items();
    return std::move(naming_);
  }

 private:
  bool has_ctes(const Value& node) const {
    const Value* map = tree_.find(node, "cte_map");
    return map != nullptr && map->first != 0;
  }

  bool mixes(const Value& node) const {
    const Value* modifiers = tree_.find(node, "modifiers");
    for (const Value* each = modifiers == nullptr ? nullptr : tree_.first(*modifiers);
         each != nullptr; each = tree_.next(*each))
      if (tree_.text(*each, "type") != "ORDER_MODIFIER" || orders_unnamed(*each)) return true;
    const Value* groups = tree_.find(node, "group_expressions");
    for (const Value* each = groups == nullptr ? nullptr : tree_.first(*groups); each != nullptr;
         each = tree_.next(*each))
      if (names_nothing(*each)) return true;
    return tree_.text(node, "aggregate_handling") != "STANDARD_HANDLING";
  }

  // 2, and 2 COLLATE nocase, are items by their place: which terms are is the engine's to say, so
  // all are that have no name.
  bool names_nothing(const Value& term) const {
    std::vector<const Value*> left{&term};
    while (!left.empty()) {
      const Value* value = left.back();
      left.pop_back();
      if (value->kind != Kind::object && value->kind != Kind::list) continue;
      if (value->kind == Kind::object && tree_.text(*value, "class") == "COLUMN_REF") return false;
      for (const Value* member = tree_.first(*value); member != nullptr;
           member = tree_.next(*member))
        left.push_back(member);
    }
    return true;
  }

  bool orders_unnamed(const Value& modifier) const {
    const Value* orders = tree_.find(modifier, "orders");
    for (const Value* each = orders == nullptr ? nullptr : tree_.first(*orders); each != nullptr;
         each = tree_.next(*each))
      if (const Value* by = tree_.find(*each, "expression"); by == nullptr || names_nothing(*by))
        return true;
    return false;
  }

  bool read_list(const Value& list) {
    for (const Value* item = tree_.first(list); item != nullptr; item = tree_.next(*item)) {
      std::string& name = naming_.items.emplace_back();
      if (tree_.text(*item, "class") == "STAR") {
        if (!read_star(*item)) return false;
        continue;
      }
      name = lower_ascii(tree_.text(*item, "alias"));
      std::vector<std::string> column = parts_of(*item);
      if (name.empty() && !column.empty()) name = column.back();
      if (!name.empty()) named_.emplace_back(name, std::move(column));
      jobs_.push_back({item, naming_.items.size() - 1});
    }
    return true;
  }

  // Of a column, the parts of its name; none of anything else.
  std::vector<std::string> parts_of(const Value& item) const {
    const Value* names =
        tree_.text(item, "class") == "COLUMN_REF" ? tree_.find(item, "column_names") : nullptr;
    std::vector<std::string> out;
    for (const Value* name = names == nullptr ? nullptr : tree_.first(*names); name != nullptr;
         name = tree_.next(*name))
      out.push_back(lower_ascii(name->text));
    return out;
  }

  // A bare column, of its table or not, gives no new name; a field of one does: s.name is two parts
  // too.
  void name_items() {
    for (const auto& [name, column] : named_) {
      const bool bare =
          column.size() == 1 ||
          (column.size() == 2 && std::ranges::find(naming_.tables, column.front(),
                                                   &Naming::Table::alias) != naming_.tables.end());
      if (!bare || column.back() != name) naming_.given.insert(name);
    }
  }

  bool read_star(const Value& star) {
    for (const Value* member = tree_.first(star); member != nullptr; member = tree_.next(*member)) {
      const bool known = member->name == "class" || member->name == "type" ||
                         member->name == "query_location" || member->name == "relation_name";
      const bool empty = member->kind == Kind::null ||
                         (member->kind == Kind::flag && !member->truth) ||
                         (member->kind == Kind::list && member->first == 0);
      if (!known && !empty) return false;
    }
    naming_.stars.push_back(lower_ascii(tree_.text(star, "relation_name")));
    return true;
  }

  bool read_tables(const Value& from) {
    std::vector<const Value*> left{&from};
    while (!left.empty()) {
      const Value* table = left.back();
      left.pop_back();
      if (tree_.text(*table, "type") == "BASE_TABLE") {
        if (!read_table(*table)) return false;
        continue;
      }
      const Value* one = tree_.find(*table, "left");
      const Value* other = tree_.find(*table, "right");
      const std::string_view kind = tree_.text(*table, "ref_type");
      if (tree_.text(*table, "type") != "JOIN" || one == nullptr || other == nullptr ||
          (kind != "" && kind != "REGULAR" && kind != "CROSS" && kind != "ASOF"))
        return false;
      left.insert(left.end(), {one, other});
      if (const Value* condition = tree_.find(*table, "condition")) jobs_.push_back({condition});
      if (const Value* names = tree_.find(*table, "using_columns"))
        for (const Value* name = tree_.first(*names); name != nullptr; name = tree_.next(*name))
          naming_.shared.push_back(lower_ascii(name->text));
    }
    return true;
  }

  bool read_table(const Value& table) {
    if (const Value* names = tree_.find(table, "column_name_alias");
        names != nullptr && names->first != 0)
      return false;
    const std::string_view written = tree_.text(table, "table_name");
    auto name = read_table_name(
        {tree_.text(table, "catalog_name"), tree_.text(table, "schema_name"), written}, defaults_);
    if (!name) return false;
    const std::string_view alias = tree_.text(table, "alias");
    naming_.tables.push_back({*std::move(name), lower_ascii(alias.empty() ? written : alias)});
    return true;
  }

  bool read_expressions() {
    while (!jobs_.empty()) {
      const auto [value, item] = jobs_.back();
      jobs_.pop_back();
      const std::string_view kind =
          value->kind == Kind::object ? tree_.text(*value, "class") : std::string_view();
      if (kind == "COLUMN_REF") {
        if (!read_column(*value, item)) return false;
        continue;
      }
      if (kind == "CONSTANT") continue;
      if (!kind.empty() && std::ranges::find(plain, kind) == plain.end()) return false;
      if (kind == "FUNCTION" && !read_function(*value)) return false;
      if (value->kind != Kind::object && value->kind != Kind::list) continue;
      for (const Value* member = tree_.first(*value); member != nullptr;
           member = tree_.next(*member))
        jobs_.push_back({member, item});
    }
    return true;
  }

  // x.upper() is upper(x), and so is t.x.upper().
  bool read_function(const Value& function) {
    const std::string schema = lower_ascii(tree_.text(function, "schema"));
    if (!tree_.text(function, "catalog").empty() || (!schema.empty() && schema != "main"))
      return false;
    naming_.calls_main = naming_.calls_main || !schema.empty();
    const std::string name = lower_ascii(tree_.text(function, "function_name"));
    if (std::ranges::find(multiplying, name) != multiplying.end()) naming_.mixes = true;
    return true;
  }

  bool read_column(const Value& column, std::size_t item) {
    std::vector<std::string> parts = parts_of(column);
    if (parts.empty()) return false;
    naming_.columns.push_back({std::move(parts), item});
    return true;
  }

  const TreeJson& tree_;
  const NameDefaults& defaults_;
  struct Job {
    const Value* value;
    std::size_t item = Naming::elsewhere;
  };
  std::vector<Job> jobs_;
  std::vector<std::pair<std::string, std::vector<std::string>>> named_;  // items, and their columns
  Naming naming_;
};

// Whether a table is named behind the first part: mesh.shows.plays.id, which must not be taken for
// a field of a column `mesh`.
bool names_table(const Naming& naming, const std::vector<std::string>& parts) {
  return std::ranges::any_of(naming.tables, [&](const Naming::Table& table) {
    return std::find(parts.begin() + 1, parts.end(), table.alias) != parts.end() ||
           std::find(parts.begin() + 1, parts.end(), table.table.name) != parts.end();
  });
}

class Matcher {
 public:
  Matcher(const Naming& naming, const Plan& plan) : naming_(naming), plan_(plan) {}

  std::optional<std::vector<ReadColumns>> match() {
    if (!match_tables()) return {};
    if (naming_.calls_main && !tables_with("main").empty()) return {};
    for (const std::string& alias : naming_.stars)
      if (!take_all(alias)) return {};
    for (const std::string& name : naming_.shared)
      for (std::size_t table = 0; table < naming_.tables.size(); ++table) take(table, name);
    for (const Naming::Name& name : naming_.columns)
      if (!take_named(name.parts)) return {};
    std::vector<ReadColumns> out;
    for (std::uint32_t i = 0; i < plan_.relations.size(); ++i) {
      auto& read = out.emplace_back(ReadColumns{.relation = i, .columns = {}});
      for (const hansa::Column& column : plan_.relations[i].columns.columns)
        if (taken_[i].contains(lower_ascii(column.name))) read.columns.push_back(column.name);
    }
    return out;
  }

 private:
  // Every relation is one of files, and one that the statement names; no two go by one name.
  bool match_tables() {
    std::set<std::string> aliases;
    for (const Naming::Table& table : naming_.tables) {
      const auto found = std::ranges::find_if(plan_.relations, [&](const Relation& relation) {
        return relation.catalog == table.table.catalog && relation.schema == table.table.schema &&
               relation.name == table.table.name;
      });
      if (found == plan_.relations.end() || !aliases.insert(table.alias).second) return false;
      relations_.push_back(static_cast<std::size_t>(found - plan_.relations.begin()));
    }
    for (const Relation& relation : plan_.relations) {
      if (relation.content != Content::files) return false;
      auto& names = names_.emplace_back();
      for (const hansa::Column& column : relation.columns.columns)
        names.insert(lower_ascii(column.name));
    }
    taken_.resize(plan_.relations.size());
    return std::set(relations_.begin(), relations_.end()).size() == plan_.relations.size();
  }

  bool has(std::size_t table, const std::string& column) const {
    return names_[relations_[table]].contains(column);
  }
  bool take(std::size_t table, const std::string& column) {
    if (!has(table, column)) return false;
    taken_[relations_[table]].insert(column);
    return true;
  }
  std::optional<std::size_t> table_called(const std::string& alias) const {
    const auto found = std::ranges::find(naming_.tables, alias, &Naming::Table::alias);
    if (found == naming_.tables.end()) return {};
    return static_cast<std::size_t>(found - naming_.tables.begin());
  }
  std::vector<std::size_t> tables_with(const std::string& column) const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < naming_.tables.size(); ++i)
      if (has(i, column)) out.push_back(i);
    return out;
  }

  bool take_all(const std::string& alias) {
    const auto table = table_called(alias);
    if (!alias.empty() && !table) return false;
    for (std::size_t i = 0; i < naming_.tables.size(); ++i)
      if (alias.empty() || i == *table) taken_[relations_[i]] = names_[relations_[i]];
    return true;
  }

  bool take_named(const std::vector<std::string>& parts) {
    const std::string& first = parts.front();
    if (names_table(naming_, parts)) return false;
    const auto table = table_called(first);
    const auto tables = tables_with(first);
    if (parts.size() == 1) {
      // What is no column is a name of the SELECT list, a word like current_date, or a whole row.
      if (tables.empty()) return !table;
      if (table || naming_.given.contains(first)) return false;
    } else if (table) {
      return tables.empty() && take(*table, parts[1]);
    }
    const bool is_shared = std::ranges::find(naming_.shared, first) != naming_.shared.end();
    if (tables.empty() || (tables.size() > 1 && !is_shared)) return false;
    for (const std::size_t each : tables) take(each, first);
    return true;
  }

  const Naming& naming_;
  const Plan& plan_;
  std::vector<std::size_t> relations_;        // of each named table
  std::vector<std::set<std::string>> names_;  // of each relation's columns
  std::vector<std::set<std::string>> taken_;
};

// Which columns each item depends on, through the names that items give to others too. A name that
// may be a column's or an item's counts as both; one that may be the table's is not guessed at.
class Dependences {
 public:
  Dependences(const Naming& naming, const Schema& from)
      : naming_(naming), from_(from), of_(naming.items.size()) {
    for (std::size_t i = 0; i < from.columns.size(); ++i)
      columns_.emplace(lower_ascii(from.columns[i].name), i);
    for (std::size_t i = 0; i < naming.items.size(); ++i)
      if (naming.given.contains(naming.items[i])) items_.emplace(naming.items[i], i);
  }

  std::optional<std::vector<Dependence>> find() {
    if (!is_plain()) return {};
    for (const Naming::Name& name : naming_.columns)
      if (!add(name)) return {};
    std::vector<Dependence> out;
    std::size_t all = 0;
    for (std::size_t i = 0; i < of_.size(); ++i) {
      auto& item = out.emplace_back(Dependence{.name = naming_.items[i], .columns = {}});
      const std::set<std::size_t> columns = columns_of(i);
      if ((all += columns.size()) > dependences_max) return {};
      for (const std::size_t column : columns) item.columns.push_back(from_.columns[column].name);
    }
    return out;
  }

 private:
  struct Part {
    std::vector<std::size_t> columns;
    std::vector<std::size_t> items;
  };

  // One table, whose name nothing else bears, and a name for each item.
  bool is_plain() const {
    if (naming_.tables.size() != 1 || !naming_.stars.empty()) return false;
    const auto is_item = [&](const std::string& name) {
      return std::ranges::find(naming_.items, name) != naming_.items.end();
    };
    const Naming::Table& table = naming_.tables.front();
    for (const std::string& name : {table.alias, table.table.name})
      if (columns_.contains(name) || is_item(name)) return false;
    return !is_item("") && !(naming_.calls_main && columns_.contains("main"));
  }

  // Of an item, of all that it names, and of what decides on rows.
  std::set<std::size_t> columns_of(std::size_t item) const {
    std::set<std::size_t> out;
    std::vector<bool> seen(of_.size());
    std::vector<const Part*> left{&everywhere_, &of_[item]};
    if (naming_.mixes)
      for (const Part& each : of_) left.push_back(&each);
    while (!left.empty()) {
      const Part& part = *left.back();
      left.pop_back();
      out.insert(part.columns.begin(), part.columns.end());
      for (const std::size_t other : part.items) {
        if (!seen[other]) left.push_back(&of_[other]);
        seen[other] = true;
      }
    }
    return out;
  }

  bool add_column(Part& to, const std::string& name) const {
    const auto found = columns_.find(name);
    if (found != columns_.end()) to.columns.push_back(found->second);
    return found != columns_.end();
  }

  bool add(const Naming::Name& name) {
    Part& to = name.item == Naming::elsewhere ? everywhere_ : of_[name.item];
    const std::string& first = name.parts.front();
    if (names_table(naming_, name.parts)) return false;
    if (first == naming_.tables.front().alias)  // alone, it is the whole row
      return name.parts.size() > 1 && add_column(to, name.parts[1]);
    const bool is_column = add_column(to, first);
    const auto [from, until] = items_.equal_range(first);
    for (auto each = from; each != until; ++each) to.items.push_back(each->second);
    return is_column || from != until;
  }

  const Naming& naming_;
  const Schema& from_;
  std::map<std::string, std::size_t> columns_;
  std::multimap<std::string, std::size_t> items_;
  std::vector<Part> of_;
  Part everywhere_;
};

}  // namespace

std::optional<Naming> naming_of(const TreeJson& tree, const NameDefaults& defaults) {
  return Reader(tree, defaults).read();
}

std::optional<std::vector<ReadColumns>> reads_of(const Naming& naming, const Plan& plan) {
  return Matcher(naming, plan).match();
}

std::optional<std::vector<Dependence>> dependences_of(const Naming& naming, const Schema& from) {
  return Dependences(naming, from).find();
}

}  // namespace hansa::query
