/**
 * A host's own pool of connections, such as one of `pg`, which Holdfast borrows from. No type of
 * Effect, and none of a driver, is reachable from here.
 */

/** A statement as `pg` takes it. */
export interface HostPoolQuery {
  readonly text: string
  readonly values: Array<unknown>
  /** How columns are read, whatever the host has set for itself. */
  readonly types: { getTypeParser(oid: number): (text: string) => unknown }
}

/** A connection of a host's pool, while it is lent. */
export interface HostPoolClient {
  query(query: HostPoolQuery): PromiseLike<{
    readonly rows: ReadonlyArray<Readonly<Record<string, unknown>>>
  }>
  /** Gives the connection back; with `true` it is closed, and not lent again. */
  release(destroy?: boolean): void
  on(event: "error", listener: (error: Error) => void): unknown
  off(event: "error", listener: (error: Error) => void): unknown
}

/** A host's pool: a `Pool` of `pg`, or anything that lends connections as it does. */
export interface HostPool {
  connect(): PromiseLike<HostPoolClient>
  /** What the pool was made with; it must lend at least two connections at once. */
  readonly options?:
    | {
        readonly max?: number | undefined
        readonly host?: string | undefined
        readonly port?: number | undefined
        readonly connectionString?: string | undefined
      }
    | undefined
}
