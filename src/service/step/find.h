// From what people write to what there is, for the caller: what it may not know is not found, in
// the same words as what does not exist.
#pragma once

#include <string_view>

#include "service/authority/authorize.h"

namespace hansa::service {

// `domain/port` or `domain/port@2`. Errors: invalid; not_found, suggesting names the caller may
// know.
Result<const Port*> find_port(const Context& context, const View& view, std::string_view text);
Result<const Port*> find_port(const Context& context, const View& view, const PortRef& ref);
Result<const Product*> find_product(const Context& context, const View& view,
                                    std::string_view domain, std::string_view name);
Result<const Domain*> find_domain(const Context& context, const View& view, std::string_view name);
Result<const Team*> find_team(const Context& context, const View& view, std::string_view name);
Result<const Account*> find_account(const Context& context, const View& view,
                                    std::string_view name);
Result<const Principal*> find_principal(const Context& context, const View& view,
                                        std::string_view name);
// "r-7" or "7".
Result<const Grant*> find_grant(const Context& context, const View& view, std::string_view number);
// "ada", "user:ada", "service:reporting", "role:", "group:", "team:", "account:",
// "product:domain/name".
Result<Grantee> find_grantee(const Context& context, const View& view, std::string_view text);

// "did you mean audience/daily_plays?": ports near `text` that the caller may know, or nothing.
std::string near_ports(const Context& context, const View& view, std::string_view domain,
                       std::string_view port);

// A mount of what the caller may not know of is not shown: its name would tell.
bool knows_target(const Context& context, const View& view, const Mount& mount);

// Whether a grant's scope makes sense for every version of the port that the grant covers. Errors:
// as check(Scope), in the context of the version.
Result<void> check_scope(const View& view, const Grant& grant);

}  // namespace hansa::service
