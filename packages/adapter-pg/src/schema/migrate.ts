/**
 * Brings a schema up to date: every missing migration in order, all in one transaction, under a
 * lock, so that servers which start together do not race. A landed migration whose text changed,
 * a schema that a newer version changed in a way that this one cannot work with, or a step that a
 * running server could not work with, is a refusal and changes nothing. A table that somebody else
 * holds is waited for shortly, again and again, so that nobody waits behind a migration.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { query, type Row } from "../connection/Query.ts"
import { type Session, withSession } from "../connection/Session.ts"
import {
  isForeignSchema,
  isLockTimeout,
  SqlFailure,
  sqlStateOf,
  toStoreError
} from "../connection/SqlFailure.ts"
import { begin, commit } from "../transaction/batchTrips.ts"
import type { ContextTables, Migration } from "./ContextTables.ts"
import { ensurePartitionsOf } from "./partitions.ts"
import { checkedSchemaName, MigrationError } from "./schemaName.ts"
import { beginMigration, noteWhoWorks, recordMigration } from "./statements/changeSchema.ts"
import { diagnoseMigrations } from "./statements/diagnoseMigrations.ts"
import { findServers, readServers } from "./statements/servers.ts"

const checksumOf = (statements: ReadonlyArray<string>): string => {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(statements.join(""))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return hash.toString(16).padStart(16, "0")
}

/** A migration that a schema has. */
export interface AppliedMigration {
  readonly id: number
  readonly name: string
  readonly checksum: string
  /** The newest migration that a server must know at least to work beside it; null when nobody knows. */
  readonly worksFrom: number | null
}

/** The migrations of a schema, from its rows. */
export const toApplied = (rows: ReadonlyArray<Row>): ReadonlyArray<AppliedMigration> =>
  rows.map((row) => ({
    id: row["id"] as number,
    name: row["name"] as string,
    checksum: row["checksum"] as string,
    worksFrom: row["works_from"] as number | null
  }))

const worksFromOf = ({ id, worksFrom = id }: Migration): number => worksFrom

/**
 * Why this version cannot use a schema with these migrations, or undefined. Those of a newer release
 * are no reason while it says that this one can work beside them.
 */
export const refusalOf = (
  migrations: ReadonlyArray<Migration>,
  applied: ReadonlyArray<AppliedMigration>,
  schema: string
): MigrationError | undefined => {
  const newest = migrations.at(-1)?.id ?? 0
  for (const { checksum, id, worksFrom } of applied) {
    const known = migrations.find((migration) => migration.id === id)
    if (known === undefined) {
      if (id > newest && worksFrom !== null && worksFrom <= newest) continue
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

/** Migrations that the schema has and this version does not know. */
export const unknownTo = (
  migrations: ReadonlyArray<Migration>,
  applied: ReadonlyArray<AppliedMigration>
): ReadonlyArray<AppliedMigration> => {
  const known = new Set(migrations.map(({ id }) => id))
  return applied.filter(({ id }) => !known.has(id))
}

const apply = Effect.fnUntraced(function* (session: Session, schema: string, step: Migration) {
  const statements = step.statements(schema)
  // One at a time: a prepared statement holds one command.
  for (const statement of statements) yield* session.run([query(statement)])
  const { id, name } = step
  const checksum = checksumOf(statements)
  yield* session.run([
    recordMigration(schema, { id, name, checksum, worksFrom: worksFromOf(step) })
  ])
})

/** Why a server that runs keeps these steps from being applied; undefined when none does. */
const hindranceOf = Effect.fnUntraced(function* (
  session: Session,
  schema: string,
  missing: ReadonlyArray<Migration>
) {
  const [[place] = []] = yield* session.run([findServers(schema)])
  if (place?.["found"] !== true) return undefined
  const [servers = []] = yield* session.run([readServers(schema)])
  for (const step of missing) {
    const older = servers.find((row) => (row["knows"] as number) < worksFromOf(step))
    if (older === undefined) continue
    return new MigrationError({
      reason: "InUse",
      message:
        `migration ${step.id} of schema ${schema} needs servers that know migration ${worksFromOf(step)}, and ` +
        `${older["name"]} of release ${older["release"]} knows them up to ${older["knows"]}: bring all servers ` +
        "to a release between the two first, or stop them (one that was killed counts for a minute)"
    })
  }
  return undefined
})

/** Between two tries to get at a table that somebody else holds. */
const tablePause = "1 second"

/** How often it is tried. */
const tableTries = 30

const tableHeld = (schema: string, failure: SqlFailure) =>
  new StoreError({
    reason: "Busy",
    message:
      `schema ${schema} is unchanged: a migration waited ${tableTries} times for a table that a long transaction ` +
      "holds (holdfast doctor says how old the oldest is); end it, and try again",
    cause: failure.cause
  })

/** Another transaction was in the way of a step. */
class TableHeld {
  readonly _tag = "TableHeld"
  readonly failure: SqlFailure
  constructor(failure: SqlFailure) {
    this.failure = failure
  }
}

const orTableHeld = (error: SqlFailure | MigrationError) =>
  error instanceof SqlFailure && (isLockTimeout(error) || sqlStateOf(error.cause) === "40P01")
    ? new TableHeld(error)
    : error

/** Brings a schema up to date with migrations, whose tables need not be those of a context; what it applied. */
export const migrateSteps = Effect.fnUntraced(function* (
  migrations: ReadonlyArray<Migration>,
  schemaName: string
) {
  const schema = yield* checkedSchemaName(schemaName)
  const pool = yield* PgPool.PgPool
  const attempt = withSession(pool)((session) =>
    Effect.gen(function* () {
      yield* session.run(beginMigration(schema))
      const [rows = []] = yield* session.run([diagnoseMigrations(schema)])
      const applied = toApplied(rows)
      const refusal = refusalOf(migrations, applied, schema)
      if (refusal !== undefined) return yield* refusal
      const ids = new Set(applied.map(({ id }) => id))
      const missing = migrations.filter(({ id }) => !ids.has(id))
      if (missing.length > 0) {
        const hindrance = yield* hindranceOf(session, schema, missing)
        if (hindrance !== undefined) return yield* hindrance
        const change = Effect.gen(function* () {
          yield* session.run([noteWhoWorks(schema)])
          for (const step of missing) yield* apply(session, schema, step)
        })
        yield* Effect.mapError(change, orTableHeld)
      }
      yield* session.run([commit])
      return missing.map(({ id, name }) => ({ id, name }))
    })
  )
  const run = Effect.retry(attempt, {
    schedule: Schedule.spaced(tablePause),
    times: tableTries - 1,
    while: ({ _tag }) => _tag === "TableHeld"
  })
  return yield* Effect.catchTags(run, {
    TableHeld: ({ failure }) => Effect.fail(tableHeld(schema, failure)),
    SqlFailure: (failure) =>
      Effect.fail(
        failure.kind === "Rejected" || isForeignSchema(failure.cause)
          ? new MigrationError({
              reason: "Failed",
              message: `schema ${schema} could not be brought up to date, and is unchanged: ${String(failure.cause)}`,
              cause: failure.cause
            })
          : toStoreError(failure)
      )
  })
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
