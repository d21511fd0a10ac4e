"""D10, D12, D13, D16: what a statement may cost, and whom."""
import os
import socket
import threading
import time

from common import WITHOUT, Mesh, Watch, address, code_of, company, workers

MIB = 1 << 20

BOMBS = [
    ("repeat", "select length(repeat('x', 3000000000))"),
    ("list_sort", "select len(list_sort(range(300000000)))"),
    ("string_agg", "select length(string_agg(repeat('x', 1000000), '')) from range(3000)"),
    ("recursive CTE", "with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r"),
    ("recursive CTE that doubles", "with recursive r as (select 1 as n union all select n from r, range(2)) select count(*) from r"),
    ("regexp", "select regexp_matches(repeat('a', 50000000), '(a+)+(a|b)*c.*d$') from range(1000)"),
    ("levenshtein", "select levenshtein(repeat('ab', 60000), repeat('ba', 60000 + range)) from range(9)"),
    ("100,000 parentheses", "select " + "(" * 100_000 + "1" + ")" * 100_000),
    ("20,000 OR", "select 1 where " + " or ".join(f"1={n}" for n in range(2, 20_002))),
    ("300 nested SELECTs", "select * from (" * 300 + "select 1" + ")" * 300),
    ("30 nested SELECTs that double", "select * from " + "(select * from " * 30 + "range(2) t(a)" + " t0, range(2) u0)" * 30),
    ("1e9 cross join", "select count(*) from range(1000000000) a, range(1000000000) b where a.range < b.range"),
    ("1e6 columns by COLUMNS", "select " + ", ".join(["columns(*)"] * 20_000) + " from audience.plays"),
    ("struct of a struct", "select " + "{'a': " * 500 + "1" + "}" * 500),
    ("a list of lists", "select " + "[" * 2_000 + "1" + "]" * 2_000),
    ("a long IN", "select 1 where 1 in (" + ",".join(map(str, range(35_000))) + ")"),
    ("generate_series", "select len(generate_series(1, 2000000000))"),
    ("256 joins", "select count(*) from " + ", ".join(f"audience.plays p{n}" for n in range(256))),
    ("a wide decimal power", "select factorial(1000000)"),
    ("format width", "select printf('%2000000000d', 1), format('{:2000000000}', 'x'), lpad('x', 2000000000, 'y')"),
]


def run(story):
    with Mesh(config="worker_memory_bytes: 536870912\nworker_spill_bytes: 67108864\nworkers_max: 3\n") as mesh:
        company(mesh)
        bombs(mesh, story.check)
        greedy(mesh, story.check)
        slow_reader(mesh, story.check)
    with Mesh(config="worker_memory_bytes: 536870912\nworkers_warm: 1\nworkers_max: 1\nworkers_kept_max: 0\n") as mesh:
        company(mesh)
        reuse(mesh, story.check)


def bombs(mesh, check):
    mesh.rows("bert", "select 42")
    slowest, slow = 0.0, []
    with Watch(mesh) as watch:
        for name, sql in BOMBS:
            answers = []
            bomb = threading.Thread(target=lambda sql=sql: answers.append(mesh.sql("ann", sql, seconds_max=2)))
            start = time.monotonic()
            bomb.start()
            while bomb.is_alive():
                asked = time.monotonic()
                check(f"D10 {name}: another session answers", mesh.sql("bert", "select 42").status == 200)
                slowest = max(slowest, time.monotonic() - asked)
                bomb.join(0.25)
            took = time.monotonic() - start
            answer = answers[0]
            refused = answer.status in (400, 403, 422, 429, 503)
            # Some are simply quick; then they answer.
            done = answer.status == 200 and code_of(answer) in ("ok", "failed")
            check(f"D10 {name}: refused, killed or done", refused or done, answer)
            check(f"D10 {name}: within its limit", took < 5, f"{took:.1f} s")
            slow.append((took, name))
            check(f"D10 {name}: a problem says what it is", not refused or code_of(answer) in ("invalid", "exhausted", "unavailable", "corrupt"), answer)
            check(f"D10 {name}: the server lives", mesh.process.poll() is None)
    print(f"bombs: {len(BOMBS)}, the server grew by {watch.growth / MIB:.1f} MiB of {watch.base / MIB:.0f}, "
          f"another session waited at most {1000 * slowest:.0f} ms")
    print("bombs: the longest: " + ", ".join(f"{name} {took:.1f} s" for took, name in sorted(slow, reverse=True)[:4]))
    check("D10: another session is not held up", slowest < 2, slowest)
    check("D10: the server does not grow", watch.below(48 * MIB), watch.growth)
    left = mesh.in_seats()
    check("D12: a killed query leaves no spilled file", left == [], left)


def greedy(mesh, check):
    """All that one principal may run at once, and more, is not all there is."""
    sql = "select count(*) from range(100000000) a, range(100000000) b where a.range < b.range"
    answers = []
    many = [threading.Thread(target=lambda: answers.append(mesh.sql("ann", sql, seconds_max=4))) for _ in range(12)]
    for each in many:
        each.start()
    time.sleep(1)
    start = time.monotonic()
    other = mesh.sql("bert", "select 42")
    waited = time.monotonic() - start
    for each in many:
        each.join()
    check("D10: one principal does not take all workers", other.status == 200 and waited < 1.5, f"{waited:.1f} s, {other}")
    check("D10: what is too much for one is refused as such", sum(a.status == 429 for a in answers) == 12, answers[:3])
    check("D10: and in words", all(code_of(a) == "exhausted" for a in answers), answers[:3])


def slow_reader(mesh, check):
    mesh.token("ann")
    sql = '{"sql":"select range, repeat(\'x\', 1000) as x from range(10000000)"}'
    read = 0
    with Watch(mesh) as watch, socket.create_connection(address(mesh)) as connection:
        connection.sendall((f"POST /api/v1/sql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {mesh.token('ann')}\r\n"
                            f"content-type: application/json\r\ncontent-length: {len(sql)}\r\n\r\n{sql}").encode())
        connection.settimeout(5)
        until = time.monotonic() + 4
        first = b""
        while time.monotonic() < until:
            piece = connection.recv(65536)
            first = first or piece[:400]
            read += len(piece)
            time.sleep(0.02)
        check("D13: somebody else is served meanwhile", mesh.rows("bert", "select 42") == [[42]])
        running = mesh.call("ann", "GET", "/api/v1/queries").json()["items"]
        check("D13: it still runs", len(running) == 1, (running, first))
    print(f"slow reader of 10 GB: read {read / MIB:.1f} MiB, the server grew by {watch.growth / MIB:.1f} MiB")
    check("D13: the server's memory is bounded", watch.below(24 * MIB), watch.growth)
    for _ in range(100):
        if not mesh.call("ann", "GET", "/api/v1/queries").json()["items"]:
            break
        time.sleep(0.02)
    check("D13: a reader that leaves ends its query", mesh.call("ann", "GET", "/api/v1/queries").json()["items"] == [])


def reuse(mesh, check):
    """One worker serves ann, then bert: nothing of hers is left in it."""
    check("D16: ann reads", mesh.rows("ann", "select count(*) from audience.plays") == [[100]])
    first = workers(mesh)
    check("D16: bert reads", mesh.rows("bert", "select count(*) from ads.spend") == [[100]])
    check("D16: it is the same worker", workers(mesh) == first and len(first) == 1, (first, workers(mesh)))
    tries = ["prepare p as select 42", "execute p", "set variable v = 42", "select getvariable('v')", "create temp table t as select 42",
             "create macro m() as 42", "select m()", "set search_path = 'x'", "attach ':memory:' as a", "begin", "commit", "use audience",
             "declare c cursor for select 1", "pragma enable_profiling", "from t", "from temp.main.t", "from memory.main.t", "from main.t",
             "select * from \"0.parquet\"", "select * from '*.parquet'", "from ads.spend union all by name select * from t"]
    for sql in tries:
        for who in ("ann", "bert"):
            answer = mesh.sql(who, sql)
            check(f"D16: {who}: {sql}", answer.status in (400, 403) or (WITHOUT == "allow_list" and answer.json()["rows"] == [[None]]), answer)
    left_behind(mesh, check)
    check("D16: parameters are one's own", mesh.rows("ann", "select $1", parameters=["secret of ann"]) == [["secret of ann"]])
    check("D16: and not of the one before", mesh.sql("bert", "select $1").status == 400)
    check("D16: two connections in turn", all(mesh.rows(who, f"select count(*) from {table}") == [[100]]
                                              for who, table in (("ann", "audience.plays"), ("bert", "ads.spend")) * 10))
    seen = mesh.rows("bert", "select distinct table_schema from information_schema.tables order by 1")
    check("D16: the catalog is what bert may know", seen == [["ads"], ["audience"], ["finance"]], seen)
    # A query that was killed in the middle, with something spilled, and the next one of somebody else.
    mesh.sql("ann", "select max(a) from (select range::varchar || repeat('z', 90) as a from range(20000000) order by hash(range))",
             seconds_max=1)
    check("D12: bert after a killed query of ann", mesh.rows("bert", "select count(*) from ads.spend") == [[100]])
    # The seat is emptied behind the answer, before anybody else sits down in it.
    for _ in range(500):
        left = mesh.in_seats()
        if not left:
            break
        time.sleep(0.02)
    check("D12: nothing is left", left == [], left)
    modes = [oct(os.stat(os.path.join(at, f)).st_mode & 0o777) for at, _, files in os.walk(os.path.join(mesh.data, "objects"))
             for f in files if f.endswith(".parquet")]
    check("published files are read-only", modes and set(modes) == {"0o444"}, modes[:3])


def left_behind(mesh, check):
    """What a statement can switch on in the engine, should it get there, tells the next principal nothing."""
    for sql in ("select * from enable_logging('QueryLog')", "select * from enable_logging(level = 'debug')", "select * from enable_profiling()",
                "select write_log('word of ann')"):
        mesh.sql("ann", sql)
        mesh.sql("ann", "select 'word of ann'")
        for look in ("duckdb_logs()", "duckdb_log_contexts()", "duckdb_prepared_statements()", "duckdb_variables()", "duckdb_settings()",
                     "duckdb_temporary_files()", "duckdb_external_file_cache()", "duckdb_databases()", "duckdb_views()", "duckdb_columns()",
                     "read_blob('spill/**')", "read_blob('in/**')"):
            answer = mesh.sql("bert", f"select * from {look}")
            check(f"D16: bert sees nothing of ann in {look} after {sql}", b"word of ann" not in answer.body, answer)
