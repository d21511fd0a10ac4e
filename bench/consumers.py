"""Many consumers of one product: how long the announcement of its end takes, until everybody's notice is on disk."""

import asyncio
import os
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(ROOT, "test", "lib")]
from mesh import Mesh, product, team  # noqa: E402

BATCH = 1000
ROUNDS = 3
NOTIFIED = 2000  # of them have a channel


class Sink:
    """Takes webhooks over connections that stay, and notes when each came."""

    def __init__(self):
        self.times, ready = [], threading.Event()
        sink = self

        class Taker(asyncio.Protocol):
            def connection_made(self, transport):
                self.transport, self.have = transport, b""

            def data_received(self, data):
                self.have += data
                while (end := self.have.find(b"\r\n\r\n")) >= 0:
                    head = self.have[:end].lower()
                    whole = end + 4 + int(head.split(b"content-length:")[1].split(b"\r\n")[0])
                    if len(self.have) < whole:
                        return
                    self.have = self.have[whole:]
                    sink.times.append(time.time())
                    self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")

        async def serve():
            server = await asyncio.get_running_loop().create_server(Taker, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await server.serve_forever()

        threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
        ready.wait()


def notices(mesh, results, names, until, load):
    """From the announcement until the last of those who have a channel was told."""
    sink = Sink()
    for name in names:
        made = mesh.call(name, "POST", "/api/v1/channels", {"name": "hook", "kind": "webhook", "address": f"http://127.0.0.1:{sink.port}/"})
        assert made.status == 200, made
    rates = []
    for _ in range(ROUNDS):
        sink.times.clear()
        answer = mesh.call("petra", "POST", "/api/v1/deprecations", {"port": "shop/sales@1", "until": until, "why": "bench"})
        assert answer.status == 200, answer
        while len(sink.times) < len(names):
            time.sleep(0.01)
        rates.append(len(names) / (sink.times[-1] - sink.times[0]))
        assert mesh.call("petra", "DELETE", "/api/v1/deprecations/shop/sales@1").status == 200
        while len(sink.times) < 2 * len(names):
            time.sleep(0.01)
    rates.sort()
    results.add(f"notices to {len(names)} webhooks of a local sink", f"{rates[ROUNDS // 2]:.0f} a second", rates[ROUNDS // 2] >= 1000,
                f"signed, each marked on disk; {rates[0]:.0f} to {rates[-1]:.0f}; goal 1,000 a second; {load()}")


def run(results, consumers, load):
    """Consumers are users with a grant each, as many as asked for; goal: the audience in 1 s, 1,000 notices a second."""
    with Mesh(config="outbound_networks: [127.0.0.1]\n") as mesh:
        for name in ("petra", "stella"):
            mesh.user(name)
        mesh.apply("admin", team("sellers", ["petra"], "shop", ["stella"], "restricted"))
        mesh.apply("petra", product("shop", "sales", "sales", [("id", "integer", "bigint", True)]))
        names = [f"consumer{number}" for number in range(consumers)]
        for name in names:
            mesh.user(name)
        for first in range(0, consumers, BATCH):
            mesh.apply("stella", "---\n".join(
                f"apiVersion: hansa/v1\nkind: Access\ninfo: {{purpose: bench}}\nprovider: {{port: shop/sales}}\nconsumer: {{user: {name}}}\n"
                for name in names[first:first + BATCH]))
        took, status = [], []
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400 * 90))
        for _ in range(ROUNDS):
            began = time.time()
            answer = mesh.call("petra", "POST", "/api/v1/deprecations", {"port": "shop/sales@1", "until": until, "why": "bench"})
            took.append(time.time() - began)
            assert answer.status == 200 and answer.json()["told"] == consumers, answer
            began = time.time()
            mesh.call("petra", "GET", "/api/v1/deprecations/shop/sales@1")
            status.append(time.time() - began)
            assert mesh.call("petra", "DELETE", "/api/v1/deprecations/shop/sales@1").status == 200
        took.sort()
        status.sort()
        results.add(f"announcing the end of a version to {consumers} consumers", f"{took[ROUNDS // 2]:.2f} s", took[ROUNDS // 2] <= 1,
                    f"{consumers / took[ROUNDS // 2]:.0f} notices a second on disk, {took[0]:.2f} to {took[-1]:.2f} s; their ledger in "
                    f"{status[ROUNDS // 2]:.2f} s; goal 1 s, and 1,000 notices a second; {load()}")
        notices(mesh, results, names[:NOTIFIED], until, load)


# Statements whose shapes differ, each with a filter, an order or a join of its own.
SHAPES = ["select {c} from shop.sales where id > {n}", "select {c}, count(*) as n from shop.sales group by {c} having n > {n}",
          "select a.{c} from shop.sales a join shop.sales b on a.id = b.id where b.{c} <> {n}", "select max({c}) as most from shop.sales where {c} < {n}"]


def replayed(results, queries, readers, load):
    """So many recorded statements of several readers, bound on the next version; goal: 5 s."""
    columns = [("id", "integer", "bigint", True)] + [(f"c{number}", "integer", "bigint", False) for number in range(queries // len(SHAPES))]
    with Mesh() as mesh:
        mesh.user("petra")
        names = [f"reader{number}" for number in range(readers)]
        for name in names:
            mesh.user(name)
        mesh.apply("admin", team("sellers", ["petra"], "shop"))
        first, later = (product("shop", "sales", "sales", columns, account="shop-prod", version=version) for version in ("1.0.0", "2.0.0"))
        both = "contractId: shop-sales-v1}\n  - {name: sales, version: 2.0.0, type: table, contractId: shop-sales-v2}\n"
        mesh.apply("petra", first.replace("contractId: shop-sales-v1}\n", both) + "---\n" + later.split("---\n", 1)[1])
        file = mesh.parquet("select range::bigint as id" + "".join(f", range + {n} as {name}" for n, (name, *_) in enumerate(columns[1:])) + " from range(1000)", "sales.parquet")
        for version in (1, 2):
            assert mesh.publish("petra", f"shop/sales@{version}", file).status == 200
        asked = [shape.format(c=name, n=n) for n, (name, *_) in enumerate(columns[1:]) for shape in SHAPES]
        for number, sql in enumerate(asked):
            assert mesh.sql(names[number % readers], sql).status == 200, sql
        ask, took = {"port": "shop/sales@1", "on": "shop/sales@2"}, []
        mesh.call("petra", "POST", "/api/v1/replays", ask)  # the records of the last reads reach the disk meanwhile
        for _ in range(ROUNDS):
            began = time.time()
            answer = mesh.call("petra", "POST", "/api/v1/replays", ask).json()
            took.append(time.time() - began)
            assert answer["binds"] == len(asked), {k: v for k, v in answer.items() if k != "queries"}
        took.sort()
        results.add(f"replaying {len(asked)} recorded queries, bound only", f"{took[ROUNDS // 2]:.2f} s", took[ROUNDS // 2] <= 5,
                    f"of {readers} readers, each with its rewrite bound besides, {took[0]:.2f} to {took[-1]:.2f} s; goal 5 s; {load()}")
