// What the TCP proxy knows of the protocols that it may stand in: where a message ends, which request
// changes something for good, and which message is its answer.

/** Cuts a byte stream into the messages that are whole so far. */
export type Framer = (chunk: Buffer) => ReadonlyArray<Buffer>

/** One connection, as seen by the proxy. */
export interface WireReader {
  readonly requests: Framer
  readonly replies: Framer
  /** Asked once for each request, in order: whether it makes a change that stays. */
  readonly asksToCommit: (request: Buffer) => boolean
  /** Whether a reply says that such a change was made. */
  readonly isCommitAnswer: (reply: Buffer) => boolean
  /** Whether the server has answered all of a request with this reply. */
  readonly endsAnswer: (reply: Buffer) => boolean
}

/** A protocol: begins to read a connection. */
export type Wire = () => WireReader

const code = (letter: string) => letter.charCodeAt(0)
const commandComplete = code("C")
const readyForQuery = code("Z")
const parse = code("P")
const bind = code("B")
const query = code("Q")

/** Cuts a byte stream into protocol messages; the first one of a client has no type byte. */
const makeFramer = (startsTyped: boolean): Framer => {
  let rest: Buffer = Buffer.alloc(0)
  let typed = startsTyped
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const messages: Array<Buffer> = []
    for (;;) {
      const prefix = typed ? 1 : 0
      if (rest.length < prefix + 4) return messages
      const length = prefix + rest.readInt32BE(prefix)
      if (rest.length < length) return messages
      messages.push(rest.subarray(0, length))
      rest = rest.subarray(length)
      typed = true
    }
  }
}

const cString = (message: Buffer, offset: number): string =>
  message.toString("utf8", offset, message.indexOf(0, offset))

/** Knows which of a client's messages ask for a COMMIT, also by the name of a prepared statement. */
const makeCommitRequests = () => {
  const names = new Map<string, boolean>()
  const isCommit = (sql: string) => /^\s*commit\b/i.test(sql)
  return (message: Buffer): boolean => {
    switch (message[0]) {
      case query:
        return isCommit(cString(message, 5))
      case parse: {
        const name = cString(message, 5)
        names.set(name, isCommit(cString(message, 6 + Buffer.byteLength(name))))
        return false
      }
      case bind: {
        const portal = cString(message, 5)
        return names.get(cString(message, 6 + Buffer.byteLength(portal))) === true
      }
      default:
        return false
    }
  }
}

/** PostgreSQL: COMMIT, also by the name of a prepared statement. */
export const postgresWire: Wire = () => ({
  requests: makeFramer(false),
  replies: makeFramer(true),
  asksToCommit: makeCommitRequests(),
  isCommitAnswer: (message) => message[0] === commandComplete && cString(message, 5) === "COMMIT",
  endsAnswer: (message) => message[0] === readyForQuery
})

/** Cuts a byte stream into messages that begin with the length of the rest. */
const makeLengthFramer = (): Framer => {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const messages: Array<Buffer> = []
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const length = 4 + rest.readInt32BE(0)
      messages.push(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
    return messages
  }
}

const produce = 0

/** Kafka: a Produce request, and the reply with its correlation id. */
export const kafkaWire: Wire = () => {
  const producing = new Set<number>()
  return {
    requests: makeLengthFramer(),
    replies: makeLengthFramer(),
    asksToCommit: (request) => {
      if (request.readInt16BE(4) !== produce) return false
      producing.add(request.readInt32BE(8))
      return true
    },
    isCommitAnswer: (reply) => producing.delete(reply.readInt32BE(4)),
    endsAnswer: () => true
  }
}

/** Any protocol: bytes as they come, none of which commits anything. */
export const anyWire: Wire = () => ({
  requests: (chunk) => [chunk],
  replies: (chunk) => [chunk],
  asksToCommit: () => false,
  isCommitAnswer: () => false,
  endsAnswer: () => true
})
