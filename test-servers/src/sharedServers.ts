// One PostgreSQL server a version for a whole test run, and databases of their own for the tests in it.
// The run's first process owns the servers and starts each when it is first asked for, so a run
// that needs none waits for none. Test files, in whatever process, ask it over HTTP on 127.0.0.1.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import {
  hasPostgres,
  type PostgresServer,
  type PostgresVersion,
  startPostgres
} from "./PostgresServer.ts"

const variable = "HOLDFAST_TEST_SERVERS"

type Servers = Map<PostgresVersion, Promise<PostgresServer>>

const serverOf = (servers: Servers, version: PostgresVersion): Promise<PostgresServer> => {
  const running = servers.get(version) ?? startPostgres({ version })
  servers.set(version, running)
  return running
}

/** Starts to answer for the shared servers. The result ends them all. */
export const openSharedServers = async (): Promise<() => Promise<void>> => {
  const servers: Servers = new Map()
  const broker = createServer((request, response) => {
    const version = request.url === "/15" ? 15 : 18
    serverOf(servers, version).then(
      (server) => response.end(server.url()),
      (cause) => response.writeHead(500).end(String(cause))
    )
  })
  await new Promise<void>((resolve) => broker.listen(0, "127.0.0.1", resolve))
  process.env[variable] = `http://127.0.0.1:${(broker.address() as AddressInfo).port}`
  return async () => {
    delete process.env[variable]
    broker.close()
    broker.closeAllConnections()
    for (const server of servers.values()) await server.then((it) => it.stop())
  }
}

const ownServers: Servers = new Map()

/** The URL of the shared server; a process outside a test run gets a server that ends with it. */
const sharedUrl = async (version: PostgresVersion): Promise<string> => {
  const broker = process.env[variable]
  if (broker === undefined) return (await serverOf(ownServers, version)).url()
  const response = await fetch(`${broker}/${version}`)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}

/** Runs one statement on a connection of its own. */
export const runOn = (url: string, sql: string): Promise<unknown> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(PgConnection.make({ url: Redacted.make(url) }), (connection) =>
        connection.query(sql, [], false)
      )
    )
  )

/** An empty database of its own. */
export interface FreshDatabase {
  readonly url: string
  /** Drops it, also when somebody is connected. */
  readonly drop: () => Promise<void>
}

let databases = 0

/** Makes an empty database on the shared server of that version, 18 unless given. Durable it is not. */
export const freshDatabase = async (
  options: { readonly version?: PostgresVersion } = {}
): Promise<FreshDatabase> => {
  const server = await sharedUrl(options.version ?? 18)
  const name = `test_${process.pid}_${++databases}`
  await runOn(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: async () => {
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
