/** Event streams over HTTP, from the log of the engine in memory. */
import { PositionGone } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it, vi } from "vitest"
import { webHandler } from "../../src/index.ts"
import { toNodeHandler } from "../../src/node/index.ts"
import { serve } from "../node/nodeHosts.ts"
import { HandClock, listen, memoryEngine, send, serverForTests } from "../server.ts"
import { type Reading, readStream } from "./eventStream.ts"

const { get, port, post, sku } = serverForTests({
  eventStreamsMax: 3,
  eventHeartbeat: "20 millis"
})

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const at = (number: number, query = "", headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${number}/api/events/stream${query}`, { headers })

const open = async (query = "", headers: Record<string, string> = {}): Promise<Reading> => {
  const reading = readStream(await at(port(), query, headers))
  closing.push(() => reading.leave())
  return reading
}

const reserve = (skuId: string, orderId: string) =>
  post("/api/inventory/reservations", { skuId, quantity: 1, orderId })

const headOf = async (): Promise<number> => (await get("/api/events?size=1000")).json.next

/** The id that a stream has at the end of the log. */
const endId = async (): Promise<string> => {
  const { eventId, position } = (await get("/api/events?size=1000")).json.items.at(-1)
  return `${position}.${eventId}`
}

describe("the event log at the top", () => {
  it("is the log of the inventory, and takes the same questions", async () => {
    const skuId = await sku(5)
    await reserve(skuId, "top-1")
    for (const query of [`?aggregateIds=${skuId}`, "?orderId=top-1&size=1", "?after=2&size=2"]) {
      const { json } = await get(`/api/events${query}`)
      expect(json.items.length).toBeGreaterThan(0)
      expect(json).toEqual((await get(`/api/inventory/events${query}`)).json)
      expect(json).toEqual((await get(`/api/events${query}&context=inventory`)).json)
    }
  })

  it.each([
    ["/api/events?context=shipping", "context", 'must be "inventory"'],
    ["/api/events/stream?context=shipping", "context", 'must be "inventory"'],
    ["/api/events/stream?types=sold", "types.0", "must be one of"],
    ["/api/events/stream?after=-1", "after", "must be between 0 and"],
    ["/api/events/stream?size=5", "size", "is not a field (there are context"],
    ["/api/events/stream?afterEventId=7&after=7", "afterEventId", "must be a UUID"]
  ])("refuses %s, and names what is there", async (path, field, words) => {
    const { json, status } = await get(path)
    expect(status).toBe(400)
    expect(json.issues).toEqual([{ path: field, message: expect.stringContaining(words) }])
  })

  it.each(["abc", "-1", "1.", "1.2", "01", "1.018f2c00-0000-7000-8000-00000000000G"])(
    "refuses the header %s, which is no place",
    async (id) => {
      const response = await at(port(), "", { "last-event-id": id })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ issues: [{ path: "last-event-id" }] })
    }
  )
})

describe("an event stream", () => {
  it("begins now, and sends each event with its position, its type and its envelope", async () => {
    const skuId = await sku(5)
    const head = await headOf()
    const stream = await open()
    await stream.receives(`:\nid: ${await endId()}\n\n`)
    await reserve(skuId, "now-1")
    const [message] = await stream.messages(1)
    const [{ position, ...envelope }] = (await get(`/api/events?after=${head}`)).json.items
    expect(message).toEqual({
      id: `${position}.${envelope.eventId}`,
      event: "inventory.stock.reserved",
      data: envelope
    })
  })

  it("goes on after a position; a client that comes back misses and repeats nothing", async () => {
    const skuId = await sku(50)
    for (let n = 0; n < 10; n++) await reserve(skuId, `again-${n}`)
    const head = await headOf()
    const first = await open(`?after=${head - 10}`)
    const before = await first.messages(4)
    await first.leave()
    await reserve(skuId, "again-10")
    // The header is the newer of the two.
    const last = String(before.at(-1)?.id)
    const second = await open(`?after=${head - 10}`, { "last-event-id": last })
    await reserve(skuId, "again-11")
    const after = await second.messages(8)
    expect([...before, ...after].map(({ data }) => data.payload.orderId)).toEqual(
      Array.from({ length: 12 }, (_, n) => `again-${n}`)
    )
  })

  it("sends only events of the types and SKUs that are wanted, and how far it has come", async () => {
    const [one, two] = [await sku(5), await sku(5)]
    const head = await headOf()
    const types = "types=inventory.stock.reserved,inventory.stock.updated"
    const stream = await open(`?after=${head}&${types}&aggregateIds=${two}`)
    await reserve(one, "only-1")
    await reserve(two, "only-2")
    const [message] = await stream.messages(1)
    expect(message?.data).toMatchObject({ aggregateId: two, payload: { orderId: "only-2" } })
    await reserve(one, "only-3")
    await stream.receives(`:\nid: ${await endId()}\n\n`)
  })

  it("refuses one stream too many, until another has left", async () => {
    const streams = [await open(), await open(), await open()]
    const refused = await get("/api/events/stream")
    expect([refused.status, refused.json.type]).toEqual([
      503,
      "urn:holdfast:problem:too-many-streams"
    ])
    expect(refused.json.detail).toContain("has 3 event streams open")
    await streams[0]?.leave()
    let response = await at(port())
    while (response.status === 503) {
      await response.body?.cancel()
      response = await at(port())
    }
    closing.push(() => readStream(response).leave())
    expect(response.status).toBe(200)
  })

  it("is only a promise of one to HEAD, and takes no place", async () => {
    for (let n = 0; n < 5; n++) {
      const { headers, status } = await send(port(), "HEAD", "/api/events/stream")
      expect([status, headers["content-type"]]).toEqual([200, "text/event-stream"])
    }
    await open()
  })

  it("has its heartbeat also when somebody sets the clock of the machine back", async () => {
    const stream = await open()
    const heartbeat = `:\nid: ${await endId()}\n\n`
    await stream.receives(heartbeat.repeat(2))
    const { now } = Date
    const set = vi.spyOn(Date, "now").mockImplementation(() => now() - 3_600_000)
    closing.push(async () => set.mockRestore())
    const before = stream.text().length / heartbeat.length
    await stream.receives(heartbeat.repeat(before + 3))
  })

  it("refuses a position that the log has not reached, as after a restore", async () => {
    const head = await headOf()
    for (const path of ["/api/events/stream", "/api/events"]) {
      const { json, status } = await get(`${path}?after=${head + 1}`)
      expect(status).toBe(409)
      expect(json).toMatchObject({
        type: "urn:holdfast:problem:position-beyond-log",
        after: head + 1,
        head,
        detail: expect.stringContaining(`The log ends at position ${head}.`)
      })
    }
    const { json, status } = await get(`/api/events?after=${head}`)
    expect([status, json]).toEqual([200, { items: [], next: head }])
  })
})

describe("a log that was restored to an earlier state", () => {
  /** What a reader is told that had the event of the first place at the second. */
  const told = async (eventId: string, after: number, asHeader = false) => {
    const { json, status } = asHeader
      ? await at(port(), "", { "last-event-id": `${after}.${eventId}` }).then(async (response) => ({
          status: response.status,
          json: await response.json()
        }))
      : await get(`/api/events?after=${after}&afterEventId=${eventId}`)
    return [status, json.type, json.after, json.afterEventId]
  }

  it("refuses whoever had another event at the position, by pages and by streams", async () => {
    await sku(5)
    const head = await headOf()
    const { items } = (await get(`/api/events?after=${head - 2}`)).json
    const [{ eventId: before }, { eventId: last }] = items
    const restored = "urn:holdfast:problem:log-restored"
    for (const asHeader of [false, true]) {
      // Another event is there, or the log has not come so far again.
      for (const [eventId, after] of [
        [before, head],
        [last, head - 1],
        [last, head + 1]
      ]) {
        expect(await told(eventId, after, asHeader)).toEqual([409, restored, after, eventId])
      }
    }
    for (const path of ["", "/stream"]) {
      const { json, status } = await get(`/api/events${path}?afterEventId=${last}`)
      expect([status, json.detail]).toEqual([409, expect.stringContaining("must be its position")])
    }
    const stream = await get(`/api/events/stream?after=${head}&afterEventId=${before}`)
    expect([stream.status, stream.json.detail]).toEqual([
      409,
      expect.stringContaining("the database was restored to an earlier state")
    ])
  })

  it("lets a reader go on after the event that it has, also after one of another type", async () => {
    await sku(5)
    const head = await headOf()
    const [{ eventId }] = (await get(`/api/events?after=${head - 1}`)).json.items
    const place = `after=${head}&afterEventId=${eventId}`
    const skuId = await sku(5)
    const { items } = (await get(`/api/events?${place}&types=inventory.stock.updated`)).json
    expect(items.map(({ aggregateId }: { aggregateId: string }) => aggregateId)).toEqual([skuId])
    // The header is the newer of the two.
    const stream = await open(`?${place}`, { "last-event-id": await endId() })
    await reserve(skuId, "after-it")
    const [message] = await stream.messages(1)
    expect(message?.data).toMatchObject({ payload: { orderId: "after-it" } })
  })
})

/** A log whose events up to 4,000 were dropped, or are dropped once somebody has begun to read. */
const droppedLog = (isBegun: (limit: number) => boolean) => ({
  head: Effect.succeed(5_000),
  read: (after: number, limit: number) =>
    after < 4_000 && !isBegun(limit)
      ? Effect.fail(new PositionGone({ after, horizon: 4_000 }))
      : Effect.succeed([])
})

describe("a stream whose next events were dropped", () => {
  it("does not begin", async () => {
    const engine = memoryEngine(new HandClock(), { log: droppedLog(() => false) })
    const server = await listen(engine)
    closing.push(server.close)
    const { json, status } = await server.call("GET", "/api/events/stream?after=10")
    expect(status).toBe(410)
    expect(json).toMatchObject({
      type: "urn:holdfast:problem:position-gone",
      after: 10,
      horizon: 4_000
    })
  })

  it("says so, and ends", async () => {
    const engine = memoryEngine(new HandClock(), { log: droppedLog((limit) => limit === 1) })
    const server = await listen(engine)
    closing.push(server.close)
    const messages = await readStream(await at(server.port, "?after=10")).ended
    expect(messages).toEqual([
      {
        id: "10",
        event: "gone",
        data: expect.objectContaining({ status: 410, after: 10, horizon: 4_000 })
      }
    ])
  })
})

describe("an event stream ends", () => {
  it("when the reader of a web handler cancels it, and its place is free", async () => {
    const { dispose, handler } = webHandler(memoryEngine(new HandClock()), { eventStreamsMax: 1 })
    closing.push(dispose)
    const ask = () => handler(new Request("http://host/api/events/stream"))
    for (let n = 0; n < 3; n++) {
      let response = await ask()
      while (response.status === 503) response = await ask()
      expect((await ask()).status).toBe(503)
      await response.body?.cancel()
    }
  })

  it("when the host leaves; a new one then ends at once, and says where to go on", async () => {
    const leaving = new AbortController()
    const server = await listen(memoryEngine(new HandClock()), { leaving: leaving.signal })
    closing.push(server.close)
    const stream = readStream(await at(server.port))
    await stream.receives("id: 0\n\n")
    leaving.abort()
    expect(await stream.ended).toEqual([])
    const late = readStream(await at(server.port, "?after=0"))
    await late.ended
    expect(late.text()).toBe(":\nid: 0\n\n")
    expect((await server.call("GET", "/api/events")).status).toBe(200)
  })

  it("when a web handler is disposed of", async () => {
    const { dispose, handler } = webHandler(memoryEngine(new HandClock()))
    const url = "http://host/api/events/stream"
    const stream = readStream(await handler(new Request(url)))
    await stream.receives("id: 0\n\n")
    await dispose()
    expect(await stream.ended).toEqual([])
    expect((await handler(new Request(url))).status).toBe(503)
  })

  it("when a handler for Node is disposed of", async () => {
    const holdfast = toNodeHandler(memoryEngine(new HandClock()))
    const host = await serve(holdfast.listener)
    closing.push(host.close)
    const stream = readStream(await at(host.port))
    await stream.receives("id: 0\n\n")
    await holdfast.dispose()
    expect(await stream.ended).toEqual([])
  })

  it("when its server closes, which does not wait for it", async () => {
    const server = await listen(memoryEngine(new HandClock()))
    const stream = readStream(await at(server.port))
    await stream.receives("id: 0\n\n")
    await server.end()
    expect(await stream.ended).toEqual([])
  })
})
