// What of a data directory goes into a backup, and what a start does in one that came out of it.
#pragma once

#include <string>

#include "base/time.h"
#include "service/backup.h"
#include "world/store/store.h"

namespace hansa {

service::Backups::Options backed_up(const std::string& data);

// At the first start after a restore: looks whether store and audit are whole, and records that
// time went back. What came after the backup is gone from this mesh; anchors of it that lie
// elsewhere will say so. Errors: corrupt; as Store::record.
Result<void> note_restore(store::Store& store, Clock& clock, const std::string& data);

}  // namespace hansa
