// export: a product as the standards write it, for other tools, or to go on from.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "api/product.h"
#include "base/text.h"
#include "door/cli/new_file.h"
#include "door/cli/ports.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

struct Manifest {
  std::string file;  // its name
  std::string text;
};

// The product, then the contract of each of its ports; one that several ports share comes once.
Outcome<std::vector<Manifest>> manifests_of(Client& client, const PortRef& ref) {
  HANSA_TRY(const Json answer,
            client.call(api::get_product, {.domain = ref.domain, .product = ref.port}));
  HANSA_TRY(const auto product, read_answer<api::ProductView>(answer));
  std::vector<Manifest> out{{product.name + ".odps.yaml", product.manifest}};
  for (const api::PortView& each : product.ports) {
    HANSA_TRY(const Json one,
              client.call(api::get_port, {.domain = each.domain,
                                          .port = fmt::format("{}@{}", each.name, each.major)}));
    HANSA_TRY(auto port, read_answer<api::PortView>(one));
    const bool had = port.manifest.empty() ||
                     std::ranges::find(out, port.manifest, &Manifest::text) != out.end();
    if (!had)
      out.push_back(
          {fmt::format("{}_v{}.odcs.yaml", each.name, each.major), std::move(port.manifest)});
  }
  return out;
}

Json json_of(const std::vector<Manifest>& all) {
  Json::Array files;
  for (const Manifest& each : all)
    files.emplace_back(Json::Object{{"file", each.file}, {"text", each.text}});
  return Json::Object{{"manifests", std::move(files)}};
}

// All of them or none, as far as can be seen before.
Done write_into(Session& session, const std::string& folder, const std::vector<Manifest>& all,
                bool force) {
  const auto path_of = [&](const Manifest& each) {
    return (std::filesystem::path(folder) / each.file).string();
  };
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return std::unexpected(Failure(
        Error{Code::unavailable, fmt::format("the folder '{}': {}", folder, error.message()),
              "name a folder that you may write to"}));
  for (const Manifest& each : all)
    if (!force && exists(path_of(each)))
      return std::unexpected(
          Failure(Error{Code::conflict, path_of(each) + " is there already, and stays as it is",
                        "add --force to replace it, or name another folder"}));
  Json::Array written;
  for (const Manifest& each : all) {
    HANSA_CHECK(write_new(path_of(each), each.text, force));
    written.emplace_back(path_of(each));
  }
  return session.acted(Json::Object{{"wrote", std::move(written)}},
                       fmt::format("Wrote {} into {}.", counted(all.size(), "manifest"), folder),
                       fmt::format("change them, then: hansa plan -f {}", folder));
}

Done run_export(Session& session, const Words& words) {
  const auto ref = parse_port_ref(words.text("PRODUCT"));
  if (!ref || ref->major)
    return usage(ref ? "a product has no version in its name" : ref.error().text,
                 "for example: hansa export audience/listens");
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const auto all, manifests_of(*client, *ref));
  if (words.has("into")) return write_into(session, words.text("into"), all, words.has("force"));
  HANSA_TRY(const bool printed, session.machine(json_of(all)));
  if (printed) return api::Exit::ok;
  std::string text;
  for (const Manifest& each : all) text += (text.empty() ? "" : "---\n") + each.text;
  HANSA_CHECK(session.out(text));
  return api::Exit::ok;
}

}  // namespace

void add_export(Verbs& verbs) {
  verbs.push_back(
      {.path = "export",
       .says = "A product and its contracts as the standards write them",
       .examples = {{"To look at", "hansa export audience/listens"},
                    {"As files, to go on from", "hansa export audience/listens --into mesh/"}},
       .operands = {{"PRODUCT", "DOMAIN/PRODUCT"}},
       .options = {{"--into", "DIR", "write one file each there"},
                   {"--force", "", "replace what is there already"}},
       .outputs = "table json yaml",
       .run = run_export});
}

}  // namespace hansa::cli
