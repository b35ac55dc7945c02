// Subscriptions over SSE: what is followed, from where, and when a stream ends.
import type { Principal } from "@holdfast/core/access"
import { callerUnder, RequestCaller } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { afterEach, beforeAll, describe, expect, it } from "vitest"
import { askerHeader } from "../../../http/test/access/askers.ts"
import { prepare } from "../../../http/test/access/inputs.ts"
import { admin, worldForTests } from "../asking.ts"

interface Frame {
  /** The position in its id. */
  readonly id?: number
  /** Its id. */
  readonly place?: string
  readonly event?: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects out of the message
  readonly data?: any
}

const frameOf = (text: string): Frame => {
  const lines = text.split("\n").map((line) => line.split(/:\s?(.*)/s))
  const field = (name: string) => lines.find(([key]) => key === name)?.[1]
  const [id, event, data] = [field("id"), field("event"), field("data")]
  return {
    ...(id === undefined ? {} : { id: Number.parseInt(id, 10), place: id }),
    ...(event === undefined ? {} : { event }),
    ...(data === undefined || data === "" ? {} : { data: JSON.parse(data) })
  }
}

/** A stream that is read frame by frame. */
class Reader {
  private text = ""
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>
  private readonly decoder = new TextDecoder()

  constructor(body: ReadableStream<Uint8Array>) {
    this.reader = body.getReader()
  }

  /** The next frame that is no comment; undefined at the end. */
  async next(): Promise<Frame | undefined> {
    while (true) {
      const end = this.text.indexOf("\n\n")
      if (end >= 0) {
        const frame = this.text.slice(0, end)
        this.text = this.text.slice(end + 2)
        if (frame.startsWith(":")) continue
        return frameOf(frame)
      }
      const { done, value } = await this.reader.read()
      if (done) return undefined
      this.text += this.decoder.decode(value)
    }
  }

  cancel(): Promise<void> {
    return this.reader.cancel()
  }
}

let isVouchedFor = true
const { send, world } = worldForTests(
  {},
  {
    eventHeartbeat: "50 millis",
    eventRecheck: "50 millis",
    eventStreamsMax: 1_000,
    authenticate: ({ headers }) =>
      isVouchedFor
        ? Effect.succeed(JSON.parse(headers[askerHeader] ?? "{}") as Principal)
        : (Effect.fail({ _tag: "Unauthenticated", reason: "expired", challenge: "" }) as never)
  }
)

const opened: Array<Reader> = []

const follow = async (
  query: string,
  variables: object = {},
  headers: Record<string, string> = {},
  as: Principal = admin
) => {
  const response = await send(
    new Request("http://shop.example/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream", ...headers },
      body: JSON.stringify({ query, variables })
    }),
    as
  )
  if (response.body === null) throw new Error("there is no body")
  const reader = new Reader(response.body)
  opened.push(reader)
  return { response, reader }
}

const run = <A, E>(work: Effect.Effect<A, E>) => Effect.runPromise(work)
const receive = (skuId: string, quantity: number) =>
  run(world().inventory.receive({ skuId, quantity }))

const stock = `subscription ($skuIds: [ID!]!, $after: Units) {
  stockChanged(skuIds: $skuIds, after: $after) { position skuId stock { totalQuantity } } }`

beforeAll(async () => {
  await prepare(world())
})

afterEach(async () => {
  isVouchedFor = true
  await Promise.all(opened.splice(0).map((reader) => reader.cancel()))
})

describe("stockChanged", () => {
  it("has what happens to these SKUs, and nothing of others", async () => {
    const { reader, response } = await follow(stock, { skuIds: ["mug"] })
    expect(response.headers.get("content-type")).toBe("text/event-stream")
    const [before] = (await run(world().inventory.receive({ skuId: "cup", quantity: 1 }))).levels
    await receive("mug", 3)
    const frame = await reader.next()
    expect(before).toBeDefined()
    expect(frame).toMatchObject({
      event: "next",
      data: { data: { stockChanged: { skuId: "mug" } } }
    })
    expect(frame?.id).toBe(frame?.data.data.stockChanged.position)
  })

  it("goes on where it stopped, without a hole and without a repeat", async () => {
    const first = await follow(stock, { skuIds: ["mug"] })
    for (let n = 1; n <= 5; n++) await receive("mug", n)
    const seen = [await first.reader.next(), await first.reader.next()]
    await first.reader.cancel()
    const last = seen.at(-1)?.place ?? ""
    const second = await follow(stock, { skuIds: ["mug"], after: 0 }, { "last-event-id": last })
    while (seen.length < 5) seen.push(await second.reader.next())
    const positions = seen.map((frame) => frame?.id ?? 0)
    expect(new Set(positions).size).toBe(5)
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
    // A log that has another event there is another one.
    const [, eventId = ""] = last.split(".")
    const elsewhere = { "last-event-id": `${Number.parseInt(last, 10) - 1}.${eventId}` }
    const refused = await follow(stock, { skuIds: ["mug"] }, elsewhere)
    expect(refused.response.status).toBe(409)
    // The argument does the same for a client that has no header to set.
    const third = await follow(stock, { skuIds: ["mug"], after: positions[1] })
    expect((await third.reader.next())?.id).toBe(positions[2])
  })

  it("refuses a position that the log does not have, and what is no subscription", async () => {
    const { response } = await follow(stock, { skuIds: ["mug"], after: 1_000_000 })
    expect(response.status).toBe(409)
    const other = await send(
      new Request("http://shop.example/graphql", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: stock, variables: { skuIds: ["mug"] } })
      })
    )
    expect(other.status).toBe(400)
    expect(await other.text()).toContain("text/event-stream")
  })

  it("is for a USER, but for the event itself", async () => {
    const user: Principal = { id: "ann", kind: "USER", roles: ["USER"] }
    const query = `subscription { stockChanged(skuIds: ["mug"]) { offered { skuId } event { eventType } } }`
    const { reader } = await follow(query, {}, {}, user)
    await receive("mug", 1)
    const frame = await reader.next()
    expect(frame?.data.data.stockChanged).toEqual({ offered: { skuId: "mug" }, event: null })
    expect(frame?.data.errors[0].extensions.code).toBe("forbidden")
    const nobody: Principal = { id: "anonymous", kind: "ANONYMOUS", roles: [] }
    const denied = await follow(query, {}, {}, nobody)
    expect((await denied.reader.next())?.data.errors[0].extensions.code).toBe("unauthenticated")
    expect((await denied.reader.next())?.event).toBe("complete")
    expect(await denied.reader.next()).toBeUndefined()
  })
})

describe("reservationChanged", () => {
  const holds = `subscription ($orderId: ID!) { reservationChanged(orderId: $orderId) {
    reservation { status quantity } event { eventType } } }`
  const ann: Principal = { id: "ann", kind: "USER", roles: ["USER"] }

  it("has what happens to the holds of an order, and is for its owner", async () => {
    const { inventory } = world()
    const lines = [{ skuId: "mug", quantity: 2 }]
    const reserve = inventory.reserve({ orderId: "of-ann", lines })
    await run(Effect.provideService(reserve, RequestCaller, callerUnder(ann)))
    await run(inventory.reserve({ orderId: "of-bob", ownerId: "bob", lines }))
    const { reader } = await follow(holds, { orderId: "of-ann" })
    await run(inventory.confirmOrder({ orderId: "of-bob" }))
    await run(inventory.confirmOrder({ orderId: "of-ann" }))
    expect((await reader.next())?.data.data.reservationChanged).toEqual({
      reservation: { status: "CONFIRMED", quantity: 2 },
      event: { eventType: "inventory.stock.confirmed" }
    })
    const others = await follow(holds, { orderId: "of-bob" }, {}, ann)
    expect((await others.reader.next())?.data.errors[0].extensions.code).toBe("order-not-found")
  })
})

describe("a stream ends", () => {
  it("when nobody vouches for its sender any more", async () => {
    const { reader } = await follow(stock, { skuIds: ["mug"] })
    await receive("mug", 1)
    expect((await reader.next())?.event).toBe("next")
    isVouchedFor = false
    expect((await reader.next())?.event).toBe("complete")
    expect(await reader.next()).toBeUndefined()
  })

  it("when its client leaves, of 1,000 that are open: its place is free for the next", async () => {
    const streams = await Promise.all(
      Array.from({ length: 1_000 }, () => follow(stock, { skuIds: ["mug"] }))
    )
    expect(streams.every(({ response }) => response.status === 200)).toBe(true)
    expect((await follow(stock, { skuIds: ["mug"] })).response.status).toBe(503)
    await Promise.all(streams.map(({ reader }) => reader.cancel()))
    await expect
      .poll(async () => (await follow(stock, { skuIds: ["mug"] })).response.status)
      .toBe(200)
  })

  it("never because a slow one does not read: it holds up nobody, and misses nothing", async () => {
    const slow = await follow(stock, { skuIds: ["cup"] })
    const quick = await follow(stock, { skuIds: ["cup"] })
    const total = 150
    for (let n = 0; n < total; n++) await receive("cup", 1)
    const read = async (reader: Reader) => {
      const ids: Array<number> = []
      while (ids.length < total) ids.push((await reader.next())?.id ?? 0)
      return ids
    }
    const seen = await read(quick.reader)
    expect(await read(slow.reader)).toEqual(seen)
    expect(new Set(seen).size).toBe(total)
  })
})
