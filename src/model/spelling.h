// How the enums of the model are spelt, the same in the store and in the API (base/fields.h).
#pragma once

#include <array>
#include <string_view>
#include <type_traits>
#include <utility>

#include "model/channel.h"
#include "model/deletion.h"
#include "model/deprecation.h"
#include "model/domain.h"
#include "model/grant.h"
#include "model/incident.h"
#include "model/issue.h"
#include "model/mount.h"
#include "model/people.h"
#include "model/product.h"
#include "model/slo.h"

namespace hansa {

template <class E>
using Spelt = std::pair<E, std::string_view>;

constexpr auto names_of(std::type_identity<Visibility>) {
  return std::to_array<Spelt<Visibility>>(
      {{Visibility::open, "open"}, {Visibility::restricted, "restricted"}});
}
constexpr auto names_of(std::type_identity<Sensitivity>) {
  return std::to_array<Spelt<Sensitivity>>({{Sensitivity::open, "public"},
                                            {Sensitivity::internal, "internal"},
                                            {Sensitivity::confidential, "confidential"},
                                            {Sensitivity::restricted, "restricted"}});
}
constexpr auto names_of(std::type_identity<Closed>) {
  return std::to_array<Spelt<Closed>>(
      {{Closed::no, "open"}, {Closed::restricted, "restricted"}, {Closed::hidden, "hidden"}});
}
constexpr auto names_of(std::type_identity<PrincipalKind>) {
  return std::to_array<Spelt<PrincipalKind>>({{PrincipalKind::user, "user"},
                                              {PrincipalKind::service_account, "service_account"},
                                              {PrincipalKind::role, "role"},
                                              {PrincipalKind::group, "group"}});
}
constexpr auto names_of(std::type_identity<CredentialKind>) {
  return std::to_array<Spelt<CredentialKind>>(
      {{CredentialKind::token, "token"}, {CredentialKind::password, "password"}});
}
constexpr auto names_of(std::type_identity<PortKind>) {
  return std::to_array<Spelt<PortKind>>({{PortKind::table, "table"},
                                         {PortKind::view, "view"},
                                         {PortKind::api, "api"},
                                         {PortKind::topic, "topic"}});
}
constexpr auto names_of(std::type_identity<GranteeKind>) {
  return std::to_array<Spelt<GranteeKind>>({{GranteeKind::user, "user"},
                                            {GranteeKind::service_account, "service_account"},
                                            {GranteeKind::role, "role"},
                                            {GranteeKind::group, "group"},
                                            {GranteeKind::team, "team"},
                                            {GranteeKind::account, "account"},
                                            {GranteeKind::product, "product"}});
}
constexpr auto names_of(std::type_identity<GrantState>) {
  return std::to_array<Spelt<GrantState>>({{GrantState::requested, "requested"},
                                           {GrantState::active, "active"},
                                           {GrantState::rejected, "rejected"},
                                           {GrantState::revoked, "revoked"}});
}
constexpr auto names_of(std::type_identity<GrantAct>) {
  return std::to_array<Spelt<GrantAct>>({{GrantAct::requested, "requested"},
                                         {GrantAct::approved, "approved"},
                                         {GrantAct::rejected, "rejected"},
                                         {GrantAct::revoked, "revoked"},
                                         {GrantAct::renewed, "renewed"},
                                         {GrantAct::changed, "changed"}});
}
constexpr auto names_of(std::type_identity<DeletionKind>) {
  return std::to_array<Spelt<DeletionKind>>({{DeletionKind::port, "port"},
                                             {DeletionKind::product, "product"},
                                             {DeletionKind::account, "account"}});
}
constexpr auto names_of(std::type_identity<Answer>) {
  return std::to_array<Spelt<Answer>>({{Answer::none, "none"},
                                       {Answer::moved, "moved"},
                                       {Answer::needs_until, "needs_until"},
                                       {Answer::not_mine, "not_mine"},
                                       {Answer::question, "question"}});
}
constexpr auto names_of(std::type_identity<Standing>) {
  return std::to_array<Spelt<Standing>>({{Standing::told, "told"},
                                         {Standing::moved, "moved"},
                                         {Standing::reopened, "reopened"},
                                         {Standing::needs_until, "needs_until"},
                                         {Standing::not_mine, "not_mine"},
                                         {Standing::question, "question"},
                                         {Standing::quiet, "quiet"}});
}
constexpr auto names_of(std::type_identity<ChannelKind>) {
  return std::to_array<Spelt<ChannelKind>>({{ChannelKind::mail, "mail"},
                                            {ChannelKind::slack, "slack"},
                                            {ChannelKind::teams, "teams"},
                                            {ChannelKind::webhook, "webhook"}});
}
constexpr auto names_of(std::type_identity<DigestEvery>) {
  return std::to_array<Spelt<DigestEvery>>({{DigestEvery::none, "none"},
                                            {DigestEvery::daily, "daily"},
                                            {DigestEvery::weekly, "weekly"}});
}
constexpr auto names_of(std::type_identity<Objective::Kind>) {
  return std::to_array<Spelt<Objective::Kind>>({{Objective::Kind::latency, "latency"},
                                                {Objective::Kind::frequency, "frequency"},
                                                {Objective::Kind::availability, "availability"},
                                                {Objective::Kind::retention, "retention"},
                                                {Objective::Kind::other, "other"}});
}
constexpr auto names_of(std::type_identity<SloState>) {
  return std::to_array<Spelt<SloState>>({{SloState::kept, "kept"},
                                         {SloState::at_risk, "at_risk"},
                                         {SloState::late, "late"},
                                         {SloState::recovered, "recovered"}});
}
constexpr auto names_of(std::type_identity<IssueKind>) {
  return std::to_array<Spelt<IssueKind>>({{IssueKind::wish, "wish"},
                                          {IssueKind::question, "question"},
                                          {IssueKind::problem, "problem"}});
}
constexpr auto names_of(std::type_identity<IssueState>) {
  return std::to_array<Spelt<IssueState>>({{IssueState::open, "open"},
                                           {IssueState::accepted, "accepted"},
                                           {IssueState::declined, "declined"},
                                           {IssueState::fulfilled, "fulfilled"}});
}
constexpr auto names_of(std::type_identity<IssueAct>) {
  return std::to_array<Spelt<IssueAct>>(
      {{IssueAct::accept, "accept"}, {IssueAct::decline, "decline"}, {IssueAct::fulfil, "fulfil"}});
}
constexpr auto names_of(std::type_identity<IncidentCause>) {
  return std::to_array<Spelt<IncidentCause>>({{IncidentCause::owner, "owner"},
                                              {IncidentCause::report, "report"},
                                              {IncidentCause::late, "late"},
                                              {IncidentCause::failed, "failed"}});
}
constexpr auto names_of(std::type_identity<MountKind>) {
  return std::to_array<Spelt<MountKind>>(
      {{MountKind::port, "port"}, {MountKind::domain, "domain"}, {MountKind::catalog, "catalog"}});
}

}  // namespace hansa
