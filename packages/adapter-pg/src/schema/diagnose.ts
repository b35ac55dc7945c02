/**
 * Looks at a database as it is: the server, its clock, the settings in force, the migrations, the
 * partitions, and what nobody tidied up. It gathers facts and changes nothing; what they mean is
 * for the caller to say.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/engine"
import type { CursorStanding } from "@holdfast/core/events"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Query, Row } from "../connection/Query.ts"
import { runQueries } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { sessionSettings } from "../connection/sessionSettings.ts"
import { diagnoseCursors } from "../events/statements/diagnoseCursors.ts"
import { diagnoseDeliveries, diagnoseWebhooks } from "../events/statements/diagnoseWebhooks.ts"
import type { ContextTables } from "./ContextTables.ts"
import { type IndexStanding, indexStandings } from "./indexes/buildIndexes.ts"
import { refusalOf, toApplied, unknownTo } from "./migrate.ts"
import { duePartitions } from "./partitions.ts"
import { checkedSchemaName, type MigrationError } from "./schemaName.ts"
import { diagnoseDefaultEvents } from "./statements/diagnoseDefaultEvents.ts"
import { diagnoseMigrations } from "./statements/diagnoseMigrations.ts"
import { diagnosePartitions } from "./statements/diagnosePartitions.ts"
import { diagnoseServer } from "./statements/diagnoseServer.ts"
import { diagnoseSettings } from "./statements/diagnoseSettings.ts"
import { readServers } from "./statements/servers.ts"

/** The most rows that are counted. This number as a result means "or more". */
const countMax = 10_000

/** The most cursors that are looked at. */
const cursorsMax = 1_000

/** Settings of the server that decide what an acknowledgement is worth. */
const durabilitySettings = ["fsync", "full_page_writes", "synchronous_commit"]

/** A setting beside the value that Holdfast asks for, if it asks for one. */
export interface SettingInForce {
  readonly name: string
  readonly value: string | null
  readonly wanted: string | null
}

/** What a cursor of the event log is like. */
export interface CursorDiagnosis {
  readonly name: string
  readonly position: number
  /** How far it had come: further, when the log was restored to an earlier state. */
  readonly reached: number
  /** The last position that the log has drawn; a cursor beyond it followed another log. */
  readonly drawn: number
  /** Whether the log has what comes after it. */
  readonly standing: CursorStanding
  /** How many positions it is behind the last event. */
  readonly lag: number
  /** How long its next event has waited, and the cursor has not moved; 0 when it has none. */
  readonly waitingSeconds: number
  /** Who has it; null when nobody does. */
  readonly owner: string | null
  /** Its dead letters; 10,000 means at least as many. */
  readonly deadLetters: number
}

/** A server that runs on the tables: it was seen within a minute. */
export interface ServerDiagnosis {
  readonly serverId: string
  readonly name: string
  readonly release: string
  /** Batches that it runs side by side. */
  readonly lanes: number
  /** The most connections that it opens. */
  readonly connections: number
  /** Whether they lead to a pooler. */
  readonly isPooled: boolean
}

/** What the tables are like that every context has. */
export interface ContextDiagnosis {
  readonly applied: ReadonlyArray<{ readonly id: number; readonly name: string }>
  /** Those among them that a newer release brought, and this one does not know. */
  readonly ahead: ReadonlyArray<{ readonly id: number; readonly name: string }>
  readonly missing: ReadonlyArray<{ readonly id: number; readonly name: string }>
  /** Why this version must not use the schema, if it must not. */
  readonly refusal: MigrationError | undefined
  readonly missingPartitions: ReadonlyArray<string>
  /** Indexes that are built in the background, and how far each is. */
  readonly indexes: ReadonlyArray<IndexStanding>
  /** The servers that run on the tables; embedded engines of hosts are not among them. */
  readonly servers: ReadonlyArray<ServerDiagnosis>
  /** Rows in the DEFAULT partition of the log; 10,000 means at least as many. */
  readonly defaultEvents: number
  /** The cursors of the event log, by name: at most 1,000. */
  readonly cursors: ReadonlyArray<CursorDiagnosis>
  readonly webhooks: {
    /** Those that are paused: by a person, or by themselves, and why. */
    readonly paused: ReadonlyArray<{ readonly webhookId: string; readonly because: string | null }>
    /** Events that webhooks did not take, and that were left out; 10,000 means at least as many. */
    readonly failed: number
  }
}

/** What a database is like, and the tables of a context. */
export interface DatabaseDiagnosis<Tables> {
  /** As in `server_version_num`: 180004 is 18.4. */
  readonly version: number
  readonly versionText: string
  readonly isReplica: boolean
  readonly mayCreate: boolean
  readonly connections: number
  readonly connectionsMax: number
  /** How many of them are kept for superusers and others with a right to them. */
  readonly connectionsReserved: number
  readonly oldestTransactionSeconds: number
  readonly preparedTransactions: number
  /** The database's clock less this process's, in milliseconds, give or take `roundTripMillis`. */
  readonly clockSkewMillis: number
  readonly roundTripMillis: number
  readonly settings: ReadonlyArray<SettingInForce>
  /** Undefined when the schema is not there yet. */
  readonly tables: Tables | undefined
}

type Run = (
  queries: ReadonlyArray<Query>
) => Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, StoreError>

/** What a context asks about tables of its own, and what it makes of all that was found. */
export interface Diagnosed<Tables> {
  readonly tables: ContextTables
  /** Statements that count their rows up to a limit. */
  readonly queriesOf: (schema: string, countMax: number) => ReadonlyArray<Query>
  /** The rows are those of the statements, or none when the tables are not there yet. */
  readonly read: (about: ContextDiagnosis, results: ReadonlyArray<ReadonlyArray<Row>>) => Tables
}

const diagnoseTables = Effect.fnUntraced(function* <Tables>(
  run: Run,
  { queriesOf, read, tables }: Diagnosed<Tables>,
  schema: string,
  nowMillis: number
) {
  const [migrated = []] = yield* run([diagnoseMigrations(schema)])
  const allApplied = toApplied(migrated)
  const ids = new Set(allApplied.map(({ id }) => id))
  const about = {
    applied: allApplied.map(({ id, name }) => ({ id, name })),
    ahead: unknownTo(tables.migrations, allApplied).map(({ id, name }) => ({ id, name })),
    missing: tables.migrations
      .filter(({ id }) => !ids.has(id))
      .map(({ id, name }) => ({ id, name })),
    refusal: refusalOf(tables.migrations, allApplied, schema)
  }
  if (migrated.length === 0) {
    const webhooks = { paused: [], failed: 0 }
    const none = { missingPartitions: [], defaultEvents: 0, cursors: [], servers: [], indexes: [] }
    return read({ ...about, ...none, webhooks }, [])
  }
  const own = queriesOf(schema, countMax)
  // Earlier migrations made no cursors, no webhooks and no servers.
  const ofFollowers =
    about.missing.length === 0
      ? [
          diagnoseCursors(schema, cursorsMax, countMax),
          diagnoseWebhooks(schema),
          diagnoseDeliveries(schema, countMax),
          readServers(schema)
        ]
      : []
  const found = yield* run([
    ...own,
    diagnosePartitions(schema),
    diagnoseDefaultEvents(schema, countMax),
    ...ofFollowers
  ])
  const [partitions = [], [defaults] = [], cursors = [], paused = [], [failed] = [], servers = []] =
    found.slice(own.length)
  const existing = new Set(partitions.map((row) => row["name"] as string))
  const position = (partitions[0]?.["position"] as number | undefined) ?? 0
  return read(
    {
      ...about,
      missingPartitions: duePartitions(tables, nowMillis, position)
        .map(({ name }) => name)
        .filter((name) => !existing.has(name)),
      defaultEvents: (defaults?.["events"] as number | undefined) ?? 0,
      cursors: cursors.map(toCursor),
      servers: servers.map(toServer),
      indexes: yield* indexStandings(run, tables, schema),
      webhooks: {
        paused: paused.map((row) => ({
          webhookId: row["webhook_id"] as string,
          because: row["paused_because"] as string | null
        })),
        failed: (failed?.["failed"] as number | undefined) ?? 0
      }
    },
    found.slice(0, own.length)
  )
})

const toCursor = (row: Row): CursorDiagnosis => ({
  name: row["name"] as string,
  position: row["position"] as number,
  reached: row["reached"] as number,
  drawn: row["drawn"] as number,
  standing: row["standing"] as CursorStanding,
  lag: (row["lag"] as number | null) ?? 0,
  waitingSeconds: Math.max(0, row["waiting_seconds"] as number),
  owner: row["owner"] as string | null,
  deadLetters: row["dead_letters"] as number
})

const toServer = (row: Row): ServerDiagnosis => ({
  serverId: row["server_id"] as string,
  name: row["name"] as string,
  release: row["release"] as string,
  lanes: row["lanes"] as number,
  connections: row["connections"] as number,
  isPooled: row["is_pooled"] === true
})

const settingsOf = (rows: ReadonlyArray<Row>): ReadonlyArray<SettingInForce> =>
  rows.map((row) => {
    const name = row["name"] as string
    return { name, value: row["value"] as string | null, wanted: sessionSettings[name] ?? null }
  })

/** Looks at the database and the tables of a context. Fails when it is unreachable. */
export const diagnoseDatabase = Effect.fnUntraced(function* <Tables>(
  diagnosed: Diagnosed<Tables>,
  schemaName: string
): Effect.fn.Return<DatabaseDiagnosis<Tables>, MigrationError | StoreError, PgPool.PgPool> {
  const schema = yield* checkedSchemaName(schemaName)
  const pool = yield* PgPool.PgPool
  const run: Run = (queries) => Effect.mapError(runQueries(pool)(queries), toStoreError)
  // The first statement opens the connection, which would count as the clock's round trip.
  const [settings = []] = yield* run([
    diagnoseSettings([...Object.keys(sessionSettings), ...durabilitySettings])
  ])
  const before = yield* Clock.currentTimeMillis
  const [[server] = []] = yield* run([diagnoseServer(schema)])
  const roundTripMillis = (yield* Clock.currentTimeMillis) - before
  const number = (name: string) => (server?.[name] as number | undefined) ?? 0
  return {
    version: number("version"),
    versionText: server?.["version_text"] as string,
    isReplica: server?.["is_replica"] === true,
    mayCreate: server?.["may_create"] === true,
    connections: number("connections"),
    connectionsMax: number("connections_max"),
    connectionsReserved: number("connections_reserved"),
    oldestTransactionSeconds: number("oldest_transaction_seconds"),
    preparedTransactions: number("prepared_transactions"),
    clockSkewMillis: Math.round(number("now") - before - roundTripMillis / 2),
    roundTripMillis,
    settings: settingsOf(settings),
    tables:
      server?.["has_schema"] === true
        ? yield* diagnoseTables(run, diagnosed, schema, number("now"))
        : undefined
  }
})
