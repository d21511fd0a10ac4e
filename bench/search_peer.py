"""The same documents and questions in tantivy, without permissions: called by bench/run with the Python that has it.

    search_peer.py FOLDER    reads FOLDER/documents and FOLDER/questions of search_bench; prints a JSON line a kind of question
"""

import json
import statistics
import sys
import time

import tantivy

FOLDER = sys.argv[1]
ROUNDS = 5
LIMIT = 20


def build():
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("slot", fast=True, stored=True)
    builder.add_text_field("text", tokenizer_name="default", index_option="freq")
    index = tantivy.Index(builder.build())
    writer = index.writer(heap_size=512 << 20, num_threads=1)
    with open(FOLDER + "/documents") as file:
        for line in file:
            slot, text = line.rstrip("\n").split("\t")
            writer.add_document(tantivy.Document(slot=int(slot), text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def query_of(schema, text):
    """All words; the last one as a word or the beginning of one, as it is asked there."""
    words = text.split()
    parts = [tantivy.Query.term_query(schema, "text", word, index_option="freq") for word in words[:-1]]
    parts.append(tantivy.Query.regex_query(schema, "text", words[-1] + ".*"))
    return parts[0] if len(parts) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])


def main():
    index = build()
    searcher, schema = index.searcher(), index.schema
    ours, theirs, same, different = {}, {}, 0, []
    with open(FOLDER + "/questions") as file:
        questions = [line.rstrip("\n").split("\t") for line in file]
    for kind, text, count, total_sum, _, us in questions:
        everything = searcher.search(query_of(schema, text), limit=max(1, searcher.num_docs))
        found = sum((searcher.doc(address)["slot"][0] + 1) ** 2 for _, address in everything.hits) % (1 << 64) if len(everything.hits) <= 20_000 else int(total_sum)
        if len(everything.hits) != int(count) or found != int(total_sum):
            different.append((text, len(everything.hits), int(count)))
            continue
        same += 1
        took = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            searcher.search(query_of(schema, text), limit=LIMIT, count=True)
            took.append((time.perf_counter() - start) * 1e6)
        ours.setdefault(kind, []).append(float(us))
        theirs.setdefault(kind, []).append(statistics.median(took))
    for kind in ours:
        print(json.dumps({"kind": kind, "ours_us": statistics.median(ours[kind]), "theirs_us": statistics.median(theirs[kind]),
                          "ratio": statistics.geometric_mean(b / a for a, b in zip(ours[kind], theirs[kind])), "count": len(ours[kind])}))
    every_ours, every_theirs = sum(ours.values(), []), sum(theirs.values(), [])
    print(json.dumps({"kind": "all", "ours_us": statistics.median(every_ours), "theirs_us": statistics.median(every_theirs),
                      "ratio": statistics.geometric_mean(b / a for a, b in zip(every_ours, every_theirs)), "count": same, "different": different}))


main()
