/**
 * Read-only databases, as real standbys are. An engine says so, and works again by itself as soon
 * as a database is writable: the standby is promoted, the address leads elsewhere, or another host
 * of the URL takes over.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it, vi } from "@effect/vitest"
import { Inventory, SkuId, StockReads, type StoreError } from "@holdfast/core/inventory"
import { type PostgresServer, scopedPostgres, startStandby } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { connectedTo, engineAt, unmigrated, until } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const reserve = (orderId: string) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.reserve({ orderId, lines: [{ skuId: "a", quantity: 1 }] })
  )

const ping = Effect.flatMap(StockReads, (reads) => reads.ping)

const unavailable = (message: RegExp) => ({
  _tag: "StoreError",
  reason: "Unavailable",
  message: expect.stringMatching(message)
})

/** A primary with one SKU of a hundred units, and a standby that has received all of it. */
const openPair = Effect.gen(function* () {
  const primary = yield* scopedPostgres()
  yield* Effect.provide(
    Effect.flatMap(Inventory, (inventory) =>
      inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 100 })
    ),
    engineAt(primary.url())
  )
  const standby = yield* Effect.acquireRelease(
    Effect.promise(() => startStandby(primary)),
    (server) => Effect.promise(() => server.stop())
  )
  const sql = yield* connectedTo(standby.url())
  yield* until(
    Effect.map(sql("select 1 from inventory.skus where id = 'a'"), (rows) => rows.length === 1)
  )
  return { primary, standby }
})

/** An address that leads to one server, then to another. Open connections stay where they are. */
const scopedAddress = (first: PostgresServer) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      let port = first.port
      const sockets = new Set<Socket>()
      let held: { readonly arrived: () => void; readonly released: Promise<void> } | undefined
      const server = createServer(async (client) => {
        const upstream = connect(port, "127.0.0.1")
        for (const [from, to] of [
          [client, upstream],
          [upstream, client]
        ] as const) {
          sockets.add(from)
          from.on("error", () => undefined)
          from.on("close", () => to.destroy())
        }
        held?.arrived()
        await held?.released
        client.pipe(upstream)
        upstream.pipe(client)
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return {
        url: `postgres://postgres@127.0.0.1:${(server.address() as AddressInfo).port}/postgres`,
        leadTo: (next: PostgresServer) => {
          port = next.port
        },
        /** Lets the next connection get through to where the address leads now, but only once it is released. */
        hold: () => {
          const [arrived, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
          held = { arrived: arrived.resolve, released: released.promise }
          return {
            arrived: arrived.promise,
            release: () => {
              held = undefined
              released.resolve()
            }
          }
        },
        close: () => {
          server.close()
          for (const socket of sockets) socket.destroy()
        }
      }
    }),
    ({ close }) => Effect.sync(close)
  )

type Engine = Inventory | StockReads | PgPool.PgPool | Scope.Scope

const on = <A>(url: string, work: Effect.Effect<A, unknown, Engine>) =>
  Effect.provide(work, unmigrated({ url, maxConnections: 3 }))

describePostgres(18, "an engine on a standby", () => {
  it.live("O2 says that it is read only, and works as soon as the standby is promoted", () =>
    Effect.gen(function* () {
      const { standby } = yield* openPair
      yield* on(
        standby.url(),
        Effect.gen(function* () {
          expect(yield* Effect.flip(ping)).toMatchObject(unavailable(/read only.*standby/))
          expect(yield* Effect.flip(reserve("o1"))).toMatchObject(unavailable(/read only/))
          const reads = yield* StockReads
          expect((yield* reads.stock([SkuId.make("a")])).length).toBe(1)
          yield* Effect.promise(standby.promote)
          yield* ping
          expect((yield* reserve("o1")).length).toBe(1)
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live("O2 follows an address that leads to the new primary, without a restart", () =>
    Effect.gen(function* () {
      const { primary, standby } = yield* openPair
      const address = yield* scopedAddress(standby)
      yield* on(
        address.url,
        Effect.gen(function* () {
          const reads = yield* StockReads
          // Three connections are open to the standby, and idle.
          yield* Effect.all(
            [reads.stock([SkuId.make("a")]), reads.stock([SkuId.make("a")]), reads.locations],
            {
              concurrency: "unbounded"
            }
          )
          yield* Effect.sync(() => address.leadTo(primary))
          expect(yield* Effect.flip(reserve("o1"))).toMatchObject(unavailable(/read only/))
          expect((yield* reserve("o1")).length).toBe(1)
          yield* ping
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live("O2 lends no connection that was on its way to the standby meanwhile", () =>
    Effect.gen(function* () {
      const { primary, standby } = yield* openPair
      const address = yield* scopedAddress(standby)
      yield* on(
        address.url,
        Effect.gen(function* () {
          const pool = yield* PgPool.PgPool
          const busy = pool.use((session) => session.query("select pg_sleep(0.1)"))
          yield* busy
          const second = address.hold()
          // One of the two asks for a second connection, and is served by the first.
          yield* Effect.all([busy, busy], { concurrency: "unbounded" })
          yield* Effect.promise(() => second.arrived)
          yield* Effect.sync(() => address.leadTo(primary))
          expect(yield* Effect.flip(reserve("o1"))).toMatchObject(unavailable(/read only/))
          yield* Effect.sync(second.release)
          expect((yield* reserve("o1")).length).toBe(1)
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live("O2 follows it even when nobody writes: a ping is enough", () =>
    Effect.gen(function* () {
      const { primary, standby } = yield* openPair
      const address = yield* scopedAddress(standby)
      yield* on(
        address.url,
        Effect.gen(function* () {
          expect(yield* Effect.flip(ping)).toMatchObject(unavailable(/read only/))
          yield* Effect.sync(() => address.leadTo(primary))
          yield* ping
          expect((yield* reserve("o1")).length).toBe(1)
        })
      )
    }).pipe(Effect.scoped)
  )
})

const hosts = (...servers: ReadonlyArray<PostgresServer>) =>
  `postgres://postgres@${servers.map(({ port }) => `127.0.0.1:${port}`).join(",")}/postgres`

describePostgres(18, "an engine on several hosts", () => {
  it.live("O3 takes the writable host, and the other host when it takes over", () =>
    Effect.gen(function* () {
      const { primary, standby } = yield* openPair
      yield* on(
        hosts(standby, primary),
        Effect.gen(function* () {
          yield* ping
          expect((yield* reserve("o1")).length).toBe(1)
          const sql = yield* connectedTo(standby.url())
          yield* until(
            Effect.map(sql("select 1 from inventory.reservations"), (rows) => rows.length === 1)
          )
          yield* Effect.promise(primary.kill9)
          expect(yield* Effect.flip(reserve("o2"))).toMatchObject({ reason: "Unavailable" })
          yield* Effect.promise(standby.promote)
          expect((yield* reserve("o2")).length).toBe(1)
          yield* ping
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live("O3 says so when no host is writable, and takes any host when any will do", () =>
    Effect.gen(function* () {
      const { standby } = yield* openPair
      const url = `${hosts(standby)}?target_session_attrs`
      for (const need of ["read-write", "primary"]) {
        expect(yield* Effect.flip(on(`${url}=${need}`, ping))).toMatchObject(
          unavailable(/read only/)
        )
      }
      const stock = Effect.flatMap(StockReads, (reads) => reads.stock([SkuId.make("a")]))
      expect((yield* on(`${url}=any`, stock)).length).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("H14 names every host and port that cannot be reached, and no user or password", () =>
    Effect.gen(function* () {
      const error = (yield* Effect.flip(
        on("postgres://alice:s3cret@127.0.0.1:1,127.0.0.1:2/shop", ping)
      )) as StoreError
      expect(error).toMatchObject(unavailable(/^the database cannot be reached/))
      expect(error.place).toBe("127.0.0.1:1, 127.0.0.1:2")
      expect(JSON.stringify(error)).not.toMatch(/alice|s3cret/)
    })
  )
})
