/** How a store shares the connections of its pool between batches and reads. It opens nothing. */

/** How many of each may use a connection at one time. */
export interface ConnectionShares {
  /** Batches that run side by side. */
  readonly lanes: number
  /** Batches that wait beside the lanes for locks of others. */
  readonly waiters: number
  /** Reads. */
  readonly reads: number
}

/** A batch that waits, a read, and what is neither have one connection each beside the lanes. */
const besideLanes = 3

/**
 * Shares the connections. Unless `lanes` are given, there are 3, or fewer when less than three
 * connections would be left beside them. From 4 connections on, the shares and one connection for
 * upkeep, pings and relays then never exceed the pool. With fewer connections, or with so many lanes that
 * less than three connections are left, the last ones are shared, and one may wait for another.
 */
export const connectionShares = (connections: number, lanes?: number): ConnectionShares => {
  const lanesMax = lanes === undefined ? connections - besideLanes : connections - 1
  const used = Math.max(1, Math.min(lanes ?? 3, lanesMax))
  const spare = Math.max(0, connections - used - 1)
  // Batches that wait for a lock may hold half of the other connections, four at most.
  const waiters = Math.max(1, Math.min(4, Math.floor(spare / 2)))
  return { lanes: used, waiters, reads: Math.max(1, spare - waiters) }
}
