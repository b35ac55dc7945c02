/** The contenders that the benchmarks of reservations have in common. */
import * as Effect from "effect/Effect"
import type { Bench } from "../Bench.ts"
import type { Contender, Medians } from "../Contender.ts"
import type { Aim, Row } from "../Report.ts"
import { pgbenchContender } from "../yardsticks/pgbench.ts"
import { reserveScript, type SchemaName, type Skus } from "../yardsticks/reserveStatement.ts"

/** A hand-written reservation by pgbench. */
export interface HandWritten {
  readonly name: string
  readonly database: string
  readonly schema: SchemaName
  readonly skus: Skus
  readonly clients: number
  readonly withLatency?: boolean
}

/** The hand-written reservations, each on a database of its own; none when pgbench is missing. */
export const handWritten = (
  { databases, pgbench }: Bench,
  all: ReadonlyArray<HandWritten>
): Effect.Effect<ReadonlyArray<Contender>> =>
  pgbench === undefined
    ? Effect.succeed([])
    : Effect.flatMap(databases, ({ copy }) =>
        Effect.forEach(all, ({ database, name, schema, skus, ...how }) =>
          Effect.map(copy(database), (url) =>
            pgbenchContender({ ...how, name, pgbench, url, script: reserveScript(schema, skus) })
          )
        )
      )

/** The clients that pgbench is run with. */
export const clientCounts = [1, 8, 32, 64]

/** The hand-written reservation by every number of clients, and on bare tables by 32. */
export const handWrittenAll = (kind: string, skus: Skus): ReadonlyArray<HandWritten> => [
  ...clientCounts.map((clients) => ({
    name: `pgbench, ${clients} ${clients === 1 ? "client" : "clients"}`,
    database: `${kind}_pgbench_${clients}`,
    schema: "inventory" as const,
    skus,
    clients
  })),
  {
    name: "pgbench, 32 clients, bare tables",
    database: `${kind}_pgbench_bare`,
    schema: "bare",
    skus,
    clients: 32
  }
]

/** How many times faster the first is than the second; undefined when one was not measured. */
export const timesFaster = (medians: Medians, one: string, other: string): number | undefined => {
  const above = medians.get(one)
  const below = medians.get(other)
  return above === undefined || below === undefined ? undefined : above.perSecond / below.perSecond
}

/** The table of a race, with how many times as fast as each of the others the first one is. */
export const rowsAgainst = (medians: Medians, first: string): ReadonlyArray<Row> =>
  withRatios(medians, (name) => (name === first ? undefined : timesFaster(medians, first, name)))

/** The table of a race, with how fast each is as a share of the one that sets the measure. */
export const rowsOfShares = (medians: Medians, measure: string): ReadonlyArray<Row> =>
  withRatios(medians, (name) =>
    name === measure ? undefined : timesFaster(medians, name, measure)
  )

const withRatios = (medians: Medians, ratioOf: (name: string) => number | undefined) =>
  [...medians].map(([name, sample]): Row => {
    const ratio = ratioOf(name)
    return { name, ...sample, ...(ratio === undefined ? {} : { ratio }) }
  })

/** An aim at how many times faster one contender is than another. */
export const aimAt = (
  medians: Medians,
  [one, other]: readonly [string, string],
  what: string,
  atLeast: number
): Aim => ({ what, unit: "×", bound: { atLeast }, measured: timesFaster(medians, one, other) })
