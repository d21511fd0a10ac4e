// Every limit of the program, with its reason. A limit is part of the interface: reaching one is an
// `exhausted` or `invalid` error that names it, and a test stands at its edge.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace hansa::limits {

// Names become folders, SQL identifiers and host labels; 63 is the shortest limit among those.
inline constexpr std::size_t name_bytes_max = 63;
// Descriptions are read by people, on one screen.
inline constexpr std::size_t text_bytes_max = 64 * 1024;
// A request's JSON body. A manifest of 2,000 columns is about 400 KiB.
inline constexpr std::size_t body_bytes_max = 8 * 1024 * 1024;
// Deeper JSON or YAML is an attack on a recursive reader.
inline constexpr std::size_t nesting_max = 64;
// One YAML text, and its nodes: a node costs its reader a hundred times the byte that can make it.
inline constexpr std::size_t yaml_bytes_max = 2 * 1024 * 1024;
inline constexpr std::size_t yaml_nodes_max = 500'000;
// What is wrong with one set of manifests; past this nobody reads on.
inline constexpr std::size_t findings_max = 1'000;
// An apply or a reorganisation is one commit; a larger one would hold the writer too long.
inline constexpr std::size_t changes_per_commit_max = 10'000;
// The store groups at most this many waiting commits into one transaction, to bound its latency.
inline constexpr std::size_t commits_per_group_max = 1'000;
// What a person or a generator writes by hand ends far below; the parser costs 20 us a KiB.
inline constexpr std::size_t sql_bytes_max = 256 * 1024;
// A parse tree is 8 to 40 times its SQL; past this the statement is refused, not walked.
inline constexpr std::size_t tree_bytes_max = 1024 * 1024;
// A join across more ports than this is a mistake, and each needs a decision and a file list.
inline constexpr std::size_t relations_per_query_max = 256;
// Files of all relations of one query: each is one hard link in the worker's seat.
inline constexpr std::size_t files_per_query_max = 20'000;
// A frame between server and worker; rows are cut into chunks far below.
inline constexpr std::size_t frame_bytes_max = 8 * 1024 * 1024;
// Rows leave the worker in pieces of about this size: large enough to amortise a system call, small
// enough that a slow client holds little memory.
inline constexpr std::size_t chunk_bytes = 256 * 1024;
// Past this the client has given up, so finishing the query helps nobody.
inline constexpr std::chrono::seconds query_deadline_default{300};
inline constexpr std::chrono::seconds query_deadline_max{3600};
inline constexpr std::uint64_t query_rows_default = 10'000'000;
// One principal cannot take all workers.
inline constexpr std::size_t queries_per_principal_max = 8;
inline constexpr std::size_t queries_waiting_max = 256;
// Lists are cut into pages; a client that wants more asks for the next page.
inline constexpr std::size_t page_items_default = 100;
inline constexpr std::size_t page_items_max = 1'000;
// A grant's row filter: its text, how deep it nests, and its constants. It is evaluated for every
// row, and read by the steward who approves it.
inline constexpr std::size_t predicate_bytes_max = 16 * 1024;
inline constexpr std::size_t predicate_depth_max = 32;
inline constexpr std::size_t predicate_values_max = 1'000;
// Conditions of a grant and values of one; each is compared in every decision.
inline constexpr std::size_t condition_values_max = 100;
// Products made of products made of products: each step of a view is a copy of its own, and past
// this nobody understands what a row means.
inline constexpr std::size_t derivation_depth_max = 8;
// How often a query may be run again; what changes faster is read as a view.
inline constexpr std::chrono::seconds derivation_every_min{1};
inline constexpr std::chrono::hours derivation_every_max{24 * 366};
// Visible copies of filtered and masked data that are kept, oldest use first out.
inline constexpr std::uint64_t visible_copies_bytes_max = std::uint64_t{16} << 30;
// Iceberg metadata and manifests written by a hostile table owner are read in the server.
inline constexpr std::size_t table_metadata_bytes_max = 64 * 1024 * 1024;
inline constexpr std::size_t manifest_bytes_max = 64 * 1024 * 1024;
// The same figure bounds a manifest once decompressed: 64 KiB of deflate can hold 64 MiB.
// A parsed member of metadata costs 20 times its bytes, so members are counted before parsing.
inline constexpr std::size_t table_metadata_members_max = 2'000'000;
// Values of one Avro record (5,000 columns with six statistics each are 90,000): some cost no byte.
inline constexpr std::size_t avro_record_values_max = 200'000;
// Types in one Avro schema, and entries of one container's header.
inline constexpr std::size_t avro_schema_nodes_max = 10'000;
inline constexpr std::size_t avro_header_entries_max = 1'000;
// Entries of one manifest. Writers aim at 8 MB, about 20,000 entries.
inline constexpr std::size_t manifest_entries_max = 100'000;
// Manifests of one snapshot; each is an object to be fetched.
inline constexpr std::size_t manifests_per_snapshot_max = 10'000;
// What was uploaded and not published is removed after this: it covers a job that was paused.
inline constexpr std::chrono::hours upload_kept{24 * 7};
// Columns of one dataset, nested ones included.
inline constexpr std::size_t columns_max = 5'000;
// Files in one publish: one manifest holds them all.
inline constexpr std::size_t files_per_publish_max = 10'000;
// One commit, all its bodies, names and details: what 10,000 nouns of a few KiB need.
inline constexpr std::size_t commit_bytes_max = 64 * 1024 * 1024;
// Commits and records on their way to disk. The writer takes some 25,000 records a second: a longer
// queue would only be a longer wait for an answer that nobody awaits any more.
inline constexpr std::size_t store_waiting_max = 20'000;
inline constexpr std::size_t store_waiting_bytes_max = 256 * 1024 * 1024;
// Recent batches held in memory for followers; whoever is further behind reads the database.
inline constexpr std::size_t tail_batches_max = 10'000;
inline constexpr std::size_t tail_bytes_max = 32 * 1024 * 1024;
// Batches handed to a follower at once; at least one, however large.
inline constexpr std::size_t batches_per_follow_max = 1'000;
inline constexpr std::size_t follow_bytes_max = 16 * 1024 * 1024;
// A follower further behind than this loads the mesh again, which is quicker by then.
inline constexpr std::size_t batches_kept_default = 100'000;

// What is looked for in one search, in bytes and words: what somebody types, not a text.
inline constexpr std::size_t search_bytes_max = 200;
inline constexpr std::size_t search_words_max = 16;

// Wrong passwords for one name, and from one address, within a window: enough for a person who
// mistypes, or for a team behind one address, too few to search with.
inline constexpr std::size_t attempts_per_name_max = 10;
inline constexpr std::size_t attempts_per_address_max = 100;
inline constexpr std::chrono::minutes attempts_window{5};
// Names and addresses whose attempts are remembered; past it the oldest is forgotten.
inline constexpr std::size_t attempts_remembered_max = 10'000;
// Passwords hashed at once, 19 MiB each, and those that wait for a turn, a second at most: together
// far fewer threads than serve requests.
inline constexpr std::size_t password_checks_max = 4;
inline constexpr std::size_t password_checks_waiting_max = 8;
// Tokens and sessions of one principal that are still good: more is a job that signs in for each
// call.
inline constexpr std::size_t tokens_per_principal_max = 1'000;
// Ended tokens are removed once so many have gathered, at most so many in one commit.
inline constexpr std::size_t ended_tokens_kept_max = 64;
inline constexpr std::size_t ended_tokens_per_commit_max = 1'000;

// Requests for access of one asker that wait for a decision: more than a person needs at once, and
// few enough for those who decide.
inline constexpr std::size_t access_requests_open_max = 500;

// Deliveries of messages that wait for one channel: what a channel that is down for days gathers;
// past it the next is given up at once. Those that are done and kept to be looked at.
inline constexpr std::size_t deliveries_waiting_max = 20'000;
inline constexpr std::size_t deliveries_kept_max = 100'000;

}  // namespace hansa::limits
