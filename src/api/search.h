// What somebody looks for, and what is found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"

namespace hansa::api {

// Hits of one page: texts of each are read again, to show why it is one, while nobody may change
// the mesh.
inline constexpr std::uint32_t kSearchItemsMax = 100;

struct Search {
  std::string q;
  std::string domain;
  std::string team;
  std::optional<Visibility> visibility;
  std::string tag;
  std::string status;
  Paging paging{.limit = 20, .after = {}};
};
void describe(Fields& f, Search& v);

// Why a hit is one: a text of it, and the pieces of that text that answer.
struct MatchView {
  std::string field;  // name, title, tag, column, owner, description
  std::string text;
  std::vector<std::string> words;
  std::string port;    // domain/port@major
  std::string column;  // its path
};
void describe(Fields& f, MatchView& v);

struct FoundPortView {
  std::string ref;
  std::string name;
  std::string description;
  bool deprecated = false;
  bool readable = false;
  std::optional<Time> published;
  std::string next;
};
void describe(Fields& f, FoundPortView& v);

struct FoundView {
  std::string ref;
  std::string name;
  std::string title;
  std::string about;
  std::string domain;
  std::string owner;
  std::vector<ChannelView> channels;
  Visibility visibility = Visibility::open;
  bool hidden = false;
  bool readable = false;
  std::string status;
  bool deprecated = false;
  std::vector<std::string> tags;
  std::optional<Time> published;
  std::vector<FoundPortView> ports;
  std::uint64_t ports_total = 0;
  std::vector<MatchView> matched;
  std::string next;
};
void describe(Fields& f, FoundView& v);

struct FacetView {
  std::string name;
  std::uint64_t count = 0;
};
void describe(Fields& f, FacetView& v);

struct FacetsView {
  std::vector<FacetView> domains, teams, visibilities, statuses, tags;
};
void describe(Fields& f, FacetsView& v);

struct Found {
  std::vector<FoundView> items;
  std::uint64_t total = 0;
  std::string next;
  FacetsView facets;
  std::vector<std::string> meant;
};
void describe(Fields& f, Found& v);

inline constexpr Route<Search, Found> search{Method::get, "/api/v1/search", "search",
                                             "Data products by words, as they are typed",
                                             "catalog"};

}  // namespace hansa::api
