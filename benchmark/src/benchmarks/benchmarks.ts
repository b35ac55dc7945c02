/** Every benchmark, in the order in which they run. */
import type { Benchmark } from "../Bench.ts"
import { backlog } from "./backlog.ts"
import { catalog } from "./catalog/catalog.ts"
import { catalogGrowth } from "./catalog/catalogGrowth.ts"
import { catalogImport } from "./catalog/catalogImport.ts"
import { core } from "./core.ts"
import { grpc } from "./grpc.ts"
import { hot } from "./hot.ts"
import { http } from "./http.ts"
import { kafka } from "./kafka.ts"
import { large } from "./large.ts"
import { memory } from "./memory.ts"
import { relay } from "./relay.ts"
import { single } from "./single.ts"
import { spread } from "./spread.ts"

/** All benchmarks; those that take long run only when they are asked for. */
export const benchmarks: ReadonlyArray<Benchmark> = [
  core,
  hot,
  spread,
  single,
  http,
  grpc,
  memory,
  kafka,
  relay,
  backlog,
  catalog,
  catalogImport,
  large,
  catalogGrowth
]
