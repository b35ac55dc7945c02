/**
 * How long a client may take and how much it may send before any route sees it. They hold for HTTP/1.1
 * and HTTP/2, in the clear and over TLS.
 */

/** The limits of a connection. */
export interface ConnectionLimits {
  /** How long a request's head may take to arrive, and a new connection to send one. */
  readonly headMillisMax: number
  /** How long a whole request may take to arrive. */
  readonly receiveMillisMax: number
  /** How long a connection may be without a request. */
  readonly idleMillisMax: number
  /** How long a connection may move no byte while it is answered: its client has stopped reading. */
  readonly stillMillisMax: number
}

/** The largest head of a request, in bytes: its line and its headers. */
export const headBytesMax = 16_384

/** Requests that one HTTP/2 connection may have under way. */
export const streamsMax = 250

/** How often connections are compared with their limits. */
export const checkMillis = 1_000

/** The limits, by how long a request may take to arrive and how long an answer may be silent. */
export const connectionLimits = ({
  receiveMillis,
  silentMillis
}: {
  readonly receiveMillis: number
  readonly silentMillis: number
}): ConnectionLimits => ({
  headMillisMax: Math.min(10_000, receiveMillis),
  receiveMillisMax: receiveMillis,
  idleMillisMax: 65_000,
  stillMillisMax: Math.max(120_000, 2 * silentMillis)
})
