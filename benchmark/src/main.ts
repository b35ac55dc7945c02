/**
 * `pnpm bench [name...]`: runs the named benchmarks, or all, prints their tables and writes them
 * into docs/BENCHMARKS.md. `--large` adds the large database, which takes minutes to load; `--json`
 * prints JSON instead of tables. `--quick` takes one short round, `--rounds` and `--seconds` as many
 * and as long as they say: what is not measured as usual is printed and not written.
 */
import { parseArgs } from "node:util"
import { findPgbench } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { Bench } from "./Bench.ts"
import { benchmarks } from "./benchmarks/benchmarks.ts"
import type { RaceOptions } from "./Contender.ts"
import { type Databases, makeDatabases } from "./database.ts"
import { writeReports } from "./documentation.ts"
import { describeMachine, thisMachine } from "./machine.ts"
import { type Report, toMarkdown } from "./Report.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    large: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    seconds: { type: "string" },
    rounds: { type: "string" }
  }
})

const say = (text: string) => process.stderr.write(text)
const known = benchmarks.map(({ name }) => name)
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  say(`no benchmark is named ${unknown.join(", ")}; there are ${known.join(", ")}\n`)
  process.exit(2)
}

const raceOptions: RaceOptions = {
  warmUps: 1,
  rounds: Number(values.rounds ?? (values.quick ? 1 : 5)),
  budget: { seconds: Number(values.seconds ?? (values.quick ? 1 : 3)) },
  onTurn: (contender, round) => {
    if (process.stderr.isTTY)
      say(`\r\x1b[K${round < 1 ? "warm-up" : `round ${round}`}: ${contender}`)
  }
}

const chosen = benchmarks.filter(({ name, onlyWhenAsked }) =>
  positionals.length > 0 ? positionals.includes(name) : !onlyWhenAsked || values.large
)

const run = Effect.gen(function* () {
  const scope = yield* Effect.scope
  let postgres: string | undefined
  const databases: Effect.Effect<Databases> = yield* Effect.cached(
    makeDatabases({ skuCount: 10_000, durable: true }).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.tap(({ version }) =>
        Effect.sync(() => {
          postgres = version
        })
      )
    )
  )
  const bench: Bench = {
    race: raceOptions,
    databases,
    pgbench: findPgbench(),
    large: { skus: 1_000_000, reservations: 10_000_000 },
    auditGrown: 1_000_000,
    catalog: { products: 33_000, grown: 1_000_000, cached: 100_000 }
  }
  const reports: Array<Report> = []
  for (const benchmark of chosen) {
    const report = yield* Effect.scoped(benchmark.run(bench))
    if (process.stderr.isTTY) say("\r\x1b[K")
    if (!values.json) process.stdout.write(`${toMarkdown(report)}\n\n`)
    reports.push(report)
  }
  return { reports, machine: thisMachine(postgres) }
})

const { machine, reports } = await Effect.runPromise(Effect.scoped(run))
if (values.json) process.stdout.write(`${JSON.stringify({ machine, reports }, null, 2)}\n`)
else process.stdout.write(`${describeMachine(machine)}\n`)
const isWhole = !values.quick && values.rounds === undefined && values.seconds === undefined
if (isWhole) writeReports(reports, machine)
