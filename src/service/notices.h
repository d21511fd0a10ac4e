// The end of a version, as those see it who were told.
#pragma once

#include "api/deprecation.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/house_rules.h"
#include "world/world.h"

namespace hansa::service {

// In the name of a consumer that was told. Errors: not_found; denied; invalid.
Result<api::ToldView> answer_notice(const Context& context, Live& live, World& world,
                                    const api::AnswerNotice& ask);

// What the caller was told, as itself or as what it acts as, with what differs for it.
Result<api::PageOf<api::NoticeView>> list_notices(const Context& context, Live& live, World& world,
                                                  const HouseRules& rules, const api::List& ask);

}  // namespace hansa::service
