"""Many consumers of one product: how long the announcement of its end takes, until everybody's notice is on disk."""

import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(ROOT, "test", "lib")]
from mesh import Mesh, product, team  # noqa: E402

BATCH = 1000
ROUNDS = 3


def run(results, consumers, load):
    """Consumers are users with a grant each, as many as asked for; goal: the audience in 1 s, 1,000 notices a second."""
    with Mesh() as mesh:
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
