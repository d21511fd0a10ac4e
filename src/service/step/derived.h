// Ports that are made of others by a query: as whom it runs, and whether it still may.
#pragma once

#include <optional>
#include <string>

#include "model/lineage.h"
#include "service/authority/authorize.h"
#include "service/authority/commit.h"

namespace hansa::service {

// The service account as a caller. It acts with its own rights and nobody else's.
Caller caller_of(const Derivation& derivation, std::string_view client);

// Only a service account of the team that owns the port makes it: any member of that team has its
// tokens anyway, so nobody gains a right by choosing it. Errors: invalid; denied: it was switched
// off, or is another team's.
Result<const Principal*> check_account(const View& view, PrincipalId account, const Port& port);

// Errors: as check_protected.
Result<void> check_protection(const View& view, const Port& port,
                              const std::vector<SourceRead>& reads);

// The same for rows that are there, and for `contract` and `product` as they are about to be. Names
// what made it so, as far as the caller may know it.
Result<void> check_rows(const Context& context, const View& view, const Contract& contract,
                        const Product& product, const std::vector<MadeOf>& rows);

// What its query reads, where its names lead now, as it is now (no state is named); of what it has
// not read yet, or of a view in another version, all columns.
std::vector<SourceRead> sources_now(const View& view, const Derivation& derivation);
// The same for whatever is made of this view's ports.
SourcesOf sources_now(const View& view);

// Whether the bare name of a port may mean this version of it from now on; what was looked at goes
// into `out`. Errors: blocked: something that reads the name would be made of itself, or the chain
// too long.
Result<void> check_default(const Context& context, const View& view, const Port& heir,
                           Attempt& out);
// Nobody closes a round, or makes the chain longer, beside this commit.
void rely_on(const View& view, const Chain& chain, Attempt& out);

// What a port is made of, of what somebody may read now: a reading by cursor may have begun a day
// ago.
std::vector<MadeOf> made_of(const View& view, PortId port, Time now);

// A port that was read and deleted stops what was made of it until a query is set anew: another
// port of the same name is not what was meant. Errors: not_found.
Result<void> check_sources(const View& view, const Derivation& derivation);

// Why it makes nothing now, as far as is known without running it; nothing: it would.
std::optional<Error> why_stopped(const View& view, const Derivation& derivation, Time now);

// "team central (#central-data)", of a port.
std::string owner_of(const View& view, const Port& port);

}  // namespace hansa::service
