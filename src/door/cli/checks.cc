// test: the checks of contracts over the data as it is, for people and for build servers.
#include "door/cli/checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/product.h"
#include "base/text.h"
#include "door/cli/ports.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "door/cli/width.h"
#include "model/mesh.h"

namespace hansa::cli {
namespace {

struct Tested {
  Json answer;
  api::CheckReport report;
};

bool is_failed(const api::CheckView& check) { return check.status == CheckStatus::failed; }
bool is_warning(const api::CheckView& check) { return check.severity == "warning"; }

std::string says(const api::CheckView& check) {
  if (!check.why.empty()) return check.why;
  return fmt::format("{}, and must be {}", check.measured, check.wanted);
}

// A port of that name, else the ports of a product of that name that the caller may read.
Outcome<std::vector<PortRef>> ports_of(Client& client, const std::string& name) {
  const auto ref = parse_port_ref(name);
  if (!ref) return usage(ref.error().text, "for example: hansa test audience/daily_plays");
  const auto port = client.call(api::get_port, {.domain = ref->domain, .port = port_name(*ref)});
  if (port) return std::vector<PortRef>{*ref};
  if (port.error().error.code != Code::not_found || ref->major)
    return std::unexpected(port.error());
  const auto answer = client.call(api::get_product, {.domain = ref->domain, .product = ref->port});
  if (!answer) return std::unexpected(port.error());
  HANSA_TRY(const auto product, read_answer<api::ProductView>(*answer));
  std::vector<PortRef> out;
  for (const api::PortView& each : product.ports)
    if (each.readable) out.push_back({each.domain, each.name, each.major});
  if (out.empty())
    return std::unexpected(
        Failure(Error{Code::denied, "you may read no port of " + name, "hansa access request"},
                api::Exit::access));
  return out;
}

// Forms for build servers.

// XML has no words for control characters.
std::string xml(std::string_view text) {
  std::string plain(text);
  std::ranges::replace_if(plain, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return markup_text(plain);
}

std::string junit(const std::vector<Tested>& all, bool strict) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const auto& [answer, report] : all) {
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
                       xml(report.port), report.checks.size(),
                       report.failed + (strict ? report.warned : 0), report.not_run);
    for (const api::CheckView& check : report.checks) {
      const std::string open = fmt::format("    <testcase classname=\"{}\" name=\"{}\"",
                                           xml(report.port), xml(check.name));
      if (check.status == CheckStatus::not_run)
        out += fmt::format("{}><skipped message=\"{}\"/></testcase>\n", open, xml(says(check)));
      else if (is_failed(check) && (strict || !is_warning(check)))
        out += fmt::format("{}><failure message=\"{}\"/></testcase>\n", open, xml(says(check)));
      else if (is_failed(check))
        out += fmt::format("{}><system-out>{}</system-out></testcase>\n", open, xml(says(check)));
      else out += open + "/>\n";
    }
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

std::string github(const std::vector<Tested>& all, bool strict) {
  std::string out;
  for (const auto& [answer, report] : all)
    for (const api::CheckView& check : report.checks) {
      if (check.status == CheckStatus::passed) continue;
      const std::string_view level = !is_failed(check)              ? "notice"
                                     : strict || !is_warning(check) ? "error"
                                                                    : "warning";
      out += fmt::format("::{} title={}::{}\n", level,
                         github_text(report.port + " " + check.name, true),
                         github_text(says(check), false));
    }
  return visible_lines(out);
}

std::string word_of(Session& session, const api::CheckView& check) {
  if (check.status == CheckStatus::passed) return session.paint(Paint::green, "passed");
  if (check.status == CheckStatus::not_run) return "not run";
  return is_warning(check) ? session.paint(Paint::yellow, "warning")
                           : session.paint(Paint::red, "failed");
}

Done print(Session& session, const std::vector<Tested>& all, const std::string& form, bool strict) {
  if (form == "junit") {
    HANSA_CHECK(session.out(visible_lines(junit(all, strict))));
    return api::Exit::ok;
  }
  if (form == "github") {
    HANSA_CHECK(session.out(github(all, strict)));
    return api::Exit::ok;
  }
  if (form == "json") session.set_format(Format::json);
  Json::Array answers;
  for (const Tested& each : all) answers.push_back(each.answer);
  HANSA_TRY(const bool written, session.machine(Json(std::move(answers))));
  if (written) return api::Exit::ok;
  std::vector<api::CheckReport> reports;
  for (const Tested& each : all) reports.push_back(each.report);
  return print_checks(session, reports);
}

Done test(Session& session, const Words& words) {
  const std::string form = words.text("format", "table");
  if (form != "table" && form != "junit" && form != "github" && form != "json")
    return usage("there is no --format " + form, "one of table, junit, github, json");
  const std::string level = words.text("fail-on", "error");
  if (level != "error" && level != "warning")
    return usage("--fail-on is error or warning, not " + level);
  HANSA_TRY(Client* const client, session.client());
  std::vector<PortRef> ports;
  for (const std::string& name : words.all("NAME")) {
    HANSA_TRY(const auto found, ports_of(*client, name));
    ports.insert(ports.end(), found.begin(), found.end());
  }
  std::vector<Tested> all;
  for (const PortRef& ref : ports) {
    HANSA_TRY(Json answer,
              client->wait(api::run_checks, {.domain = ref.domain, .port = port_name(ref)}));
    HANSA_TRY(auto report, read_answer<api::CheckReport>(answer));
    all.push_back({std::move(answer), std::move(report)});
  }
  const bool strict = level == "warning";
  HANSA_TRY(const api::Exit exit, print(session, all, form, strict));
  const bool bad = std::ranges::any_of(all, [&](const Tested& each) {
    return each.report.failed > 0 || (strict && each.report.warned > 0);
  });
  return bad ? api::Exit::check : exit;
}

}  // namespace

Done print_checks(Session& session, const std::vector<api::CheckReport>& reports) {
  Table table = session.table(
      {{"PORT"}, {"CHECK"}, {"RESULT"}, {"MEASURED"}, {"MUST BE"}, {"WHY", false, 1}});
  for (const api::CheckReport& report : reports)
    for (const api::CheckView& check : report.checks)
      HANSA_CHECK(table.add({report.port, check.name, word_of(session, check), check.measured,
                             check.wanted, check.why}));
  HANSA_CHECK(table.finish());
  for (const api::CheckReport& report : reports)
    session.say(report.checks.empty()
                    ? fmt::format("the contract of {} demands nothing", report.port)
                    : fmt::format("{}, snapshot {}: {} passed, {} failed, {} warned, {} not run",
                                  report.port, report.snapshot.empty() ? "none" : report.snapshot,
                                  report.passed, report.failed, report.warned, report.not_run));
  return api::Exit::ok;
}

void add_checks(Verbs& verbs) {
  verbs.push_back(
      {.path = "test",
       .says = "Hold data against its contract: the checks that every publish passes",
       .examples = {{"A port", "hansa test audience/daily_plays"},
                    {"All ports of a product", "hansa test audience/audience"},
                    {"For a build server", "hansa test audience/daily_plays --format junit"}},
       .operands = {{"NAME", "DOMAIN/PORT, DOMAIN/PORT@2 or DOMAIN/PRODUCT", true, true}},
       .options = {{"--format", "FORM", "table, junit, github or json"},
                   {"--fail-on", "LEVEL", "error or warning: what ends with exit code 3"}},
       .outputs = "table json yaml",
       .run = test});
}

}  // namespace hansa::cli
