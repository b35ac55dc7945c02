/**
 * What a context brings to a transaction: lists of the queries that lock, load and write its own
 * rows. The unit of work adds what every context needs, and runs them.
 */
import type { BatchChanges } from "@holdfast/core/engine"
import type * as DateTime from "effect/DateTime"
import type { Query, Row } from "../connection/Query.ts"

/** The rows of several queries, in order. */
export type Rows = ReadonlyArray<ReadonlyArray<Row>>

/** Queries, and how their rows become a value. */
export interface RoundTrip<A> {
  readonly queries: ReadonlyArray<Query>
  readonly read: (results: Rows) => A
}

/** How a context sheds commands that want locks of others. */
export interface Shedding<Scope, Locked, Obstacle> {
  /** Waits for the obstacle, locks what is free, and returns what others hold. */
  readonly lockWhatIsFree: (
    scope: Scope,
    waitFor: Obstacle | undefined,
    lockMillisMax: number
  ) => RoundTrip<Locked>
  readonly isAnyLocked: (locked: Locked) => boolean
}

/** The statements of one context, over the tables of one schema. */
export interface BatchStatements<
  Scope extends { readonly batchId: string },
  Loaded extends { readonly now: DateTime.Utc },
  Changes extends BatchChanges,
  Locked,
  Obstacle
> {
  /** Locks in key order. With `lockMillisMax`, fails at a lock that others hold for longer. */
  readonly lock: (scope: Scope, lockMillisMax: number | undefined) => ReadonlyArray<Query>
  /** Loads what is locked; reads the clock, or takes the given instant in its place. */
  readonly load: (scope: Scope, nowMillis: number | null) => RoundTrip<Loaded>
  /** Writes the rows of the context. Parents come before their children. */
  readonly write: (changes: Changes, nowMillis: number) => ReadonlyArray<Query>
  /** Which events are found by the index of runs; all of them unless given. */
  readonly opensRun?: (changes: Changes, nowMillis: number) => ReadonlyArray<boolean>
  /** The JSON text of the payload of each event; as `JSON.stringify` writes it unless given. */
  readonly payloadsOf?: (events: Changes["events"]) => ReadonlyArray<string>
  /** A context without it waits for all locks. */
  readonly shedding?: Shedding<Scope, Locked, Obstacle>
}
