"""The floors, each named once. Ratios are shares of the limit's speed, but for the two costs."""

BATCH = 0.4  # of the raw two-core verify rate, over HTTP
POSTS = 0.2  # of the empty POST rate, 16 clients
POSTS_P99_MS = 60.0
AWAY = 0.9  # of the batch rate where nobody outside is named: what one run holds to
VERIFY = 0.65  # of the raw verify rate
WHOLE_BATCH = 1.3  # times the cost of a batch at the smaller size, at most
TRANSACTION = 2.0  # the same for the transaction alone
MEMORY_SLACK = 64 * 2**20  # bytes: growth at most, for the server beside its page cache
PROJECTOR = 1.0  # of the batch endpoint's rate
DRAIN_S = 30.0  # until a burst is projected
QUERY_P95_MS = 50.0
FINDINGS = 5_000  # entries a second through all rules and clocks, in bulk
RULES_TRANSACTION = 1.05  # times the cost of the transaction without any rule, at most
TRACE_P95_MS = 50.0
TRACE_FLAT = 1.3  # times the median of a trace at the smaller size, at most
