// Who reads a port: counted, read by read (doc/records.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"

namespace hansa::api {

struct ConsumerView {
  std::string who;
  std::string kind;
  std::vector<std::string> teams;
  std::string port;
  std::string makes;
  bool declared = false;
  std::vector<std::string> columns;
  std::uint64_t reads = 0;
  std::optional<Time> first;
  std::optional<Time> last;
  std::string client;
};
void describe(Fields& f, ConsumerView& v);
struct ListConsumers {
  std::string domain;
  std::string port;
  std::optional<Time> since;
  bool mine = false;
  Paging paging;
};
void describe(Fields& f, ListConsumers& v);
inline constexpr Route<ListConsumers, PageOf<ConsumerView>> list_consumers{
    Method::get, "/api/v1/ports/{domain}/{port}/consumers", "listConsumers",
    "Who reads a port and which columns, for the team that owns it; or the caller's own reads",
    "use"};

struct UsageView {
  Time at;
  std::string port;
  std::uint64_t reads = 0;
  std::uint64_t readers = 0;
};
void describe(Fields& f, UsageView& v);
struct GetUsage {
  std::string domain;
  std::string port;
  std::optional<Time> since;
  bool hourly = false;
  Paging paging;
};
void describe(Fields& f, GetUsage& v);
inline constexpr Route<GetUsage, PageOf<UsageView>> get_usage{
    Method::get, "/api/v1/ports/{domain}/{port}/usage", "getUsage",
    "How often a port was read, and by how many, by day or hour (UTC)", "use"};

}  // namespace hansa::api
