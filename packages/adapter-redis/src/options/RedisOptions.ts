/** The settings of the adapter. A secret is `Redacted`, and appears in no message. */
import type { LogEntry } from "@holdfast/core/engine"
import type * as Redacted from "effect/Redacted"

/** How a connection is encrypted: `true` checks the certificate against the authorities of Node. */
export interface RedisTls {
  /** The authority of the servers' certificates, in PEM. */
  readonly ca?: string | undefined
  /** The client's own certificate, in PEM, with its key. */
  readonly cert?: string | undefined
  readonly key?: Redacted.Redacted<string> | undefined
  readonly passphrase?: Redacted.Redacted<string> | undefined
  /** The name that the certificate must have, when it is not the host's. */
  readonly servername?: string | undefined
  /** False takes any certificate: for tests. */
  readonly rejectUnauthorized?: boolean | undefined
}

/** A server, as `host` and `port`. */
export interface RedisPlace {
  readonly host: string
  readonly port: number
}

/** The sentinels that know where the server is. */
export interface RedisSentinels {
  /** What they call the server. */
  readonly name: string
  readonly places: ReadonlyArray<RedisPlace>
  /** The user at the sentinels themselves, where they ask for one. */
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted<string> | undefined
}

/** Where Redis is. Give one of `url`, `host`, `sentinels` and `cluster`. */
export interface RedisConnectionOptions {
  /**
   * `redis://user:password@host:port/0`, with `rediss` for TLS. Several hosts with commas between, and
   * `redis+cluster` for a cluster, or `redis+sentinel://host:26379,…/name` for sentinels; the user and
   * the password are those of the servers.
   */
  readonly url?: string | Redacted.Redacted<string> | undefined
  readonly host?: string | undefined
  /** 6379 unless given. */
  readonly port?: number | undefined
  readonly sentinels?: RedisSentinels | undefined
  /** Some servers of a cluster; the client finds the others. */
  readonly cluster?: ReadonlyArray<RedisPlace> | undefined
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted<string> | undefined
  /** The number of the database: 0, as it must be in a cluster. */
  readonly db?: number | undefined
  readonly tls?: boolean | RedisTls | undefined
}

/** How the adapter works, whichever client it uses. */
export interface RedisSettings {
  /** What every key begins with; `holdfast` unless given. */
  readonly prefix?: string | undefined
  /** How long Redis may take to answer, in milliseconds, from 1 to 60,000: 50. */
  readonly timeoutMillis?: number | undefined
  /**
   * How long an invalidation refuses older copies, in milliseconds, from 1 to 86,400,000: 60,000. It
   * must be longer than the lag of a replica, the wait for a connection and the time-out of a statement
   * together.
   */
  readonly remembersMillis?: number | undefined
  /**
   * The share of each limit that this process grants while Redis is away, from 0.01 to 1: 0.5. One
   * divided by the number of servers keeps the sum as it is.
   */
  readonly localShare?: number | undefined
}

/** The same, for a host that knows no Effect. */
export interface RedisHostSettings extends RedisSettings {
  /** Where it is written that Redis is away, and that it is back. The console unless given. */
  readonly log?: ((entry: LogEntry) => void) | undefined
}

/** Where Redis is, read. */
export interface RedisTarget {
  readonly kind: "standalone" | "sentinel" | "cluster"
  readonly places: ReadonlyArray<RedisPlace>
  readonly sentinel: Omit<RedisSentinels, "places"> | undefined
  readonly username: string | undefined
  readonly password: Redacted.Redacted<string> | undefined
  readonly db: number
  readonly tls: RedisTls | undefined
}
