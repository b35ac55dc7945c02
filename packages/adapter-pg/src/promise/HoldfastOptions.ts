/**
 * How Holdfast is opened from a host that knows no Effect: where its database is, and how the engine
 * behaves. No type of Effect is reachable from here. Unknown fields are refused.
 */

import type { CachingOptions, HoldfastCache, OpenTelemetry } from "@holdfast/core"
import type { HostPool } from "../connection/HostPool.ts"

/** How the engine is tuned. The defaults suit one process with one database. */
export interface EngineOptions {
  /** Requests that may wait in one lane before callers get `Overloaded`: 10,000. */
  readonly queueMax?: number | undefined
  /** Requests in one transaction: 500. */
  readonly batchMax?: number | undefined
  /** Lines in one transaction: 1,000. A larger request is a transaction alone. */
  readonly batchLinesMax?: number | undefined
  /** How long a request may wait for its transaction, in milliseconds: 10,000. */
  readonly waitMillisMax?: number | undefined
  /**
   * Transactions that may run side by side: 3, but three fewer than the connections when those are
   * fewer than 6, and at least 1. The embedded database has 1.
   */
  readonly lanes?: number | undefined
  /** How long one transaction may be tried, in milliseconds: 10,000. */
  readonly deadlineMillis?: number | undefined
  /**
   * Which changes get a record in the audit log: `PRINCIPALS`, those that somebody made with a principal,
   * unless given. `ALL` of them, or `NONE`.
   */
  readonly audit?: "ALL" | "PRINCIPALS" | "NONE" | undefined
}

/**
 * What is dropped because it is old, by upkeep: nothing that is not named here. Dropping needs the
 * rights of the owner of the tables.
 */
export interface RetentionOptions {
  /**
   * Events are dropped after so many days, 1 to 36,500, once every cursor has passed them. They go by
   * whole partitions of 10 million positions, so that some are kept longer. Who reads events after a
   * position of which events were dropped is refused with `PositionGone`.
   */
  readonly eventsDays?: number | undefined
  /**
   * After so many days, at least `eventsDays`, they are dropped even when a cursor has not passed
   * them. That cursor is lost, which is logged. Without it a cursor keeps its events for good.
   */
  readonly unreadEventsDays?: number | undefined
  /**
   * Months of the ledger that are kept beside the current one, 1 to 1,200. The balances of the months
   * that go are carried on by movements of type `OPENING`.
   */
  readonly movementsMonths?: number | undefined
}

/** Something that a host may want to know: a sweep that failed, a database that was away. */
export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error"
  readonly message: string
  /** What went wrong, as text; undefined when nothing did. */
  readonly cause: string | undefined
}

/**
 * Keys that encrypt what is sensitive, by their names: 32 random bytes each, in base64. `current` encrypts,
 * the others still decrypt. `holdfast keyring add` makes one.
 */
export interface KeyRingOption {
  readonly current: string
  readonly keys: { readonly [keyId: string]: string }
}

/** How the catalog of `createHoldfast` behaves, where it differs from the inventory. */
export interface CatalogPartOptions {
  /** The database schema that holds the tables of the catalog: `catalog`. */
  readonly schema?: string | undefined
  /** How its engine is tuned; it has one lane unless given. */
  readonly engine?: EngineOptions | undefined
  /**
   * Whether options become SOLD_OUT, and ACTIVE again, as stock comes and goes: true. One of all
   * processes does it at a time. While no option maps a SKU it costs one small read a second.
   */
  readonly followStock?: boolean | undefined
}

/** The options that every place of a database takes. */
export interface AnyDatabaseOptions {
  /** The database schema that holds the tables: `inventory`. A schema each for tenants. */
  readonly schema?: string | undefined
  /** Whether the tables are made and brought up to date first, which needs DDL rights: true. */
  readonly migrate?: boolean | undefined
  /**
   * How often lapsed holds are expired, in milliseconds: 1,000. They stop counting at their instant
   * in any case. False when another process does it.
   */
  readonly sweepIntervalMillis?: number | false | undefined
  /** Whether old receipts are deleted and partitions are made ahead: true. */
  readonly upkeep?: boolean | undefined
  /** What upkeep drops because it is old, at the start and every 10 minutes: nothing. */
  readonly retention?: RetentionOptions | undefined
  readonly engine?: EngineOptions | undefined
  /**
   * Encrypts the data of customers, the secrets of webhooks and where requests came from: a key ring, or
   * its JSON. Without one, data of customers is refused. No message repeats a key.
   */
  readonly keyRing?: KeyRingOption | string | undefined
  /**
   * Where copies of products, categories and stock are kept for readers: `memoryCache()` of
   * `@holdfast/core`, or what an adapter gives. Nothing is decided by a copy. Without it every read asks the
   * database.
   */
  readonly cache?: HoldfastCache | undefined
  /** For how long copies are kept, where there is a `cache`. */
  readonly caching?: CachingOptions | undefined
  /**
   * Your own OpenTelemetry, as `import * as openTelemetry from "@opentelemetry/api"` gives it. A call then notes its
   * statements on the span that you make it in, its batch is a child of that span, and its events carry on from it.
   * A call outside any span leaves none.
   */
  readonly openTelemetry?: OpenTelemetry | undefined
  /** Takes what would be logged; standard error when left out. */
  readonly log?: ((entry: LogEntry) => void) | undefined
}

/** A certificate or a key in PEM. */
export type Pem = string | Uint8Array

/** How a connection is encrypted. */
export interface TlsOptions {
  /** The authorities to trust in place of those that Node.js trusts. */
  readonly ca?: Pem | ReadonlyArray<Pem> | undefined
  /** The certificate by which this process shows who it is, with its key. */
  readonly cert?: Pem | undefined
  readonly key?: Pem | undefined
  /** What the key is encrypted with. */
  readonly passphrase?: string | undefined
  /** The name that the server's certificate must have: that of the host. */
  readonly servername?: string | undefined
  /** Whether a server that cannot show a trusted certificate is refused: true. */
  readonly rejectUnauthorized?: boolean | undefined
}

/** An option belongs to one kind of place and is refused for the others. */
type NotFor<Option extends string> = { readonly [Name in Option]?: undefined }

type ServerField = "host" | "port" | "database" | "user" | "password"

/** How a server is connected to. */
type OfServers = "ssl" | "maxConnections" | "pooler" | "replicas" | "replicaLagMaxMillis"

/**
 * The embedded database, in a folder that is made when missing, or in memory when none is named.
 * A folder is open in one process at a time.
 */
export interface EmbeddedOptions
  extends AnyDatabaseOptions,
    NotFor<"url" | ServerField | "pool" | OfServers> {
  readonly folder?: string | undefined
  /** Keeps nothing beyond the process, as when no place is named. */
  readonly memory?: true | undefined
}

/** How a server is connected to, wherever it is. */
export interface AnyServerOptions extends AnyDatabaseOptions, NotFor<"folder" | "memory" | "pool"> {
  /**
   * Whether connections are encrypted, and by which certificates; the server's is checked. When
   * left out, `sslmode` of the URL decides. Only one of the two may be given.
   */
  readonly ssl?: boolean | TlsOptions | undefined
  /**
   * Connections at most, 2 to 1,000: 10. Reads leave those of the engine's lanes free. Following the
   * events (a subscription, a relay, an event stream) opens one more, which listens.
   */
  readonly maxConnections?: number | undefined
  /**
   * `transaction` behind a pooler that lends a session for one transaction, such as PgBouncer with
   * `pool_mode = transaction`: `none`.
   */
  readonly pooler?: "none" | "transaction" | undefined
  /**
   * Replicas of the server that questions are asked of, each by a URL of one host; commands and what
   * follows the events use the server itself. Each replica gets as many connections as the server. One
   * that does not answer is left out until it does; one that is no replica of the server is refused.
   */
  readonly replicas?: ReadonlyArray<string> | undefined
  /** How old the answers of a replica may be before it is left out, in milliseconds: 5,000. */
  readonly replicaLagMaxMillis?: number | undefined
}

/** A PostgreSQL server, 15 or newer, by its URL. */
export interface UrlOptions extends AnyServerOptions, NotFor<ServerField> {
  /**
   * `postgres://user:password@host:port/database?sslmode=require`. With several hosts,
   * `host-1:5432,host-2:5432`, the first writable one is taken. An unknown parameter is refused. No
   * message repeats the user or the password.
   */
  readonly url: string
}

/** A PostgreSQL server, 15 or newer, by the parts of its URL. */
export interface ServerOptions extends AnyServerOptions, NotFor<"url"> {
  /** A name or an address; or the folder of a Unix socket, which starts with `/`. */
  readonly host: string
  /** 5432. */
  readonly port?: number | undefined
  readonly database: string
  readonly user: string
  /** No message repeats it. */
  readonly password?: string | undefined
}

/** A PostgreSQL server, 15 or newer, over the host's own pool of connections. */
export interface HostPoolOptions
  extends AnyDatabaseOptions,
    NotFor<"folder" | "memory" | "url" | ServerField | OfServers> {
  /**
   * A `Pool` of `pg`, with a `max` of 2 or more. It stays the host's: `close` leaves it open.
   * Connections keep their settings and get no named statements, so each reservation takes more
   * round trips than with a `url`.
   */
  readonly pool: HostPool
}

/** Where the database is, and how the engine behaves. */
export type HoldfastOptions = EmbeddedOptions | UrlOptions | ServerOptions | HostPoolOptions

/** The options of `createHoldfast`: those of the database and the inventory, and of the catalog. */
export type JoinedOptions = HoldfastOptions & {
  /** The catalog, which shares the database. */
  readonly catalog?: CatalogPartOptions | undefined
}
