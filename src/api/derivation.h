// Ports that are made of others by a query: a view, or a table that is made anew.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"

namespace hansa::api {

struct SetDerivation {
  std::string domain;
  std::string port;
  std::string query;
  std::string as;  // a service account; empty: the one it has, or the team's only one
  std::string catalog;
  std::string schema;
  std::uint64_t every_seconds = 0;
};
void describe(Fields& f, SetDerivation& v);

struct SourceView {
  std::string port;
  std::string version;
  std::string snapshot;
  std::vector<std::string> columns;
};
void describe(Fields& f, SourceView& v);

struct DerivationView {
  std::string port;
  PortKind kind = PortKind::table;
  std::string as;
  std::string state;  // ok, stopped, new
  std::string stopped;
  std::string next;
  std::uint64_t every_seconds = 0;
  std::optional<Time> ran_at;
  std::string snapshot;
  std::string classification;  // of the highest column it reads, or its rows were made of
  std::vector<SourceView> sources;
  std::vector<std::string> not_declared;  // read, and no input port of the product
  std::vector<std::string> not_read;      // input ports of the product that it does not read
  std::string query;
  std::string set_by;
  Time set_at;
};
void describe(Fields& f, DerivationView& v);

struct DerivationRun {
  std::string port;
  bool unchanged = false;  // nothing it reads has changed: nothing was made
  std::string snapshot;
  std::uint64_t seq = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};
void describe(Fields& f, DerivationRun& v);

inline constexpr Route<SetDerivation, DerivationView> set_derivation{
    Method::put, "/api/v1/ports/{domain}/{port}/derivation", "setDerivation",
    "Make a port of other ports by a query", "publish"};
inline constexpr Route<GetPort, DerivationView> get_derivation{
    Method::get, "/api/v1/ports/{domain}/{port}/derivation", "getDerivation",
    "How a port is made of others", "publish"};
inline constexpr Route<GetPort, Nothing> remove_derivation{
    Method::delete_, "/api/v1/ports/{domain}/{port}/derivation", "removeDerivation",
    "Make a port no more; a table keeps its data", "publish"};
inline constexpr Route<GetPort, DerivationRun> run_derivation{
    Method::post, "/api/v1/ports/{domain}/{port}/derivation/runs", "runDerivation",
    "Make the table of a port anew, if what it reads has changed", "publish"};
inline constexpr Route<List, PageOf<DerivationView>> list_derivations{
    Method::get, "/api/v1/derivations", "listDerivations",
    "Ports that are made of others, of those the caller may know", "publish"};

}  // namespace hansa::api
