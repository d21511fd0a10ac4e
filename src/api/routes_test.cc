// Loops over all routes and all that they carry.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <tuple>

#include "api/access.h"
#include "api/channel.h"
#include "api/deletion.h"
#include "api/deprecation.h"
#include "api/derivation.h"
#include "api/doctor.h"
#include "api/housekeeping.h"
#include "api/identity.h"
#include "api/incident.h"
#include "api/issue.h"
#include "api/manifest.h"
#include "api/openapi.h"
#include "api/problem.h"
#include "api/product.h"
#include "api/publish.h"
#include "api/quarantine.h"
#include "api/query.h"
#include "api/replay.h"
#include "api/slo.h"
#include "api/standard.h"
#include "api/subscription.h"
#include "api/use.h"
#include "base/text.h"

namespace hansa::api {
namespace {

constexpr auto kRoutes = std::tuple{list_products,     get_product,
                                    list_ports,        get_port,
                                    list_domains,      list_teams,
                                    list_accounts,     create_mount,
                                    list_mounts,       remove_mount,
                                    who_am_i,          create_principal,
                                    list_principals,   disable_principal,
                                    create_token,      list_tokens,
                                    revoke_token,      set_password,
                                    sign_in,           request_access,
                                    list_access,       get_access,
                                    approve_access,    reject_access,
                                    revoke_access,     renew_access,
                                    explain_access,    list_audit,
                                    plan_manifests,    apply_manifests,
                                    upload_file,       publish_files,
                                    list_rejects,      list_snapshots,
                                    rollback_port,     run_query,
                                    get_query,         list_queries,
                                    cancel_query,      set_derivation,
                                    get_derivation,    remove_derivation,
                                    run_derivation,    list_derivations,
                                    plan_deletion,     make_deletion,
                                    list_deletions,    examine,
                                    plan_housekeeping, compact_files,
                                    expire_snapshots,  undo_expiry,
                                    list_consumers,    get_usage,
                                    deprecate,         list_deprecations,
                                    get_deprecation,   withdraw_deprecation,
                                    answer_notice,     extend_version,
                                    retire_version,    restore_version,
                                    list_notices,      move_default,
                                    subscribe,         list_subscriptions,
                                    unsubscribe,       list_slo,
                                    get_slo,           raise_issue,
                                    list_issues,       get_issue,
                                    join_issue,        answer_issue,
                                    open_incident,     list_incidents,
                                    get_incident,      update_incident,
                                    resolve_incident,  make_channel,
                                    list_channels,     remove_channel,
                                    test_channel,      renew_channel_secret,
                                    list_deliveries,   replay_version,
                                    get_replay,        list_held,
                                    get_held,          drop_held,
                                    release_held,      query_held,
                                    list_standards,    get_standard,
                                    remove_standard,   list_maturity,
                                    get_maturity,      get_domain_maturity,
                                    remind_version,    brown_out,
                                    cancel_brownout,   set_rhythm,
                                    set_bridge,        remove_bridge};

template <class Each>
void each_route(Each each) {
  std::apply([&](const auto&... route) { (each(route), ...); }, kRoutes);
}

std::vector<RouteInfo> infos() {
  std::vector<RouteInfo> out;
  each_route([&](const auto& route) { out.push_back(info_of(route)); });
  return out;
}

TEST(Routes, AreAllInTheListAbove) {
  std::size_t declared = 0;
  for (const char* header : {"access",   "channel",      "deletion", "deprecation",  "derivation",
                             "doctor",   "housekeeping", "identity", "incident",     "issue",
                             "manifest", "product",      "publish",  "quarantine",   "query",
                             "replay",   "slo",          "standard", "subscription", "use"}) {
    std::ifstream file("src/api/" + std::string(header) + ".h");
    ASSERT_TRUE(file) << header;
    std::stringstream text;
    text << file.rdbuf();
    const std::string all = text.str();
    for (std::size_t at = all.find("inline constexpr Route<"); at != std::string::npos;
         at = all.find("inline constexpr Route<", at + 1))
      ++declared;
  }
  EXPECT_EQ(declared, std::tuple_size_v<decltype(kRoutes)>);
}

TEST(Routes, HaveOneIdAndOnePlaceEach) {
  std::set<std::string> ids;
  std::set<std::pair<Method, std::string>> places;
  for (const RouteInfo& route : infos()) {
    EXPECT_TRUE(ids.insert(route.id).second) << route.id;
    EXPECT_TRUE(places.emplace(route.method, route.path).second) << route.path;
    EXPECT_TRUE(route.path.starts_with("/api/v1/")) << route.path;
    EXPECT_FALSE(route.says.empty() || route.says.ends_with('.')) << route.id;
    EXPECT_FALSE(route.tag.empty()) << route.id;
  }
}

TEST(Routes, TakeTheMembersOfTheirPathFromTheAsk) {
  for (const RouteInfo& route : infos())
    for (const std::string& member : members_of(route.path)) {
      const Json* described = route.ask.find("properties")->find(member);
      ASSERT_NE(described, nullptr) << route.path << " " << member;
      const Json* required = route.ask.find("required");
      ASSERT_NE(required, nullptr) << route.path;
      EXPECT_NE(std::ranges::find(*required->as_array(), Json(member)), required->as_array()->end())
          << route.path << " " << member;
    }
}

// What a client may never say, whatever it asks for (mass assignment).
TEST(Routes, AskForNothingThatTheServerDecides) {
  for (const RouteInfo& route : infos())
    for (const char* member : {"owner", "org_id", "approved_by", "decided_by", "requested_by",
                               "state", "is_admin", "expires_at", "principal", "seq", "by"})
      // A list may be of one state.
      if (!(route.method == Method::get && member == std::string("state"))) {
        EXPECT_EQ(route.ask.find("properties")->find(member), nullptr) << route.id << " " << member;
      }
}

TEST(Routes, AnswerWithNoSecretButANewToken) {
  for (const RouteInfo& route : infos()) {
    const std::string answer = to_text(route.answer);
    for (const char* secret :
         {"\"password\":", "\"verifier\":", "\"sealed\":", "\"lookup\":", "\"hash\":"})
      EXPECT_FALSE(answer.contains(secret)) << route.id;
    EXPECT_EQ(answer.contains("\"token\""), route.id == "createToken" || route.id == "signIn")
        << route.id;
  }
}

// A value that the schema allows, with everything in it.
Json sample(const Json& schema, std::string_view name) {
  if (name == "limit") return 7;
  if (name == "filter") return "country = 'SE'";
  if (name == "format" && schema.find("type")) return "csv";
  if (name == "kind" && schema.find("enum") == nullptr && schema.find("type") &&
      *schema.find("type")->as_string() == "string")
    return "check";
  if (name == "mode") return "append";
  if (const Json* choices = schema.find("enum")) return choices->as_array()->back();
  const Json* type = schema.find("type");
  if (type == nullptr)
    return Json(Json::Object{{"any", Json(Json::Array{Json(1), Json(nullptr)})}});
  const std::string& is = *type->as_string();
  if (is == "boolean") return true;
  if (is == "integer") return 3;
  if (is == "number") return 2.5;
  if (is == "array")
    return Json(Json::Array{sample(*schema.find("items"), ""), sample(*schema.find("items"), "")});
  if (is == "string")
    return schema.find("format") ? Json("2026-11-22T09:00:00.000001Z") : Json("x \xC3\xA9\"\\");
  Json out{Json::Object{}};
  if (const Json* properties = schema.find("properties")) {
    // Uploaded or registered in place: a publish names one of the two.
    for (const auto& [member, shape] : *properties->as_object())
      if (member != "locations") out.set(member, sample(shape, member));
  } else {
    out.set("job", sample(*schema.find("additionalProperties"), ""));
  }
  return out;
}

template <class T>
void round_trip(std::string_view id) {
  const Json json = sample(schema_of<T>(), "");
  const auto read = from_json<T>(json);
  ASSERT_TRUE(read) << id << ": " << read.error().text << " in " << to_text(json);
  EXPECT_EQ(to_json(*read), json) << id;
}

TEST(Routes, RoundTripAllTheyCarry) {
  each_route([]<class Ask, class Answer>(const Route<Ask, Answer>& route) {
    round_trip<Ask>(route.id);
    round_trip<Answer>(route.id);
  });
  round_trip<Problem>("problem");
}

// J10: an object where text belongs, and the like, is refused in every member of every ask.
TEST(Routes, RefuseEveryWrongKindInEveryMember) {
  const std::vector<Json> kinds{Json(Json::Object{{"$ne", 1}}),
                                Json(Json::Array{Json(1)}),
                                Json(true),
                                Json(-1),
                                Json(1e300),
                                Json("\xEF\xBF\xBD"),
                                Json(UINT64_MAX)};
  std::size_t refused = 0;
  each_route([&]<class Ask, class Answer>(const Route<Ask, Answer>& route) {
    const Json schema = schema_of<Ask>();
    const Json good = sample(schema, "");
    for (const auto& [member, shape] : *schema.find("properties")->as_object()) {
      const Json* type = shape.find("type");
      if (type == nullptr) continue;
      for (const Json& kind : kinds) {
        const std::string& wanted = *type->as_string();
        const bool may_fit =
            (wanted == "object" && kind.is_object()) || (wanted == "array" && kind.is_array()) ||
            (wanted == "boolean" && kind.is_bool()) || (wanted == "string" && kind.is_string()) ||
            ((wanted == "integer" || wanted == "number") && kind.as_double());
        if (may_fit) continue;
        Json bad = good;
        bad.set(member, kind);
        const auto read = from_json<Ask>(bad);
        ASSERT_FALSE(read) << route.id << " " << member << " " << to_text(kind);
        EXPECT_EQ(read.error().code, Code::invalid);
        ++refused;
      }
    }
    Json more = good;
    more.set("owner", "mallory");
    EXPECT_FALSE(from_json<Ask>(more)) << route.id;
  });
  EXPECT_GT(refused, 300U);
}

TEST(Paging, RefusesPagesThatAreEmptyOrTooLarge) {
  for (const char* text : {R"({"limit":0})", R"({"limit":1001})", R"({"limit":-1})",
                           R"({"limit":1.5})", R"({"limit":"7"})"})
    EXPECT_FALSE(from_json<ListAll>(*parse_json(text))) << text;
  EXPECT_EQ(from_json<ListAll>(*parse_json(R"({"limit":1000})"))->paging.limit, 1000U);
  EXPECT_EQ(from_json<ListAll>(*parse_json("{}"))->paging.limit, 100U);
}

TEST(AddressOf, PutsEachMemberInItsPlaceAndRoundTrips) {
  Json ask = *parse_json(
      R"({"domain":"a/b","port":"c?d#e%f","limit":5,"tags":["x y","z&=+"],"deep":true})");
  EXPECT_EQ(address_of(Method::get, "/api/v1/ports/{domain}/{port}", ask),
            "/api/v1/ports/a%2Fb/c%3Fd%23e%25f?limit=5&tags=x%20y&tags=z%26%3D%2B&deep=true");
  EXPECT_TRUE(ask.is_null());
  Json body = *parse_json(R"({"number":"r-7","until":"2026-12-31"})");
  EXPECT_EQ(address_of(Method::post, "/api/v1/access/{number}/approve", body),
            "/api/v1/access/r-7/approve");
  EXPECT_EQ(to_text(body), R"({"until":"2026-12-31"})");
  Json nothing;
  EXPECT_EQ(address_of(Method::get, "/api/v1/whoami", nothing), "/api/v1/whoami");
}

// Reads an address back the way a server does, and finds every member again.
TEST(AddressOf, LosesNothingOfAnyRoute) {
  for (const RouteInfo& route : infos()) {
    const Json ask = sample(route.ask, "");
    Json left = ask;
    const std::string address = address_of(route.method, route.path, left);
    const std::string path = address.substr(0, address.find('?'));
    const auto parts = split(path, '/');
    const auto pattern = split(route.path, '/');
    ASSERT_EQ(parts.size(), pattern.size()) << address;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!pattern[i].starts_with('{')) {
        EXPECT_EQ(parts[i], pattern[i]);
        continue;
      }
      const std::string member(pattern[i].substr(1, pattern[i].size() - 2));
      const Json& value = *ask.find(member);
      EXPECT_EQ(*percent_decode(parts[i]), value.as_string() ? *value.as_string() : to_text(value))
          << route.id;
      seen.insert(member);
    }
    if (const auto question = address.find('?'); question != std::string::npos)
      for (const std::string_view pair : split(std::string_view(address).substr(question + 1), '&'))
        seen.insert(*percent_decode(pair.substr(0, pair.find('='))));
    if (const Json::Object* members = left.as_object())
      for (const auto& [member, value] : *members) seen.insert(member);
    for (const auto& [member, value] : *ask.as_object())
      EXPECT_TRUE(seen.contains(member)) << route.id << " " << member;
  }
}

TEST(Openapi, HasEveryRouteWithItsMembersAndItsRefusals) {
  const std::vector<RouteInfo> routes = infos();
  const Json document = openapi(routes, "1");
  std::size_t operations = 0;
  for (const auto& [path, methods] : *document.find("paths")->as_object())
    operations += methods.as_object()->size();
  EXPECT_EQ(operations, routes.size());
  for (const RouteInfo& route : routes) {
    const Json* operation =
        document.find("paths")->find(route.path)->find(lower_ascii(name_of(route.method)));
    ASSERT_NE(operation, nullptr) << route.id;
    EXPECT_EQ(*operation->find("operationId")->as_string(), route.id);
    EXPECT_NE(operation->find("responses")->find("401"), nullptr);
    EXPECT_NE(operation->find("responses")->find("default"), nullptr);
    const std::string text = to_text(*operation);
    for (const auto& [member, shape] : *route.ask.find("properties")->as_object())
      EXPECT_TRUE(text.contains("\"" + member + "\"")) << route.id << " " << member;
  }
  EXPECT_TRUE(parse_json(to_text(document)));
  RouteInfo open = routes.front();
  open.open = true;
  EXPECT_EQ(openapi({open}, "1")
                .find("paths")
                ->find(open.path)
                ->find("get")
                ->find("responses")
                ->find("401"),
            nullptr);
}

TEST(Problem, MapsEachCodeThereAndBack) {
  constexpr std::pair<Code, int> kStatus[] = {
      {Code::invalid, 400},  {Code::not_found, 404},    {Code::denied, 403},
      {Code::conflict, 409}, {Code::exhausted, 429},    {Code::unavailable, 503},
      {Code::corrupt, 422},  {Code::check_failed, 422}, {Code::internal, 500}};
  std::set<std::string> types;
  for (const auto& [code, status] : kStatus) {
    const Error error{code, "what happened", "what to do"};
    const Problem problem = problem_of(error, "01J");
    EXPECT_EQ(problem.status, status);
    EXPECT_EQ(status_of(code), status);
    EXPECT_EQ(error_of(problem), error);
    EXPECT_TRUE(types.insert(problem.type).second);
    const auto read = from_json<Problem>(to_json(problem));
    ASSERT_TRUE(read);
    EXPECT_EQ(error_of(*read), error);
  }
  EXPECT_EQ(error_of(Problem{.code = "unheard-of"}).code, Code::internal);
  EXPECT_EQ(exit_of(Problem{.status = 401}), Exit::login);
  EXPECT_EQ(exit_of(problem_of({Code::denied, "", ""}, "")), Exit::access);
  EXPECT_EQ(exit_of(problem_of({Code::not_found, "", ""}, "")), Exit::failed);
}

}  // namespace
}  // namespace hansa::api
