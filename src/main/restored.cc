#include "main/restored.h"

#include <unistd.h>

#include <cerrno>

#include "base/file.h"
#include "main/version.h"

namespace hansa {

service::Backups::Options backed_up(const std::string& data) {
  return {.scratch = data + "/run",
          .data = data,
          .files = {"secrets/seal.key"},
          .files_if_there = {"secrets/admin.token", "audit/audit.anchors"},
          .version = kVersion};
}

Result<void> note_restore(store::Store& store, Clock& clock, const std::string& data) {
  constexpr std::size_t kNoteMax = 4096;
  const std::string path = data + "/" + std::string(api::kRestoredNote);
  const auto text = read_file(path, kNoteMax);
  if (!text && text.error().code == Code::not_found) return {};
  HANSA_CHECK(text);
  HANSA_CHECK(store.check());
  HANSA_CHECK(store.verify_chain());
  HANSA_TRY(const Json json, parse_json(*text));
  HANSA_TRY(const auto note, from_json<api::Restored>(json));
  HANSA_TRY(const auto ticket, store.record({.kind = "restored",
                                             .who = {},
                                             .at = clock.now(),
                                             .subject = {},
                                             .body = to_text(to_json(note))}));
  HANSA_CHECK(ticket->durable());
  if (::unlink(path.c_str()) != 0) return system_error("removing the note of a restore", errno);
  return sync_folder(data);
}

}  // namespace hansa
