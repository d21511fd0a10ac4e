// sql without a statement: a conversation.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "api/product.h"
#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/line_editor.h"
#include "door/cli/sql.h"
#include "door/cli/statement.h"

namespace hansa::cli {
namespace {

constexpr std::size_t kPortsMax = 10'000;

constexpr std::string_view kHelp =
    R"(A statement ends with ; and may take several lines. Tab completes, arrows bring back, Ctrl-C cancels, Ctrl-D ends.
  \d               what there is to query
  \d DOMAIN        what there is of one domain
  \d DOMAIN.PORT   its columns
  \p DOMAIN.PORT   what its columns hold: nulls, ranges, frequent values
  \s DOMAIN.PORT   some of its rows
  \c CATALOG       the default catalog (without a name: mesh)
  \o FORMAT        table, json, yaml or csv
  \i FILE          run what stands in a file
  \pager           show results page by page, or not any more
  \?  \q           this page; the end
)";

// Names for completion, asked for once.
class Known {
 public:
  explicit Known(Client& client) : client_(client) {}

  std::vector<std::string> like(std::string_view statement, std::string_view word) {
    std::vector<std::string> out;
    if (word.starts_with('\\')) {
      for (const char* each : {"\\d", "\\p", "\\s", "\\c", "\\o", "\\i", "\\pager", "\\?", "\\q"})
        if (std::string_view(each).starts_with(word)) out.emplace_back(each);
      return out;
    }
    const std::string lower = lower_ascii(word);
    for (const std::string& port : ports())
      if (port.starts_with(lower)) out.push_back(port);
    if (!word.empty()) {
      for (const std::string& name : names_in(statement))
        for (const std::string& column : columns(name))
          if (lower_ascii(column).starts_with(lower)) out.push_back(column);
      std::ranges::move(keywords_like(word), std::back_inserter(out));
    }
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
  }

 private:
  // As SQL calls them; a version that is not the default by its own name.
  const std::vector<std::string>& ports() {
    if (asked_) return ports_;
    asked_ = true;
    bool more = false;
    const auto found = client_.list(api::list_ports, {}, kPortsMax, more);
    if (!found) return ports_;
    for (const Json& item : *found) {
      const std::string ref = text_of(item, "ref");
      const auto at = ref.find('@');
      std::string name = ref.substr(0, at);
      std::ranges::replace(name, '/', '.');
      const Json* is_default = item.find("is_default");
      const bool plain = !is_default || !is_default->as_bool() || *is_default->as_bool();
      ports_.push_back(plain ? name : name + "_v" + ref.substr(at + 1));
    }
    return ports_;
  }

  const std::vector<std::string>& columns(const std::string& name) {
    const auto known = columns_.find(name);
    if (known != columns_.end()) return known->second;
    std::vector<std::string>& out = columns_[name];
    const auto dot = name.find('.');
    const auto port =
        client_.call(api::get_port, {.domain = name.substr(0, dot), .port = name.substr(dot + 1)});
    const Json* columns = port ? port->find("columns") : nullptr;
    for (const Json& column :
         columns && columns->as_array() ? *columns->as_array() : Json::Array{}) {
      const std::string called = text_of(column, "name");
      out.push_back(check_name("column", called) ? called : sql_identifier(called));
    }
    return out;
  }

  Client& client_;
  bool asked_ = false;
  std::vector<std::string> ports_;
  std::map<std::string, std::vector<std::string>> columns_;
};

class Shell {
 public:
  Shell(Session& session, Client& client, const Words& words)
      : session_(session),
        client_(client),
        catalog_(words.text("catalog")),
        schema_(words.text("schema")) {}

  // What could stand at the end of `line`, after what was typed before.
  std::vector<std::string> complete(std::string_view line) {
    return known_.like(statement_ + std::string(line), last_word(line));
  }

  Done talk() {
    HANSA_TRY(const auto editor, LineEditor::open(history_path(), [this](std::string_view line) {
                return complete(line);
              }));
    session_.say("\\? helps, \\q ends; a statement ends with ;");
    for (;;) {
      const auto read = editor->read(statement_.empty() ? prompt() : "    ...> ");
      if (read.how == LineEditor::Ended::interrupted) {
        statement_.clear();
        continue;
      }
      if (read.how == LineEditor::Ended::input) {
        session_.say("");
        return api::Exit::ok;
      }
      const std::string line = trim(read.text);
      if (statement_.empty() && line.empty()) continue;
      if (statement_.empty() && line.starts_with('\\')) {
        editor->remember(line);
        if (!command(line)) return api::Exit::ok;
        continue;
      }
      statement_ += read.text + "\n";
      if (end_of_statement(statement_)) editor->remember(one_line(statement_));
      run_whole();
    }
  }

 private:
  static std::string one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return trim(text);
  }

  std::string prompt() const { return (catalog_.empty() ? "hansa" : catalog_) + "> "; }

  // Beside the settings; nothing if they have no place.
  std::string history_path() const {
    const auto path = config_path(session_.tools().env);
    if (!path) return {};
    const std::string folder = path->substr(0, path->rfind('/'));
    if (!make_folders(folder, 0700)) return {};
    return folder + "/sql_history";
  }

  // Every statement that is complete; the rest stays.
  void run_whole() {
    while (const auto end = end_of_statement(statement_)) {
      const std::string sql = trim(statement_.substr(0, *end));
      statement_.erase(0, *end);
      if (sql != ";") run(sql);
    }
    if (trim(statement_).empty()) statement_.clear();
  }

  void run(const std::string& sql, std::string kind = {}) {
    api::RunQuery ask{.sql = sql, .parameters = {}, .catalog = catalog_, .schema = schema_};
    ask.kind = std::move(kind);
    if (session_.settings().format == Format::csv) ask.format = "csv";
    if (session_.settings().timeout)
      ask.seconds_max = static_cast<std::uint32_t>(session_.settings().timeout->count());
    auto out = destination();
    tell(out ? run_query(session_, client_, ask, *out) : std::unexpected(Failure(out.error())));
  }

  Result<Destination> destination() {
    if (!pages_) return Destination::open(session_.console(), {});
    const auto& env = session_.tools().env;
    const std::string wanted = env ? env("PAGER").value_or("") : "";
    return Destination::pager(session_.console(), wanted.empty() ? "less -FRSX" : wanted);
  }

  // A failure is told, and the conversation goes on.
  void tell(const Done& done) {
    (void)session_.console().flush();
    if (session_.console().interrupted()) {
      session_.console().resume();
      session_.console().err("cancelled\n");
    } else if (!done) {
      print_failure(session_.console(), done.error(), false);
    }
  }

  void call_verb(const char* path, const std::string& port) {
    std::string ref = port;
    std::ranges::replace(ref, '.', '/');
    const auto verb = std::ranges::find(all_verbs(), path, &Verb::path);
    Words words;
    words.add("PORT", ref);
    tell(verb->run(session_, words));
  }

  void describe(const std::string& what) {
    if (what.empty()) return run("show all tables", "preview");
    if (what.contains('.')) return run("describe " + what, "preview");
    run(fmt::format("show tables from {}", sql_identifier(what)), "preview");
  }

  void set_format(const std::string& word) {
    for (const auto& [format, name] : names_of(std::type_identity<Format>{})) {
      if (name != word || format == Format::wide || format == Format::name ||
          format == Format::parquet)
        continue;
      session_.set_format(format);
      return session_.say("results come as " + word);
    }
    session_.console().err("\\o takes table, json, yaml or csv\n");
  }

  void run_file(const std::string& path) {
    const auto text = read_file(path, limits::sql_bytes_max);
    if (!text) return tell(std::unexpected(Failure(text.error())));
    statement_ = *text + "\n;";
    run_whole();
  }

  // False: the end.
  bool command(const std::string& line) {
    const auto space = line.find(' ');
    const std::string word = line.substr(0, space);
    std::string rest = space == line.npos ? "" : trim(line.substr(space));
    while (rest.ends_with(';')) rest.pop_back();
    if (word == "\\q") return false;
    if (word == "\\?" || word == "\\h") {
      session_.console().err(kHelp);
    } else if (word == "\\d") {
      describe(rest);
    } else if (word == "\\c") {
      catalog_ = rest == "mesh" ? "" : rest;
    } else if (word == "\\o") {
      set_format(rest);
    } else if (word == "\\pager") {
      pages_ = !pages_;
      session_.say(pages_ ? "results come page by page" : "results come at once");
    } else if ((word == "\\p" || word == "\\s" || word == "\\i") && rest.empty()) {
      session_.console().err(word + " needs a name; \\? helps\n");
    } else if (word == "\\p") {
      call_verb("profile", rest);
    } else if (word == "\\s") {
      call_verb("sample", rest);
    } else if (word == "\\i") {
      run_file(rest);
    } else {
      session_.console().err("there is no " + word + "; \\? helps\n");
    }
    return true;
  }

  Session& session_;
  Client& client_;
  Known known_{client_};
  std::string catalog_, schema_;
  std::string statement_;  // what was typed of it so far
  bool pages_ = false;
};

}  // namespace

Done talk_sql(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  return Shell(session, *client, words).talk();
}

}  // namespace hansa::cli
