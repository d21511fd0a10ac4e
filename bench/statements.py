"""What the benchmark asks: tables like TPC-H's, made from row numbers alone, and statements over them. {name} stands for a
table, {scale} for the factor, {i} for the number of the round."""


def pick(seed, words):
    """One of the words, by the hash of the row's number."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"[{listed}][1 + (hash(n * 31 + {seed}) % {len(words)})::INTEGER]"


def number(seed, low, high):
    return f"({low} + (hash(n * 37 + {seed}) % {high - low + 1})::BIGINT)"


def rows(count):
    return f"(SELECT range AS n FROM range(({count} * {{scale}})::BIGINT))"


DAY = "DATE '1992-01-01' + "
SEGMENTS = ["AUTOMOBILE", "BUILDING", "FURNITURE", "MACHINERY", "HOUSEHOLD"]
PRIORITIES = ["1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"]
MODES = ["REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"]
KINDS = ["PROMO BURNISHED", "SMALL PLATED", "MEDIUM POLISHED", "ECONOMY ANODIZED", "STANDARD BRUSHED"]

# name: the SELECT that makes it
TABLES = {
    "region": ("SELECT n AS r_regionkey, ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'][n + 1] AS r_name "
               "FROM (SELECT range AS n FROM range(5))"),
    "nation": ("SELECT n AS n_nationkey, 'NATION ' || n AS n_name, n % 5 AS n_regionkey FROM (SELECT range AS n FROM range(25))"),
    "supplier": (f"SELECT n AS s_suppkey, 'Supplier ' || n AS s_name, {number(1, 0, 24)} AS s_nationkey, "
                 f"({number(2, -99999, 999999)} / 100)::DECIMAL(15,2) AS s_acctbal FROM {rows(10_000)}"),
    "customer": (f"SELECT n AS c_custkey, 'Customer ' || n AS c_name, {number(3, 0, 24)} AS c_nationkey, "
                 f"{pick(4, SEGMENTS)} AS c_mktsegment, ({number(5, -99999, 999999)} / 100)::DECIMAL(15,2) AS c_acctbal "
                 f"FROM {rows(150_000)}"),
    "part": (f"SELECT n AS p_partkey, 'part ' || n AS p_name, {pick(6, KINDS)} AS p_type, 'Brand#' || {number(7, 11, 55)} AS p_brand, "
             f"{number(8, 1, 50)}::INTEGER AS p_size FROM {rows(200_000)}"),
    "orders": (f"SELECT n AS o_orderkey, floor({number(9, 0, 149_999)} * {{scale}})::BIGINT AS o_custkey, "
               f"{DAY}{number(10, 0, 2405)}::INTEGER AS o_orderdate, {pick(11, PRIORITIES)} AS o_orderpriority, "
               f"({number(12, 100_000, 40_000_000)} / 100)::DECIMAL(15,2) AS o_totalprice FROM {rows(1_500_000)}"),
    "lineitem": (f"SELECT n // 4 AS l_orderkey, floor({number(13, 0, 199_999)} * {{scale}})::BIGINT AS l_partkey, "
                 f"floor({number(14, 0, 9_999)} * {{scale}})::BIGINT AS l_suppkey, (n % 4)::INTEGER AS l_linenumber, "
                 f"{number(15, 1, 50)}::DECIMAL(15,2) AS l_quantity, ({number(16, 90_000, 10_000_000)} / 100)::DECIMAL(15,2) AS l_extendedprice, "
                 f"({number(17, 0, 10)} / 100)::DECIMAL(15,2) AS l_discount, ({number(18, 0, 8)} / 100)::DECIMAL(15,2) AS l_tax, "
                 f"{pick(19, ['A', 'N', 'R'])} AS l_returnflag, {pick(20, ['O', 'F'])} AS l_linestatus, "
                 f"{DAY}{number(21, 0, 2500)}::INTEGER AS l_shipdate, {DAY}{number(22, 0, 2500)}::INTEGER AS l_commitdate, "
                 f"{DAY}{number(23, 0, 2500)}::INTEGER AS l_receiptdate, {pick(24, MODES)} AS l_shipmode FROM {rows(6_000_000)}"),
    "million": (f"SELECT n AS id, 'name of ' || n AS name, {number(25, 0, 1_000_000)} AS amount, {DAY}{number(26, 0, 2500)}::INTEGER AS day, "
                f"({number(27, 0, 1_000_000)} / 100)::DECIMAL(15,2) AS price, {number(28, 0, 1_000_000)} / 7.0 AS share "
                "FROM (SELECT range AS n FROM range(1_000_000))"),
    "small": (f"SELECT n AS id, 'n' || n AS name, n % 17 AS g, {DAY}(n % 300)::INTEGER AS day FROM (SELECT range AS n FROM range(10_000))"),
}

SMALL = "SELECT g, count(*), max(name) FROM {small} WHERE id > {i} % 1000 GROUP BY g ORDER BY g"

TPCH = {
    "Q1": """SELECT l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice), sum(l_extendedprice * (1 - l_discount)),
             sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)), count(*) FROM {lineitem}
             WHERE l_shipdate <= DATE '1998-09-02' GROUP BY 1, 2 ORDER BY 1, 2""",
    "Q3": """SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate
             FROM {customer} JOIN {orders} ON c_custkey = o_custkey JOIN {lineitem} ON l_orderkey = o_orderkey
             WHERE c_mktsegment = 'BUILDING' AND o_orderdate < DATE '1995-03-15' AND l_shipdate > DATE '1995-03-15'
             GROUP BY l_orderkey, o_orderdate ORDER BY revenue DESC, o_orderdate, l_orderkey LIMIT 10""",
    "Q4": """SELECT o_orderpriority, count(*) FROM {orders} WHERE o_orderdate >= DATE '1993-07-01' AND o_orderdate < DATE '1993-10-01'
             AND EXISTS (SELECT 1 FROM {lineitem} WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate)
             GROUP BY o_orderpriority ORDER BY o_orderpriority""",
    "Q5": """SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue
             FROM {customer} JOIN {orders} ON c_custkey = o_custkey JOIN {lineitem} ON l_orderkey = o_orderkey
             JOIN {supplier} ON l_suppkey = s_suppkey AND c_nationkey = s_nationkey JOIN {nation} ON s_nationkey = n_nationkey
             JOIN {region} ON n_regionkey = r_regionkey
             WHERE r_name = 'ASIA' AND o_orderdate >= DATE '1994-01-01' AND o_orderdate < DATE '1995-01-01'
             GROUP BY n_name ORDER BY revenue DESC""",
    "Q6": """SELECT sum(l_extendedprice * l_discount) FROM {lineitem} WHERE l_shipdate >= DATE '1994-01-01'
             AND l_shipdate < DATE '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24""",
    "Q10": """SELECT c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) AS revenue, c_acctbal, n_name
              FROM {customer} JOIN {orders} ON c_custkey = o_custkey JOIN {lineitem} ON l_orderkey = o_orderkey
              JOIN {nation} ON c_nationkey = n_nationkey
              WHERE o_orderdate >= DATE '1993-10-01' AND o_orderdate < DATE '1994-01-01' AND l_returnflag = 'R'
              GROUP BY c_custkey, c_name, c_acctbal, n_name ORDER BY revenue DESC, c_custkey LIMIT 20""",
    "Q12": """SELECT l_shipmode, sum(CASE WHEN o_orderpriority IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END),
              sum(CASE WHEN o_orderpriority NOT IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END)
              FROM {orders} JOIN {lineitem} ON o_orderkey = l_orderkey
              WHERE l_shipmode IN ('MAIL', 'SHIP') AND l_commitdate < l_receiptdate AND l_shipdate < l_commitdate
              AND l_receiptdate >= DATE '1994-01-01' AND l_receiptdate < DATE '1995-01-01' GROUP BY l_shipmode ORDER BY l_shipmode""",
    "Q14": """SELECT sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END), sum(l_extendedprice * (1 - l_discount))
              FROM {lineitem} JOIN {part} ON l_partkey = p_partkey
              WHERE l_shipdate >= DATE '1995-09-01' AND l_shipdate < DATE '1995-10-01'""",
    "Q18": """SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity)
              FROM {customer} JOIN {orders} ON c_custkey = o_custkey JOIN {lineitem} ON o_orderkey = l_orderkey
              WHERE o_orderkey IN (SELECT l_orderkey FROM {lineitem} GROUP BY l_orderkey HAVING sum(l_quantity) > 180)
              GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice ORDER BY o_totalprice DESC, o_orderdate, o_orderkey LIMIT 100""",
    "Q19": """SELECT sum(l_extendedprice * (1 - l_discount)) FROM {lineitem} JOIN {part} ON p_partkey = l_partkey
              WHERE (p_brand = 'Brand#12' AND l_quantity BETWEEN 1 AND 11 AND p_size BETWEEN 1 AND 5)
              OR (p_brand = 'Brand#23' AND l_quantity BETWEEN 10 AND 20 AND p_size BETWEEN 1 AND 10)""",
    "ten thousand rows": "SELECT l_orderkey, l_linenumber, l_extendedprice, l_shipdate FROM {lineitem} WHERE l_orderkey < 2500 ORDER BY 1, 2",
}

FLIGHTS = {
    "flights counted": "SELECT count(*), min(distance), max(distance) FROM {flights}",
    "flights by hour": "SELECT hour(date) AS hour, count(*), max(delay) FROM {flights} GROUP BY 1 ORDER BY 1",
    "late flights": "SELECT delay, count(*) FROM {flights} WHERE delay > 60 GROUP BY delay ORDER BY delay",
    "far flights": "SELECT origin, destination, count(*), max(distance) FROM {flights} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
}

# Products made of products: a wide copy with new columns, a join, an aggregate.
DERIVED = {
    "priced": """SELECT l_orderkey, l_linenumber, l_shipdate, l_shipmode, l_quantity, l_extendedprice, l_discount,
                 l_extendedprice * (1 - l_discount)::DOUBLE AS net FROM {lineitem} WHERE l_linenumber < 3""",
    "joined": """SELECT o_orderkey, o_orderdate, o_orderpriority, o_totalprice, c_name, c_mktsegment, n_name
                 FROM {orders} JOIN {customer} ON c_custkey = o_custkey JOIN {nation} ON n_nationkey = c_nationkey""",
    "monthly": """SELECT date_trunc('month', l_shipdate)::DATE AS month, l_partkey, count(*) AS lines, sum(l_quantity)::DOUBLE AS quantity
                  FROM {lineitem} GROUP BY ALL""",
}
