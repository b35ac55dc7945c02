/**
 * The pool of database sessions. Connections are made on demand: first to the host that served
 * last, then to each other host in turn, until one answers and is the requested kind. A connection
 * whose socket closed is replaced. `renew` replaces all of them, which follows an address that now
 * leads to another server. A session has one borrower at a time, and pipelines what the borrower
 * submits together. Idle connections do not hold the process alive.
 */
import { connect, Socket } from "node:net"
import type { Duplex } from "node:stream"
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as PgPool from "@effect/sql-pg/PgPool"
import { gauge } from "@holdfast/core/metrics"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Pool from "effect/Pool"
import * as Scope from "effect/Scope"
import { ConnectionError, SqlError } from "effect/sql/SqlError"
import { describeTargets, type SessionNeed, type Target } from "./postgresUrl.ts"
import type { Query } from "./Query.ts"
import { readServerRole } from "./statements/readServerRole.ts"

const connections = gauge(
  "holdfast_database_connections",
  "Connections of this process to its databases, replicas too",
  { labels: ["state"] }
)

const borrowers = gauge("holdfast_database_waiting", "Who waits in this process for a connection")

/** Shows what a pool lends, until the scope closes. */
const showPool = <A, E>({ state }: Pool.Pool<A, E>) =>
  Effect.flatMap(Effect.context<never>(), (context) => {
    const shown = connections.in(context)
    const used = () => [...state.items].filter(({ refCount }) => refCount > 0).length
    const stops = [
      shown.reading(used, "used"),
      shown.reading(() => state.items.size - used(), "idle"),
      borrowers.in(context).reading(() => state.waiters.size)
    ]
    return Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const stop of stops) stop()
      })
    )
  })

/** A pool that knows where its connections go and how to use them. */
export interface SessionPool extends PgPool.PgPool {
  /** Where its connections go, for people; undefined for an embedded database. */
  readonly place: string | undefined
  /** The settings that each transaction begins with, behind a pooler of transactions. */
  readonly settings: Query | undefined
  /** Whether a connection beside the pool stays the same session, as it does not behind a pooler. */
  readonly isKept: boolean
  /** Opens a connection beside the pool, for one who keeps it; none on an embedded database. */
  readonly dedicated: Effect.Effect<PgConnection.PgConnection, SqlError, Scope.Scope> | undefined
  /** Cuts a connection off, whatever it waits for. */
  readonly cutOff: (connection: PgConnection.PgConnection) => void
  /** Makes sure that no connection that is open now is lent again. */
  readonly renew: Effect.Effect<void>
}

/** How the pool is made. */
export interface SessionPoolOptions extends PgPool.Config {
  /** The hosts, in the order in which they are tried; none for an embedded database. */
  readonly targets?: ReadonlyArray<Target> | undefined
  readonly need?: SessionNeed | undefined
  readonly settings?: Query | undefined
  /** Where connections are opened that are kept, when the hosts are those of a pooler. */
  readonly direct?: Pick<SessionPool, "dedicated"> | undefined
}

type Connection = PgConnection.PgConnection

const isEmbedded = (options: SessionPoolOptions) => options.stream !== undefined

/** TCP keep-alive probes of an idle connection begin after this time. */
const keepAliveMillis = 30_000

const socketTo = ({ host, port }: Target): Socket =>
  host.startsWith("/")
    ? connect({ path: `${host}/.s.PGSQL.${port}` })
    : connect({
        host,
        port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: keepAliveMillis
      })

const unfit = (message: string) =>
  new SqlError({
    reason: new ConnectionError({
      cause: Object.assign(new Error(message), { code: "25006" }),
      message,
      operation: "connect"
    })
  })

const slow = (target: Target) =>
  new SqlError({
    reason: new ConnectionError({
      cause: new Error(`${describeTargets([target])} did not answer in time`),
      message: "the server did not answer in time",
      operation: "connect"
    })
  })

/** Fails unless the server that answered is the requested kind. */
const checkFit = (connection: Connection, need: SessionNeed, target: Target, millisMax: number) =>
  need === "any"
    ? Effect.void
    : connection.query(readServerRole.sql, [], false).pipe(
        Effect.timeoutOrElse({
          duration: millisMax,
          orElse: () => Effect.fail(slow(target))
        }),
        Effect.flatMap(({ rows: [role] }) =>
          role?.["is_standby"] === true ||
          (need === "read-write" && role?.["is_read_only"] === true)
            ? Effect.fail(unfit(`${describeTargets([target])} cannot be written to`))
            : Effect.void
        )
      )

/** The socket of each connection to a server. */
const sockets = new WeakMap<Connection, Socket>()

/** A connection holds the process alive while it is lent, and not while it is idle. */
const holding = (connection: Connection) => {
  const socket = sockets.get(connection)
  if (socket === undefined) return Effect.succeed(connection)
  socket.ref()
  return Effect.as(
    Effect.addFinalizer(() => Effect.sync(() => void socket.unref())),
    connection
  )
}

/** A pool of what is acquired, which shows what it lends. */
const shownPool = (
  acquire: Effect.Effect<Connection, SqlError, Scope.Scope>,
  { idleTimeout = "10 minutes", maxConnections = 10 }: SessionPoolOptions
) =>
  Effect.tap(
    Pool.makeWithTTL({
      acquire,
      min: 0,
      max: maxConnections,
      concurrency: 1,
      timeToLive: idleTimeout,
      timeToLiveStrategy: "usage"
    }),
    showPool
  )

/** Makes the pool until the scope closes. No connection is made before it is needed. */
export const makeSessionPool = Effect.fnUntraced(function* (
  options: SessionPoolOptions
): Effect.fn.Return<SessionPool, SqlError, Scope.Scope> {
  const { direct, need = "any", settings, targets = [], ...config } = options
  const connectTimeout = options.connectTimeout ?? "5 seconds"
  const connectMillis = Duration.toMillis(Duration.fromInputUnsafe(connectTimeout))
  const runFork = Effect.runForkWith(yield* Effect.context())
  const open = new Set<Connection>()
  const dead = new WeakSet<Connection>()
  // How often the connections were renewed: one that was on its way meanwhile may lead to the old server.
  let renewals = 0
  // The index of the host that served last; it is tried first.
  let preferred = 0

  const opened = Effect.fnUntraced(function* (target: Target | undefined) {
    const renewalsBefore = renewals
    let socket: Duplex | undefined
    // A second stream cancels a statement and does not belong to this session.
    const stream = () => {
      const made = target === undefined ? options.stream?.() : socketTo(target)
      if (made === undefined) throw new Error("neither a host nor a stream is known")
      socket ??= made
      return made
    }
    const connection = yield* PgConnection.make({ ...config, ...target, stream, multiplex: true })
    const end = () => {
      dead.add(connection)
      runFork(Pool.invalidate(pool, connection))
    }
    if (socket?.destroyed === true) dead.add(connection)
    else socket?.once("close", end)
    open.add(connection)
    if (socket instanceof Socket) sockets.set(connection, socket)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        open.delete(connection)
        socket?.off("close", end)
      })
    )
    if (target !== undefined) yield* checkFit(connection, need, target, connectMillis)
    if (renewals !== renewalsBefore) dead.add(connection)
    sockets.get(connection)?.unref()
    return connection
  })

  /** One attempt. A connection that does not fit is closed at once. */
  const attempt = (index: number) =>
    Effect.flatMap(Effect.scope, (parent) => {
      const scope = Scope.forkUnsafe(parent)
      return opened(targets[index]).pipe(
        Scope.provide(scope),
        Effect.onExit((exit) =>
          Exit.isSuccess(exit)
            ? Effect.sync(() => {
                preferred = index
              })
            : Scope.close(scope, exit)
        )
      )
    })

  /**
   * Tries every host once. A wrong password ends the attempt, because it is wrong at every host.
   */
  const acquire: Effect.Effect<Connection, SqlError, Scope.Scope> = Effect.suspend(() => {
    const first = preferred
    const from = (offset: number): Effect.Effect<Connection, SqlError, Scope.Scope> =>
      Effect.catch(attempt((first + offset) % Math.max(1, targets.length)), (error) =>
        offset + 1 >= targets.length || error.reason._tag === "AuthenticationError"
          ? Effect.fail(error)
          : from(offset + 1)
      )
    return from(0)
  })

  const pool: Pool.Pool<Connection, SqlError> = yield* shownPool(acquire, options)

  const get: PgPool.PgPool["get"] = Effect.flatMap(Pool.get(pool), (connection) =>
    dead.has(connection)
      ? Effect.andThen(
          Pool.invalidate(pool, connection),
          Effect.suspend(() => get)
        )
      : holding(connection)
  )

  return {
    [PgPool.TypeId]: PgPool.TypeId,
    config: options,
    get,
    // An interrupted statement may be cancelled late: its session is not lent again.
    reserve: Effect.flatMap(get, (connection) =>
      Effect.andThen(
        Effect.addFinalizer((exit) =>
          Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause)
            ? Pool.invalidate(pool, connection)
            : Effect.void
        ),
        connection.pin
      )
    ),
    use: (work) => Effect.scoped(Effect.flatMap(get, work)),
    invalidate: (connection) => Pool.invalidate(pool, connection),
    place: isEmbedded(options) ? undefined : describeTargets(targets),
    settings,
    isKept: settings === undefined || direct !== undefined,
    dedicated: isEmbedded(options) ? undefined : (direct?.dedicated ?? acquire),
    cutOff: (connection) => sockets.get(connection)?.destroy(),
    renew: Effect.suspend(() => {
      renewals += 1
      return Effect.forEach([...open], (one) => Pool.invalidate(pool, one), { discard: true })
    })
  }
})

/** What a pool of this adapter knows about itself. A pool that a host made knows nothing. */
export const knownOf = (pool: PgPool.PgPool): Partial<SessionPool> => pool
