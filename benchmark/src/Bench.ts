/** What every benchmark is given, and what it looks like. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { RaceOptions } from "./Contender.ts"
import type { CatalogSize } from "./catalog/catalogDatabase.ts"
import type { Databases } from "./database.ts"
import type { Report } from "./Report.ts"
import type { LargeSize } from "./yardsticks/largeDatabase.ts"

/** How much is measured, on what. */
export interface Bench {
  readonly race: RaceOptions
  /** The PostgreSQL server and its prepared database; made at the first use. */
  readonly databases: Effect.Effect<Databases>
  /** The path of pgbench, if the machine has it. */
  readonly pgbench: string | undefined
  /** What the large database holds. */
  readonly large: LargeSize
  /** How many records the grown audit log has, 10,000 or more. */
  readonly auditGrown: number
  /** How many products the catalogs hold. */
  readonly catalog: CatalogSize
}

/** A benchmark by name. */
export interface Benchmark {
  readonly name: string
  /** Whether it takes so long that it runs only when it is asked for. */
  readonly onlyWhenAsked?: boolean
  readonly run: (bench: Bench) => Effect.Effect<Report, never, Scope.Scope>
}
