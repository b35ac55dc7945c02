/** Every benchmark, in the order in which they run. */
import type { Benchmark } from "../Bench.ts"
import { audit } from "./audit/audit.ts"
import { auditGrowth } from "./audit/auditGrowth.ts"
import { backlog } from "./backlog.ts"
import { catalog } from "./catalog/catalog.ts"
import { catalogGrowth } from "./catalog/catalogGrowth.ts"
import { catalogImport } from "./catalog/catalogImport.ts"
import { core } from "./core.ts"
import { access } from "./doors/access.ts"
import { doorsBenchmark } from "./doors/doors.ts"
import { graphql } from "./doors/graphql.ts"
import { grpc } from "./doors/grpc.ts"
import { http } from "./doors/http.ts"
import { everyday } from "./everyday.ts"
import { hot } from "./hot.ts"
import { kafka } from "./kafka.ts"
import { large } from "./large.ts"
import { memory } from "./memory.ts"
import { observability } from "./observing/observability.ts"
import { caching } from "./reads/caching.ts"
import { redis } from "./reads/redis.ts"
import { replicas } from "./reads/replicas.ts"
import { relay } from "./relay.ts"
import { single } from "./single.ts"
import { spread } from "./spread.ts"

/** All benchmarks; those that take long run only when they are asked for. */
export const benchmarks: ReadonlyArray<Benchmark> = [
  core,
  hot,
  spread,
  everyday,
  single,
  http,
  doorsBenchmark,
  graphql,
  grpc,
  access,
  memory,
  observability,
  kafka,
  audit,
  relay,
  backlog,
  redis,
  caching,
  catalog,
  catalogImport,
  replicas,
  large,
  catalogGrowth,
  auditGrowth
]
