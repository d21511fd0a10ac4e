"""D11: Parquet written by others, bad and good, published through the real door: a file is refused in words, or gives the
rows that two other readers found. The corpus lies in $HANSA_SHARED/corpus/parquet, or in ../shared beside the repository."""
import collections
import concurrent.futures
import json
import os
import re
import shutil

from common import ROOT, Mesh, Watch
from mesh import new_ulid, product, team

COLUMNS = [("id", "integer", "bigint", False)]


def corpus():
    shared = os.environ.get("HANSA_SHARED", os.path.join(os.path.dirname(ROOT), "shared"))
    folder = os.path.join(shared, "corpus", "parquet")
    return folder if os.path.exists(os.path.join(folder, "ORACLE.jsonl")) else None


def run(story):
    folder = corpus()
    if folder is None:
        print("parquet: skipped: no corpus (set HANSA_SHARED to the folder that holds corpus/parquet)")
        return
    with open(os.path.join(folder, "ORACLE.jsonl")) as file:
        oracle = [json.loads(line) for line in file]
    known = {each["file"] for each in oracle}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.relpath(os.path.join(at, name), folder)
            # What the oracle did not look at is still thrown at the door.
            if path not in known and not name.endswith((".json", ".jsonl", ".md", ".txt")):
                oracle.append({"file": path, "duckdb": {"ok": None}, "hyparquet": {"ok": None}})
    with Mesh(config="workers_max: 4\nworker_memory_bytes: 536870912\n") as mesh:
        mesh.user("pia")
        mesh.token("pia")
        mesh.apply("admin", team("readers", ["pia"], "corpus"))
        mesh.apply("pia", product("corpus", "anything", "anything", COLUMNS))
        throw(mesh, story.check, folder, oracle)


class Thrown:
    """What became of one file."""

    def __init__(self, entry):
        self.entry, self.stage, self.answer, self.counts, self.rows = entry, "", None, None, None

    @property
    def name(self):
        return self.entry["file"]


def throw(mesh, check, folder, oracle):
    jobs = list(enumerate(oracle))
    with Watch(mesh) as watch, concurrent.futures.ThreadPoolExecutor(4) as pool:
        thrown = list(pool.map(lambda job: one(mesh, folder, *job), jobs))
    check("D11: the server lives", mesh.process.poll() is None)
    stages = collections.Counter(each.stage for each in thrown)
    for each in thrown:
        if each.stage != "read":
            refusal(mesh, check, each)
        compare(check, each)
    good = [each for each in thrown if each.entry["duckdb"]["ok"]]
    print(f"parquet: {len(thrown)} files: " + ", ".join(f"{count} {stage}" for stage, count in sorted(stages.items())) +
          f"; the server grew by {watch.growth / 2**20:.1f} MiB")
    reads = [each for each in good if each.stage == "read"]
    print(f"parquet: of {len(good)} files that DuckDB reads, {len(reads)} give its rows and counts, "
          f"{len(good) - len(reads)} are refused with the reason:")
    reasons = collections.Counter(reason(each) for each in good if each.stage != "read")
    for text, count in reasons.most_common(12):
        print(f"  {count:3} {text}")
    check("D11: most good files are read", len(reads) >= 115, len(reads))
    check("D11: the server does not grow with what it is given", watch.below(64 << 20), watch.growth)
    check("D11: good data is published behind all that", published_still(mesh))


def reason(thrown):
    """A refusal without the names in it; what `hansa init` said says more than what a foreign contract says."""
    text = thrown.init if "does not fit the contract" in detail(thrown) else detail(thrown)
    return re.sub(r"s3://[^ ]*|'[^']*'|[0-9]+", "N", text.split("\n")[0])[:110]


def one(mesh, folder, number, entry):
    out = Thrown(entry)
    name = f"f{number:03}"
    place = os.path.join(mesh.folder, name)
    os.mkdir(place)
    path = os.path.join(place, "file.parquet")
    shutil.copyfile(os.path.join(folder, entry["file"]), path)
    code, _, says = mesh.cli("pia", "init", place, "--domain", "corpus", "--name", name, "--port", name, check=False, cwd=place)
    port = "corpus/anything"
    out.init = says.removeprefix("error: ").split("\n")[0]
    if code == 0:
        texts = []
        for ending in ("odps", "odcs"):
            with open(os.path.join(place, f"{name}.{ending}.yaml")) as file:
                texts.append({"name": f"{name}.{ending}.yaml", "text": file.read()})
        out.stage, out.answer = "not applied", mesh.call("pia", "POST", "/api/v1/apply", {"files": texts})
        if out.answer.status == 200:
            port = "corpus/" + name
    published = mesh.publish("pia", port, path)
    if published.status != 200:
        if out.stage != "not applied" or port != "corpus/anything":
            out.stage, out.answer = ("not read by init" if code else "not published"), published
        return out
    if port == "corpus/anything":
        out.stage, out.answer = "published as anything", published
        return out
    columns = counted(entry)
    counts = ", ".join(['count("{}")'.format(c["name"].replace('"', '""')) for c in columns])
    out.answer = mesh.sql("pia", f"select count(*){', ' + counts if counts else ''} from corpus.{name}")
    done = out.answer.json() if out.answer.status == 200 else {}
    if done.get("outcome", {}).get("status") == "ok":
        out.counts = done["rows"][0][1:]
        out.rows = done["rows"][0][0]
        whole = mesh.sql("pia", f"select * from corpus.{name}")
        out.stage = "read"
        if whole.status != 200 or whole.json()["outcome"]["status"] != "ok":
            out.stage, out.answer = "counted, not read", whole
        else:
            out.whole = len(whole.json()["rows"])
    else:
        out.stage = "not queried"
    return out


def counted(entry):
    """The columns whose values the oracle counted, without those that are folders of its path."""
    return [c for c in entry["duckdb"].get("cols", []) if "nonnull" in c and f"/{c['name']}=" not in "/" + entry["file"]]


def detail(thrown):
    document = thrown.answer.json()
    if "outcome" in document:
        document = document["outcome"].get("problem", {})
    return document.get("detail", "")


def refusal(mesh, check, thrown):
    says = f"D11: {thrown.name} ({thrown.stage})"
    answer = thrown.answer
    check(f"{says}: no fault of the server", answer.status < 500, answer)
    if answer.status == 200 and thrown.stage == "published as anything":
        return
    text = detail(thrown)
    check(f"{says}: in words", len(text) > 10, answer)
    check(f"{says}: no path of the host", mesh.folder not in answer.body.decode() and "/seat" not in answer.body.decode(), answer)
    if thrown.stage in ("not read by init", "not published", "not queried", "counted, not read"):
        # What ran out of memory is the query's own limit, in its own words.
        check(f"{says}: names the file", ".parquet" in text or answer.status == 429, text)


def compare(check, thrown):
    entry = thrown.entry
    duck, other = entry["duckdb"], entry["hyparquet"]
    if thrown.stage != "read":
        # A file that others read is refused for a reason, not by accident.
        if duck["ok"]:
            check(f"D11: {thrown.name}: refused with a reason", len(detail(thrown)) > 10, thrown.answer)
        return
    if duck["ok"]:
        check(f"D11: {thrown.name}: as many rows as DuckDB", thrown.rows == duck["rows"] == thrown.whole, (thrown.rows, thrown.whole, duck["rows"]))
        columns = counted(entry)
        check(f"D11: {thrown.name}: as many values", thrown.counts == [c["nonnull"] for c in columns], (thrown.counts, columns))
    elif other["ok"]:
        check(f"D11: {thrown.name}: as many rows as hyparquet", thrown.rows == other["rows"], (thrown.rows, other))


def published_still(mesh):
    file = mesh.parquet("select range::bigint as id from range(7)", "last.parquet")
    mesh.apply("pia", product("corpus", "last", "last", COLUMNS))
    answer = mesh.publish("pia", "corpus/last", file, publish=new_ulid())
    return answer.status == 200 and mesh.rows("pia", "select count(*) from corpus.last") == [[7]]
