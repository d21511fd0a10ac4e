#include "worker/bound.h"

#include "base/text.h"

namespace hansa::worker {
namespace {

// What an object of either kind of tree may tell. A tree is as deep as the statement's author
// likes, so it is walked with a stack of its own.
struct Node {
  bool array = false;
  std::string key;  // of the member that is being read
  std::string type, name, table, schema, catalog;
  std::uint64_t location = 0;
  Scan scan;
};

class Walker {
 public:
  explicit Walker(std::string_view json) : json_(json) {}

  template <class Closed>
  void walk(Closed closed) {
    while (at_ < json_.size()) {
      const char c = json_[at_];
      if (c == '{' || c == '[') {
        stack_.emplace_back().array = c == '[';
        ++at_;
      } else if (c == '}' || c == ']') {
        if (stack_.empty()) return;
        const Node node = std::move(stack_.back());
        stack_.pop_back();
        if (!node.array) closed(node);
        ++at_;
      } else if (c == '"') {
        take_string();
      } else if (c == '-' || (c >= '0' && c <= '9')) {
        take_number();
      } else {
        ++at_;
      }
    }
  }

 private:
  void take_string() {
    std::string text;
    for (++at_; at_ < json_.size() && json_[at_] != '"'; ++at_) {
      if (json_[at_] == '\\') {
        unescape(text);
      } else {
        text += json_[at_];
      }
    }
    ++at_;
    if (stack_.empty()) return;
    Node& node = stack_.back();
    if (!node.array && at_ < json_.size() && json_[at_] == ':') {
      node.key = std::move(text);
    } else {
      note(node, std::move(text));
    }
  }

  // Names with control characters come as \u00XX; all other text is as it is.
  void unescape(std::string& text) {
    ++at_;
    const char c = at_ < json_.size() ? json_[at_] : '\\';
    switch (c) {
      case 'n': text += '\n'; break;
      case 't': text += '\t'; break;
      case 'r': text += '\r'; break;
      case 'b': text += '\b'; break;
      case 'f': text += '\f'; break;
      case 'u':
        if (at_ + 5 > json_.size()) break;
        if (const auto byte = from_hex(json_.substr(at_ + 3, 2))) text += *byte;
        at_ += 4;
        break;
      default: text += c; break;
    }
  }

  void note(Node& node, std::string text) {
    const std::size_t depth = stack_.size();
    if (node.array) {
      if (depth < 2) return;
      Node& above = stack_[depth - 2];
      if (above.key == "names") above.scan.names.push_back(std::move(text));
      else if (above.key == "files" && depth >= 3 && stack_[depth - 3].key == "function_data")
        stack_[depth - 3].scan.files.push_back(std::move(text));
    } else if (node.key == "type") {
      node.type = std::move(text);
    } else if (node.key == "name") {
      node.name = std::move(text);
    } else if (node.key == "table_name") {
      node.table = std::move(text);
    } else if (node.key == "schema_name") {
      node.schema = std::move(text);
    } else if (node.key == "catalog_name") {
      node.catalog = std::move(text);
    }
  }

  void take_number() {
    std::uint64_t number = 0;
    for (; at_ < json_.size() && std::string_view("+-.eE0123456789").contains(json_[at_]); ++at_)
      if (json_[at_] >= '0' && json_[at_] <= '9')
        number = number * 10 + static_cast<std::uint64_t>(json_[at_] - '0');
    const std::size_t depth = stack_.size();
    if (depth == 0 || stack_.back().array) return;
    if (stack_.back().key == "query_location") stack_.back().location = number;
    // An entry of column_indexes; those of nested fields lie one array deeper, under child_indexes.
    if (stack_.back().key == "index" && depth >= 3 && stack_[depth - 2].array &&
        stack_[depth - 3].key == "column_indexes")
      stack_[depth - 3].scan.indexes.push_back(number);
  }

  std::string_view json_;
  std::size_t at_ = 0;
  std::vector<Node> stack_;
};

}  // namespace

std::vector<Scan> scans_of(std::string_view plan_json) {
  std::vector<Scan> scans;
  Walker(plan_json).walk([&](const Node& node) {
    if (node.type != "LOGICAL_GET") return;
    scans.push_back(node.scan);
    scans.back().function = node.name;
  });
  return scans;
}

std::vector<WrittenTable> tables_of(std::string_view tree_json) {
  std::vector<WrittenTable> tables;
  Walker(tree_json).walk([&](const Node& node) {
    if (node.type == "BASE_TABLE" && !node.schema.empty())
      tables.push_back({node.catalog, node.schema, node.table, node.location});
  });
  return tables;
}

}  // namespace hansa::worker
