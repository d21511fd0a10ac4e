// delete: a port, product or account, after who is hit by it was shown; a standard.
#include <fmt/format.h>

#include "api/deletion.h"
#include "api/standard.h"
#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

std::string size_of(const api::GoneView& gone) {
  if (gone.snapshots == 0) return {};
  return fmt::format("{}, {}, {}", counted(static_cast<std::size_t>(gone.snapshots), "snapshot"),
                     counted(static_cast<std::size_t>(gone.rows), "row"), human_bytes(gone.bytes));
}

std::string mark_of(bool others) { return others ? "!" : ""; }

Result<void> print_hit(Session& session, const api::DeletionPlan& plan) {
  if (!plan.hit.empty()) {
    HANSA_CHECK(session.out("\nWhat ends with it (! belongs to others):\n"));
    Table table = session.table({{""}, {"KIND"}, {"WHAT"}, {"WHO"}, {"THEN"}});
    for (const api::HitView& hit : plan.hit)
      HANSA_CHECK(table.add({mark_of(hit.others), hit.kind, hit.what, hit.who, hit.says}));
    HANSA_CHECK(table.finish());
  }
  if (plan.readers.empty()) return {};
  HANSA_CHECK(session.out(
      fmt::format("\nWho read it in the last 30 days{}:\n",
                  plan.more_readers ? ", of the newest reads, since there are many" : "")));
  Table table = session.table({{""}, {"WHO"}, {"READS", true}, {"LAST"}});
  for (const api::ReaderView& reader : plan.readers)
    HANSA_CHECK(table.add({mark_of(reader.others), reader.who, std::to_string(reader.reads),
                           session.ago(reader.last)}));
  return table.finish();
}

Result<void> print_plan(Session& session, const api::DeletionPlan& plan) {
  for (const api::GoneView& gone : plan.goes) {
    const std::string size = size_of(gone);
    HANSA_CHECK(session.out(fmt::format("  {} {} {}{}\n", session.paint(Paint::red, "-"),
                                        visible(gone.kind), visible(gone.name),
                                        size.empty() ? "" : "  " + size)));
  }
  HANSA_CHECK(print_hit(session, plan));
  HANSA_CHECK(session.out("\n"));
  for (const std::string& note : plan.notes)
    HANSA_CHECK(session.out("note: " + visible(note) + "\n"));
  return session.out(fmt::format("Plan: {} to delete, {} of others hit.\n", plan.goes.size(),
                                 counted(static_cast<std::size_t>(plan.others), "thing")));
}

// What was shown is what is deleted: the digest of the plan goes along, and the server refuses
// another.
Done delete_one(Session& session, const Words& words, DeletionKind kind, const std::string& name) {
  const bool override_ = words.has("override");
  if (override_ && trim(words.text("why")).empty())
    return usage("--override needs --why: those who are hit will read it",
                 fmt::format("hansa delete {} {} --override --why \"moved to ...\"",
                             hansa::name_of(kind), name));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json planned, client->call(api::plan_deletion, {.kind = kind, .name = name}));
  HANSA_TRY(const api::DeletionPlan plan, read_answer<api::DeletionPlan>(planned));
  const Format format = session.settings().format;
  const bool machine = format == Format::json || format == Format::yaml;
  if (words.has("dry-run")) {
    HANSA_TRY(const bool printed, session.machine(planned));
    if (!printed) HANSA_CHECK(print_plan(session, plan));
    return api::Exit::ok;
  }
  if (!machine) HANSA_CHECK(print_plan(session, plan));
  if (plan.others > 0 && !override_) {
    if (machine) HANSA_CHECK(session.machine(planned));
    return std::unexpected(Failure(
        Error{Code::blocked,
              fmt::format("nothing was deleted: {} of others would be hit",
                          counted(static_cast<std::size_t>(plan.others), "thing")),
              "talk to them first; to delete it all the same: --override --why TEXT, which they "
              "will read"},
        api::Exit::blocked));
  }
  HANSA_TRY(
      const bool agreed,
      session.confirm(fmt::format("Delete {} {}?", hansa::name_of(kind), plan.name), "--yes"));
  if (!agreed) return std::unexpected(Failure(Error{Code::invalid, "nothing was deleted", {}}));
  HANSA_TRY(const Json answer, client->call(api::make_deletion, {.kind = kind,
                                                                 .name = name,
                                                                 .digest = plan.digest,
                                                                 .override_ = override_,
                                                                 .why = words.text("why")}));
  HANSA_TRY(const api::DeletionView done, read_answer<api::DeletionView>(answer));
  return session.acted(
      answer, fmt::format("Deleted {} {} in commit {}.", hansa::name_of(kind), done.name, done.seq),
      "what was deleted: hansa get deletions");
}

Done delete_port(Session& session, const Words& words) {
  return delete_one(session, words, DeletionKind::port, words.text("PORT"));
}
Done delete_product(Session& session, const Words& words) {
  return delete_one(session, words, DeletionKind::product, words.text("PRODUCT"));
}
Done delete_account(Session& session, const Words& words) {
  return delete_one(session, words, DeletionKind::account, words.text("ACCOUNT"));
}

Done delete_standard(Session& session, const Words& words) {
  const std::string name = words.text("STANDARD");
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const bool agreed, session.confirm("Delete standard " + name + "?", "--yes"));
  if (!agreed) return std::unexpected(Failure(Error{Code::invalid, "nothing was deleted", {}}));
  HANSA_TRY(const Json answer, client->call(api::remove_standard, {.name = name}));
  return session.acted(answer, fmt::format("Deleted standard {}.", name));
}

const std::vector<Option> kOptions{{"--why", "TEXT", "those who are hit read it"},
                                   {"--override", "", "although others are hit; needs --why"},
                                   {"--dry-run", "", "only show what would go, and who is hit"}};

}  // namespace

void add_delete(Verbs& verbs) {
  verbs.push_back({.path = "delete port",
                   .says = "Delete one version of a port, after showing who is hit",
                   .examples = {{"Show it, ask, do it", "hansa delete port audience/plays@1"},
                                {"Although others are hit",
                                 "hansa delete port audience/plays@1 --override --why \"use @2\""}},
                   .operands = {{"PORT", "DOMAIN/PORT, DOMAIN/PORT@2 where there are several"}},
                   .options = kOptions,
                   .outputs = "table json yaml",
                   .run = delete_port});
  verbs.push_back({.path = "delete product",
                   .says = "Delete a product with its ports, after showing who is hit",
                   .examples = {{"Only look", "hansa delete product audience/plays --dry-run"}},
                   .operands = {{"PRODUCT", "DOMAIN/PRODUCT"}},
                   .options = kOptions,
                   .outputs = "table json yaml",
                   .run = delete_product});
  verbs.push_back({.path = "delete account",
                   .says = "Delete an account with all products in it, after showing who is hit",
                   .examples = {{"Only look", "hansa delete account ads-dev --dry-run"}},
                   .operands = {{"ACCOUNT", "its name"}},
                   .options = kOptions,
                   .outputs = "table json yaml",
                   .run = delete_account});
  verbs.push_back({.path = "delete standard",
                   .says = "Ask for it no more of products",
                   .examples = {{"One", "hansa delete standard product-basics"}},
                   .operands = {{"STANDARD", "its name"}},
                   .outputs = "table json yaml",
                   .run = delete_standard});
}

}  // namespace hansa::cli
