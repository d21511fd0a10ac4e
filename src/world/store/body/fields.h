// How each noun lies in the store. Members are only ever added, as optional ones; a changed meaning
// is a new level (body.h) and a migration.
#pragma once

#include "base/fields.h"
#include "model/domain.h"
#include "model/grant.h"
#include "model/mount.h"
#include "model/people.h"
#include "model/product.h"

namespace hansa {

void describe(Fields& f, Organisation& v);
void describe(Fields& f, Channel& v);
void describe(Fields& f, Team& v);
void describe(Fields& f, Domain& v);
void describe(Fields& f, Account& v);
void describe(Fields& f, Principal& v);
void describe(Fields& f, Credential& v);
void describe(Fields& f, InputPort& v);
void describe(Fields& f, Product& v);
void describe(Fields& f, Port& v);
void describe(Fields& f, Column& v);
void describe(Fields& f, Type& v);
void describe(Fields& f, Schema& v);
void describe(Fields& f, Contract& v);
void describe(Fields& f, TableState& v);
void describe(Fields& f, Table& v);
void describe(Fields& f, Grantee& v);
void describe(Fields& f, Grant& v);
void describe(Fields& f, Mount& v);

}  // namespace hansa
