// What products must have, and how near they are to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"
#include "model/spelling.h"
#include "model/standard.h"

namespace hansa::api {

struct RequirementView {
  Requirement::Kind rule = Requirement::Kind::owner;
  Requirement::Severity severity = Requirement::Severity::warn;
  std::string says;  // what of it, in words
};
void describe(Fields& f, RequirementView& v);

struct StandardView {
  std::string id;
  std::string name;
  std::string title;
  std::string description;
  std::vector<std::string> domains;  // none: the whole organisation
  std::optional<Visibility> visibility;
  std::vector<std::string> tags;
  std::vector<RequirementView> requirements;
  // Only where one is asked for, of the products that the caller may know of.
  std::optional<std::uint64_t> products;
  std::optional<std::uint64_t> missing;
};
void describe(Fields& f, StandardView& v);
inline constexpr Route<ListAll, PageOf<StandardView>> list_standards{
    Method::get, "/api/v1/standards", "listStandards", "What products must have", "standards"};
inline constexpr Route<GetNamed, StandardView> get_standard{
    Method::get, "/api/v1/standards/{name}", "getStandard",
    "One standard, and how many products miss something of it", "standards"};
inline constexpr Route<GetNamed, Nothing> remove_standard{
    Method::delete_, "/api/v1/standards/{name}", "removeStandard", "Ask for it no more",
    "standards"};

// A requirement that is not met.
struct MissView {
  std::string standard;
  Requirement::Kind rule = Requirement::Kind::owner;
  Requirement::Severity severity = Requirement::Severity::warn;
  std::string says;
  std::string next;
};
void describe(Fields& f, MissView& v);

struct FactView {
  std::string fact;
  std::uint32_t percent = 0;
  std::uint32_t weight = 0;
  std::string says;
  std::string next;
};
void describe(Fields& f, FactView& v);

struct MaturityView {
  std::string name;                    // domain/product, or a domain
  std::optional<std::uint32_t> score;  // from 0 to 100; a domain without products has none
  std::optional<std::uint64_t> products;
  std::uint64_t missing = 0;  // requirements of standards
  std::string next;
  std::vector<FactView> facts;  // where one is asked for
  std::vector<MissView> misses;
};
void describe(Fields& f, MaturityView& v);

struct ListMaturity {
  std::string domain;
  std::string kind;  // product or domain
  Paging paging;
};
void describe(Fields& f, ListMaturity& v);
inline constexpr Route<ListMaturity, PageOf<MaturityView>> list_maturity{
    Method::get, "/api/v1/maturity", "listMaturity",
    "Scores of the products that the caller may know of, or of domains by them", "standards"};
inline constexpr Route<GetProduct, MaturityView> get_maturity{
    Method::get, "/api/v1/maturity/{domain}/{product}", "getMaturity",
    "The score of one product, its facts, and the next step", "standards"};
struct GetDomainMaturity {
  std::string domain;
};
void describe(Fields& f, GetDomainMaturity& v);
inline constexpr Route<GetDomainMaturity, MaturityView> get_domain_maturity{
    Method::get, "/api/v1/maturity/{domain}", "getDomainMaturity",
    "The score of a domain, out of the products that the caller may know of", "standards"};

}  // namespace hansa::api
