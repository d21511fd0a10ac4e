// What there is, for the caller. Memory only.
#pragma once

#include "api/product.h"
#include "service/authority/context.h"
#include "service/authority/live.h"

namespace hansa::service {

Result<api::PageOf<api::ProductView>> list_products(const Context& context, const Live& live,
                                                    const api::List& ask);
Result<api::ProductView> get_product(const Context& context, const Live& live,
                                     const api::GetProduct& ask);
Result<api::PageOf<api::PortView>> list_ports(const Context& context, const Live& live,
                                              const api::List& ask);
Result<api::PortView> get_port(const Context& context, const Live& live, const api::GetPort& ask);
Result<api::PageOf<api::DomainView>> list_domains(const Context& context, const Live& live,
                                                  const api::ListAll& ask);
Result<api::PageOf<api::TeamView>> list_teams(const Context& context, const Live& live,
                                              const api::ListAll& ask);
Result<api::PageOf<api::AccountView>> list_accounts(const Context& context, const Live& live,
                                                    const api::ListAll& ask);

}  // namespace hansa::service
