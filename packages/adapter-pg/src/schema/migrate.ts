/**
 * Brings a schema up to date: every missing migration in order, all in one transaction, under a
 * lock, so that servers which start together do not race. A landed migration whose text changed,
 * or a schema newer than this version, is a refusal and changes nothing.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"
import { query } from "../connection/Query.ts"
import { type Session, withSession } from "../connection/Session.ts"
import { isForeignSchema, toStoreError } from "../connection/SqlFailure.ts"
import { begin, commit } from "../transaction/batchTrips.ts"
import type { ContextTables, Migration } from "./ContextTables.ts"
import { ensurePartitionsOf } from "./partitions.ts"
import { checkedSchemaName, MigrationError } from "./schemaName.ts"
import { beginMigration, recordMigration } from "./statements/changeSchema.ts"
import { diagnoseMigrations } from "./statements/diagnoseMigrations.ts"

const checksumOf = (statements: ReadonlyArray<string>): string => {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(statements.join(""))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return hash.toString(16).padStart(16, "0")
}

/** Why this version cannot use a schema with these migrations (id to checksum), or undefined. */
export const refusalOf = (
  migrations: ReadonlyArray<Migration>,
  applied: ReadonlyMap<number, string>,
  schema: string
): MigrationError | undefined => {
  const newest = migrations.at(-1)?.id ?? 0
  for (const [id, checksum] of applied) {
    const known = migrations.find((migration) => migration.id === id)
    if (known === undefined) {
      return new MigrationError({
        reason: "Newer",
        message: `schema ${schema} has migration ${id}, this version knows up to ${newest}: upgrade Holdfast`
      })
    }
    if (checksumOf(known.statements(schema)) !== checksum) {
      return new MigrationError({
        reason: "Changed",
        message:
          `migration ${id} of schema ${schema} is not the one that was applied: the schema belongs to ` +
          "another context, so give this one a schema of its own; or if you changed the migration, restore its text"
      })
    }
  }
  return undefined
}

const apply = Effect.fnUntraced(function* (session: Session, schema: string, step: Migration) {
  const statements = step.statements(schema)
  // One at a time: a prepared statement holds one command.
  for (const statement of statements) yield* session.run([query(statement)])
  yield* session.run([recordMigration(schema, { ...step, checksum: checksumOf(statements) })])
})

/** Brings a schema up to date with migrations, whose tables need not be those of a context; what it applied. */
export const migrateSteps = Effect.fnUntraced(function* (
  migrations: ReadonlyArray<Migration>,
  schemaName: string
) {
  const schema = yield* checkedSchemaName(schemaName)
  const pool = yield* PgPool.PgPool
  const run = withSession(pool)((session) =>
    Effect.gen(function* () {
      yield* session.run(beginMigration(schema))
      const [rows = []] = yield* session.run([diagnoseMigrations(schema)])
      const applied = new Map(rows.map((row) => [row["id"] as number, row["checksum"] as string]))
      const refusal = refusalOf(migrations, applied, schema)
      if (refusal !== undefined) return yield* refusal
      const missing = migrations.filter((migration) => !applied.has(migration.id))
      for (const step of missing) yield* apply(session, schema, step)
      yield* session.run([commit])
      return missing.map(({ id, name }) => ({ id, name }))
    })
  )
  return yield* Effect.catchTag(run, "SqlFailure", (failure) =>
    Effect.fail(
      failure.kind === "Rejected" || isForeignSchema(failure.cause)
        ? new MigrationError({
            reason: "Failed",
            message: `schema ${schema} could not be brought up to date, and is unchanged: ${String(failure.cause)}`,
            cause: failure.cause
          })
        : toStoreError(failure)
    )
  )
})

/**
 * Runs the scripts of `grantInventory`, `grantCatalog` and `grantKeyUse`, all in one transaction: a
 * server that works under the role meanwhile is never without its rights.
 */
export const grantRights = Effect.fnUntraced(function* (statements: ReadonlyArray<string>) {
  const pool = yield* PgPool.PgPool
  const run = withSession(pool)((session) =>
    Effect.gen(function* () {
      yield* session.run([begin])
      // One at a time: a prepared statement holds one command.
      for (const statement of statements) yield* session.run([query(statement)])
      yield* session.run([commit])
    })
  )
  return yield* Effect.catchTag(run, "SqlFailure", (failure) =>
    Effect.fail(
      failure.kind === "Rejected"
        ? new MigrationError({
            reason: "Failed",
            message: `the rights could not be granted, and are unchanged: ${String(failure.cause)}`,
            cause: failure.cause
          })
        : toStoreError(failure)
    )
  )
})

/** Brings the schema up to date and makes the partitions that are due; what it applied and made. */
export const migrateTables = Effect.fnUntraced(function* (tables: ContextTables, schema: string) {
  const migrations = yield* migrateSteps(tables.migrations, schema)
  return { migrations, partitions: yield* ensurePartitionsOf(tables, schema) }
})
