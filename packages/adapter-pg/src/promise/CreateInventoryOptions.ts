/**
 * How an inventory is opened from a host that knows no Effect: where its database is, and how the
 * engine behaves. No type of Effect is reachable from here. Unknown fields are refused.
 */

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
  /** Transactions that may run side by side: 3, and 1 on the embedded database. */
  readonly lanes?: number | undefined
  /** How long one transaction may be tried, in milliseconds: 10,000. */
  readonly deadlineMillis?: number | undefined
}

/** Something that a host may want to know: a sweep that failed, a database that was away. */
export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error"
  readonly message: string
  /** What went wrong, as text; undefined when nothing did. */
  readonly cause: string | undefined
}

/** What may be said wherever the database is. */
export interface AnyDatabaseOptions {
  /** The database schema that holds the tables: `inventory`. A schema each for tenants. */
  readonly schema?: string | undefined
  /** Whether the tables are made and brought up to date first, which needs DDL rights: true. */
  readonly migrate?: boolean | undefined
  /**
   * How often lapsed holds are written down, in milliseconds: 1,000. They stop counting at their
   * instant in any case. False when another process does it.
   */
  readonly sweepIntervalMillis?: number | false | undefined
  /** Whether receipts that have served are forgotten and partitions made ahead: true. */
  readonly upkeep?: boolean | undefined
  readonly engine?: EngineOptions | undefined
  /** Takes what would be logged; standard error when left out. */
  readonly log?: ((entry: LogEntry) => void) | undefined
}

/**
 * The embedded database, in a folder that is made when missing, or in memory when none is named.
 * A folder is open in one process at a time.
 */
export interface EmbeddedOptions extends AnyDatabaseOptions {
  readonly folder?: string | undefined
  /** Keeps nothing beyond the process, as when no place is named. */
  readonly memory?: true | undefined
  readonly url?: undefined
  readonly maxConnections?: undefined
  readonly pooler?: undefined
}

/** A PostgreSQL server, 15 or newer. */
export interface ServerOptions extends AnyDatabaseOptions {
  /**
   * `postgres://user:password@host:port/database?sslmode=require`. With several hosts,
   * `host-1:5432,host-2:5432`, the first writable one is taken. An unknown parameter is refused. No
   * message repeats the user or the password.
   */
  readonly url: string
  /** Connections at most, 2 to 1,000: 10. Reads leave those of the engine's lanes free. */
  readonly maxConnections?: number | undefined
  /**
   * `transaction` behind a pooler that lends a session for one transaction, such as PgBouncer with
   * `pool_mode = transaction`: `none`.
   */
  readonly pooler?: "none" | "transaction" | undefined
  readonly folder?: undefined
  readonly memory?: undefined
}

/** Where the database is, and how the engine behaves. */
export type CreateInventoryOptions = EmbeddedOptions | ServerOptions
