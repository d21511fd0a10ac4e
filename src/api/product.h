// What there is: organisation, teams, domains, accounts, products, ports, mounts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/route.h"
#include "model/product.h"
#include "model/spelling.h"

namespace hansa::api {

struct ChannelView {
  std::string channel;
  std::string url;
  std::string tool;
  std::string scope;
};
void describe(Fields& f, ChannelView& v);

struct TeamView {
  std::string id;
  std::string name;
  std::string title;
  std::string description;
  std::vector<std::string> members;
  std::vector<ChannelView> channels;
  std::vector<std::string> domains;
};
void describe(Fields& f, TeamView& v);

struct DomainView {
  std::string id;
  std::string name;
  std::string title;
  std::string description;
  std::string owner;
  std::string parent;
  Visibility visibility = Visibility::open;
  std::vector<std::string> stewards;
  std::vector<std::string> accounts;
  std::uint64_t products = 0;  // those the caller may know of
};
void describe(Fields& f, DomainView& v);

struct AccountView {
  std::string id;
  std::string name;
  std::string domain;
  std::string owner;
  std::string bucket;
  std::string catalog;
  std::uint64_t quota_bytes = 0;
};
void describe(Fields& f, AccountView& v);

struct ColumnView {
  std::string name;
  std::string type;
  bool required = false;
  std::string description;
};
void describe(Fields& f, ColumnView& v);

// The state of the data behind a port.
struct DataView {
  std::string snapshot;
  Time at;
  std::string by;
  std::string operation;
  std::uint64_t seq = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  std::map<std::string, std::string> made_by;
};
void describe(Fields& f, DataView& v);

struct PortView {
  std::string id;
  std::string ref;  // domain/port@major
  std::string domain;
  std::string product;
  std::string name;
  std::uint32_t major = 1;
  bool is_default = true;
  std::string version;
  PortKind kind = PortKind::table;
  std::string description;
  Visibility visibility = Visibility::open;
  bool hidden = false;
  bool readable = false;  // by the caller, now
  std::string owner;
  std::string contract;
  std::optional<DataView> data;
  std::vector<ColumnView> columns;  // only where one port is asked for
  std::string made;                 // by a query: ok, new or stopped; empty: it is not
  std::vector<std::string> inputs;  // what it is made of, of those the caller may know
  std::string classification;       // the highest of what its rows were made of; empty: of nothing
  std::string slo;                  // now: kept, late, ...; empty: nothing is measured
  std::string manifest;             // only where one port is asked for
};
void describe(Fields& f, PortView& v);

struct ProductView {
  std::string id;
  std::string ref;  // domain/product
  std::string domain;
  std::string name;
  std::string title;
  std::string description;
  std::string version;
  std::string status;
  Visibility visibility = Visibility::open;
  bool hidden = false;
  std::string account;
  std::string owner;
  std::vector<ChannelView> channels;
  std::vector<std::string> tags;
  std::vector<std::string> inputs;
  std::vector<PortView> ports;
  std::string manifest;  // only where one product is asked for
};
void describe(Fields& f, ProductView& v);

struct MountView {
  std::string id;
  std::string into;  // account
  std::string as;    // schema.table, or schema
  std::string kind;  // port, domain, catalog
  std::string target;
  std::string ended;  // why it leads nowhere any more
};
void describe(Fields& f, MountView& v);

template <class View>
struct PageOf {
  std::vector<View> items;
  std::string next;
};
template <class View>
void describe(Fields& f, PageOf<View>& v) {
  f.required("items", v.items);
  f.optional("next", v.next, "give it as `after` for the next page; absent: this is the last");
}

struct List {
  std::string domain;  // only of this one
  Paging paging;
};
void describe(Fields& f, List& v);
struct ListAll {
  Paging paging;
};
void describe(Fields& f, ListAll& v);
struct GetProduct {
  std::string domain;
  std::string product;
};
void describe(Fields& f, GetProduct& v);
// `port` may carry its major: "daily_plays@2".
struct GetPort {
  std::string domain;
  std::string port;
};
void describe(Fields& f, GetPort& v);
struct GetNamed {
  std::string name;
};
void describe(Fields& f, GetNamed& v);

inline constexpr Route<List, PageOf<ProductView>> list_products{
    Method::get, "/api/v1/products", "listProducts", "Products the caller may know of", "catalog"};
inline constexpr Route<GetProduct, ProductView> get_product{
    Method::get, "/api/v1/products/{domain}/{product}", "getProduct", "One product with its ports",
    "catalog"};
inline constexpr Route<List, PageOf<PortView>> list_ports{
    Method::get, "/api/v1/ports", "listPorts", "Ports the caller may know of", "catalog"};
inline constexpr Route<GetPort, PortView> get_port{Method::get, "/api/v1/ports/{domain}/{port}",
                                                   "getPort", "One port with its columns",
                                                   "catalog"};
inline constexpr Route<ListAll, PageOf<DomainView>> list_domains{
    Method::get, "/api/v1/domains", "listDomains", "Domains", "catalog"};
inline constexpr Route<ListAll, PageOf<TeamView>> list_teams{Method::get, "/api/v1/teams",
                                                             "listTeams", "Teams", "catalog"};
inline constexpr Route<ListAll, PageOf<AccountView>> list_accounts{
    Method::get, "/api/v1/accounts", "listAccounts", "Accounts", "catalog"};

struct CreateMount {
  std::string target;  // domain/port, domain/port@2, a domain, or an account's catalog
  std::string into;    // account
  std::string as;      // schema.table for a port; a schema otherwise
};
void describe(Fields& f, CreateMount& v);
inline constexpr Route<CreateMount, MountView> create_mount{
    Method::post, "/api/v1/mounts", "createMount",
    "Map a port, domain or catalog into an account's catalog", "catalog"};
struct ListMounts {
  std::string into;
  Paging paging;
};
void describe(Fields& f, ListMounts& v);
inline constexpr Route<ListMounts, PageOf<MountView>> list_mounts{
    Method::get, "/api/v1/mounts", "listMounts", "Mounts", "catalog"};
struct RemoveMount {
  std::string id;
};
void describe(Fields& f, RemoveMount& v);
inline constexpr Route<RemoveMount, Nothing> remove_mount{Method::delete_, "/api/v1/mounts/{id}",
                                                          "removeMount", "Unmount", "catalog"};

}  // namespace hansa::api
