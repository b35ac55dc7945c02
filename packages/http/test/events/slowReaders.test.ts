/** A reader that does not read: the server takes no more of the log than fits on its way. */
import { connect } from "node:net"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it } from "vitest"
import { webHandler } from "../../src/index.ts"
import { toNodeHandler } from "../../src/node/index.ts"
import { serve } from "../node/nodeHosts.ts"
import { HandClock, memoryEngine } from "../server.ts"
import { eventAt } from "./eventAt.ts"
import { readStream } from "./eventStream.ts"

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const length = 5_000
const payloadJson = JSON.stringify({ note: "x".repeat(20_000) })

/** A log of 5,000 events of 20 kB each, and how far each of its readers has read. */
const longLog = () => {
  const reads: Array<number> = []
  const log = {
    head: Effect.succeed(length),
    read: (after: number, limit: number) =>
      Effect.sync(() => {
        const count = Math.min(limit, Math.max(0, length - after))
        if (count > 0) reads.push(after)
        return Array.from({ length: count }, (_, index) =>
          eventAt(after + index + 1, { payloadJson })
        )
      })
  }
  return { engine: memoryEngine(new HandClock(), { log }), reads }
}

const path = "/api/events/stream?after=0"

describe("a reader that does not read", () => {
  it("is given what it asks for, and no more, by a web handler", async () => {
    const { engine, reads } = longLog()
    const { dispose, handler } = webHandler(engine)
    closing.push(dispose)
    const slow = await handler(new Request(`http://host${path}`))
    // Another one reads the whole log meanwhile.
    const fast = readStream(await handler(new Request(`http://host${path}`)))
    const messages = await fast.messages(length)
    expect(messages.map(({ id }) => Number.parseInt(id ?? "", 10))).toEqual(
      Array.from({ length }, (_, index) => index + 1)
    )
    await fast.leave()
    // The slow one has its first page in hand, and nobody has read the second one for it.
    expect(reads.filter((after) => after === 100)).toHaveLength(1)
    const late = readStream(slow)
    expect((await late.messages(length)).at(-1)?.id).toBe(`${length}.event-${length}`)
    await late.leave()
  })

  it("holds up the server's reading of the log over a connection of Node", async () => {
    const { engine, reads } = longLog()
    const holdfast = toNodeHandler(engine)
    const host = await serve(holdfast.listener)
    closing.push(host.close, () => holdfast.dispose())
    const socket = connect(host.port, "127.0.0.1")
    await new Promise<void>((resolve) => socket.once("connect", resolve))
    socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`)
    await new Promise<void>((resolve) => socket.once("readable", resolve))
    const fast = readStream(await fetch(`http://127.0.0.1:${host.port}${path}`))
    await fast.messages(length)
    await fast.leave()
    // What the slow one was given lies in the buffers of the two sockets: megabytes of a hundred.
    const pages = reads.filter((after) => after === 2_000)
    expect(pages).toHaveLength(1)
    socket.destroy()
  })
})
