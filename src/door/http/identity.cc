#include "api/identity.h"

#include "door/http/bind.h"
#include "service/credentials.h"
#include "service/people.h"

namespace hansa::http {

void add_identity(Routes& routes) {
  House& house = routes.house();
  routes.add(api::who_am_i, service::who_am_i);
  routes.add(api::list_principals, service::list_principals);
  routes.add(api::create_principal, service::create_principal);
  routes.add(api::disable_principal, service::disable_principal);
  routes.make_last_control();
  routes.add(api::list_tokens, service::list_tokens);
  routes.add(api::revoke_token, service::revoke_token);
  routes.make_last_control();
  routes.add_job<api::SetPassword, api::Nothing>(
      api::set_password, true, [&house](const auto& context, const auto& ask) {
        return service::set_password(context, house.live, house.world, house.sign_ins, ask);
      });
  routes.add_job<api::CreateToken, api::Token>(
      api::create_token, true, [&house](const auto& context, const auto& ask) {
        return service::create_token(context, house.live, house.world, house.sealer, ask);
      });
  routes.add_job<api::SignIn, api::Token>(
      api::sign_in, true, [&house](const auto& context, const auto& ask) {
        return service::sign_in(context, house.live, house.world, house.sealer, house.sign_ins,
                                ask);
      });
  // Who signs in has no token yet.
  routes.make_last_open();
}

}  // namespace hansa::http
