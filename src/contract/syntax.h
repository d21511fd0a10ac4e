// Spellings that the standards ask for.
#pragma once

#include <string_view>

namespace hansa::contract {

// RFC 3986 with a scheme: "s3://bucket/key", "mailto:ads@example.org".
bool is_uri(std::string_view text);
// A day that exists: 2026-11-22.
bool is_date(std::string_view text);
// RFC 3339 with a zone: 2026-11-22T09:00:00Z.
bool is_date_time(std::string_view text);
// Letters, digits, '_' and '-'.
bool is_stable_id(std::string_view text);
// "table.column" (with `deep`, of any depth), or "schema/id/properties/id", perhaps in another
// file.
bool is_reference(std::string_view text, bool deep);

}  // namespace hansa::contract
