// Issues and incidents for whoever may know of them.
#pragma once

#include <string>
#include <unordered_map>

#include "api/incident.h"
#include "api/issue.h"
#include "service/authority/commit.h"
#include "service/step/use.h"

namespace hansa::service {

// Errors: not_found, for what the caller may not know too.
Result<const Issue*> find_issue(const Context& context, const View& view, const std::string& id);
Result<const Incident*> find_incident(const Context& context, const View& view,
                                      const std::string& id);

// Reads of a product, by who reads it for himself.
using ReadsOf = std::unordered_map<Ulid, std::uint64_t>;
inline constexpr std::chrono::hours weight_looks_back{24 * 90};
// Errors: as Store::uses.
Result<ReadsOf> reads_of_product(store::Store& store, const Live& live, ProductId product,
                                 Time now);

api::IssueView issue_view(const Context& context, const View& view, const Issue& issue,
                          const ReadsOf* reads);
api::IncidentView incident_view(const Context& context, const View& view, const Incident& incident);

// Of an issue's event: product, kind and how many ask.
Json details_of(const View& view, const Issue& issue);
// Who asks is told what became of it, and whoever owns the product of what is asked.
std::vector<store::Message> messages_to_askers(const Context& context, const View& view,
                                               const Issue& issue, std::string_view event);

// Which of its states a list is of. Errors: invalid, naming them.
Result<void> check_state(const std::string& state, std::initializer_list<std::string_view> known);

// Text of somebody for others: trimmed. Errors: invalid: empty, too long, or no text.
Result<std::string> spoken(std::string_view what, const std::string& text, std::size_t bytes_max,
                           bool must);

}  // namespace hansa::service
