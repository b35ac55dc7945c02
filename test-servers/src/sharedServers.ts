// One PostgreSQL server a version and one Kafka broker for a whole test run, and databases of their own
// for the tests in it.
// The run's first process owns the servers and starts each when it is first asked for, so a run
// that needs none waits for none. Test files, in whatever process, ask it over HTTP on 127.0.0.1.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { type KafkaServer, prepareKafka, startKafka } from "./kafka/KafkaServer.ts"
import { hasPostgres, type PostgresVersion, startPostgres } from "./PostgresServer.ts"

const variable = "HOLDFAST_TEST_SERVERS"

/** What is shared, by the path under which its address is asked for. */
type SharedServer = PostgresVersion | "kafka" | "kafka-files"

interface Shared {
  readonly address: string
  readonly stop: () => Promise<void>
}

type Servers = Map<SharedServer, Promise<Shared>>

const start = async (name: SharedServer): Promise<Shared> => {
  if (name === "kafka-files") {
    await prepareKafka()
    return { address: "", stop: async () => undefined }
  }
  if (name !== "kafka") {
    const { stop, url } = await startPostgres({ version: name })
    return { address: url(), stop }
  }
  const { brokers, stop, userBrokers } = await startKafka({ users: true })
  return { address: JSON.stringify({ brokers, userBrokers }), stop }
}

const serverOf = (servers: Servers, name: SharedServer): Promise<Shared> => {
  const running = servers.get(name) ?? start(name)
  servers.set(name, running)
  return running
}

const names: ReadonlyMap<string | undefined, SharedServer> = new Map<string, SharedServer>(
  ([15, 18, "kafka", "kafka-files"] as const).map((name) => [`/${name}`, name])
)

/** Starts to answer for the shared servers. The result ends them all. */
export const openSharedServers = async (): Promise<() => Promise<void>> => {
  const servers: Servers = new Map()
  const desk = createServer((request, response) => {
    serverOf(servers, names.get(request.url) ?? 18).then(
      ({ address }) => response.end(address),
      (cause) => response.writeHead(500).end(String(cause))
    )
  })
  await new Promise<void>((resolve) => desk.listen(0, "127.0.0.1", resolve))
  process.env[variable] = `http://127.0.0.1:${(desk.address() as AddressInfo).port}`
  return async () => {
    delete process.env[variable]
    desk.close()
    desk.closeAllConnections()
    for (const server of servers.values()) {
      // One that did not start has nothing to stop, and its tests have failed.
      await server.then(
        (it) => it.stop(),
        () => undefined
      )
    }
  }
}

const ownServers: Servers = new Map()

/** The address of a shared server; a process outside a test run gets one that ends with it. */
const sharedAddress = async (name: SharedServer): Promise<string> => {
  const desk = process.env[variable]
  if (desk === undefined) return (await serverOf(ownServers, name)).address
  const response = await fetch(`${desk}/${name}`)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}

/** Resolved when what a Kafka broker is started from is on this machine. */
export const preparedKafka = async (): Promise<void> => {
  await sharedAddress("kafka-files")
}

/** The shared Kafka broker: where anybody may do everything, and where clients say who they are. */
export const sharedKafka = async (): Promise<Pick<KafkaServer, "brokers" | "userBrokers">> =>
  JSON.parse(await sharedAddress("kafka"))

/** Runs one statement on a connection of its own, and answers with its rows. */
export const runOn = (
  url: string,
  sql: string
): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(PgConnection.make({ url: Redacted.make(url) }), (connection) =>
        Effect.map(connection.query(sql, [], false), ({ rows }) => rows)
      )
    )
  )

/** An empty database of its own. */
export interface FreshDatabase {
  readonly url: string
  /** Drops it, also when somebody is connected. */
  readonly drop: () => Promise<void>
}

/**
 * Gives those who are leaving a database half a second. A client of `pg` that still hears of its drop
 * raises an error that nobody listens to any more.
 */
const untilNobodyIsIn = (database: string): string => `do $$ begin
  for _ in 1..50 loop
    exit when not exists (select 1 from pg_stat_activity where datname = '${database}');
    perform pg_sleep(0.01), pg_stat_clear_snapshot();
  end loop;
end $$`

let databases = 0

/** Makes an empty database on the shared server of that version, 18 unless given. Durable it is not. */
export const freshDatabase = async (
  options: { readonly version?: PostgresVersion } = {}
): Promise<FreshDatabase> => {
  const server = await sharedAddress(options.version ?? 18)
  const name = `test_${process.pid}_${++databases}`
  await runOn(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: async () => {
      await runOn(server, untilNobodyIsIn(name))
      await runOn(server, `drop database if exists ${name} with (force)`)
    }
  }
}

/** The URL of a fresh database that is dropped when the scope closes. */
export const scopedDatabase = (
  options: { readonly version?: PostgresVersion } = {}
): Effect.Effect<string, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => freshDatabase(options)),
      (database) => Effect.promise(database.drop)
    ),
    (database) => database.url
  )

/** Why tests on that version cannot run here; undefined when they can. */
export const whyNoPostgres = (version: PostgresVersion = 18): string | undefined =>
  hasPostgres(version)
    ? undefined
    : `SKIPPED: no PostgreSQL ${version} binaries for ${process.platform}-${process.arch}`
