/** Measures a database for those who watch it: sizes, and what its sessions do. It changes nothing. */
import * as PgPool from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import type { Query, Row } from "../../connection/Query.ts"
import { runQueries } from "../../connection/Session.ts"
import { toStoreError } from "../../connection/SqlFailure.ts"
import { checkedSchemaName, type MigrationError } from "../schemaName.ts"
import { measureServer } from "../statements/measureServer.ts"
import { measureSize } from "../statements/measureSize.ts"

/** What a database server does. */
export interface ServerMeasures {
  /** Bytes of WAL since the server was made. */
  readonly walBytes: number
  /** Sessions of clients by what they do, such as `idle in transaction`; `hidden` where this user may not see it. */
  readonly sessions: ReadonlyMap<string, number>
}

const firstOf = (query: Query): Effect.Effect<Row | undefined, StoreError, PgPool.PgPool> =>
  Effect.flatMap(PgPool.PgPool, (pool) =>
    Effect.map(Effect.mapError(runQueries(pool)([query]), toStoreError), ([rows = []]) => rows[0])
  )

/** Measures the server. Fails when it is unreachable. */
export const measureDatabase: Effect.Effect<ServerMeasures, StoreError, PgPool.PgPool> = Effect.map(
  firstOf(measureServer),
  (row) => {
    const sessions = new Map<string, number>()
    for (const state of (row?.["states"] as ReadonlyArray<string> | undefined) ?? []) {
      sessions.set(state, (sessions.get(state) ?? 0) + 1)
    }
    return { walBytes: (row?.["wal_bytes"] as number | undefined) ?? 0, sessions }
  }
)

/** What the tables of a schema take on disk with their indexes, in bytes. */
export const measureSchema = (
  schemaName: string
): Effect.Effect<number, MigrationError | StoreError, PgPool.PgPool> =>
  Effect.flatMap(checkedSchemaName(schemaName), (schema) =>
    Effect.map(firstOf(measureSize(schema)), (row) => (row?.["bytes"] as number | undefined) ?? 0)
  )
