/** Calls that are given up or late, and streams of events that are slow, resumed or beyond the log. */
import type { Message } from "@bufbuild/protobuf"
import * as Effect from "effect/Effect"
import { afterEach, expect, it } from "vitest"
import { type GrpcWorld, openGrpcWorld } from "../access/world.ts"
import { endOf } from "../calling.ts"

let world: GrpcWorld | undefined
afterEach(() => world?.close())

const open = async (...options: Parameters<typeof openGrpcWorld>): Promise<GrpcWorld> => {
  world = await openGrpcWorld(...options)
  return world
}

const mug = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 }
const positionOf = (message: Message) =>
  Number((message as unknown as { readonly event: { readonly position: bigint } }).event.position)

const receive = ({ inventory }: GrpcWorld, times: number) =>
  Effect.runPromise(
    Effect.forEach(
      Array.from({ length: times }, (_, n) => n),
      (n) => inventory.receive({ skuId: "mug" as never, quantity: 1, reference: `r${n}` } as never),
      { concurrency: 16, discard: true }
    )
  )

it("a call whose deadline has passed, or comes before the answer, writes nothing more and is DEADLINE_EXCEEDED", async () => {
  const seen = { entered: 0, interrupted: 0 }
  const { client } = await open({
    authenticate: () =>
      Effect.suspend(() => {
        seen.entered += 1
        return Effect.onInterrupt(Effect.never, () =>
          Effect.sync(() => {
            seen.interrupted += 1
          })
        )
      })
  })
  // On a busy machine a short deadline may pass before the call is there.
  for (let millis = 100; seen.entered === 0; millis *= 3) {
    const late = await client.call("inventory", "registerSku", mug, {}, Date.now() + millis)
    expect(late.code).toBe(4)
  }
  await expect.poll(() => seen.interrupted, { timeout: 20_000 }).toBe(seen.entered)
  const passed = await client.call("inventory", "registerSku", mug, {}, Date.now() - 1_000)
  expect(passed.code).toBe(4)
})

it("a call that takes longer than the server lets it ends with what to do about it", async () => {
  const { client } = await open({ callMillisMax: 30, authenticate: () => Effect.never })
  expect(await client.call("inventory", "registerSku", mug)).toMatchObject({
    code: 4,
    reason: "TOOK_TOO_LONG"
  })
})

it("a stream goes on without a hole after the position of the last event, while events are written", async () => {
  const opened = await open()
  const { client, inventory } = opened
  await Effect.runPromise(inventory.registerSku(mug as never))
  const writing = receive(opened, 300)
  const seen: Array<number> = []
  while (seen.length < 301) {
    const stream = client.events({ after: BigInt(seen.at(-1) ?? 0) })
    await new Promise<void>((resolve) => {
      let count = 0
      stream.on("error", () => resolve())
      stream.on("data", (message: Message) => {
        // What comes after the client has had enough is not counted, and is asked for again.
        if (count >= 40) return
        seen.push(positionOf(message))
        count += 1
        if (count === 40 || seen.length === 301) stream.cancel()
      })
    })
  }
  await writing
  expect(seen).toEqual(seen.toSorted((one, other) => one - other))
  const all = await Effect.runPromise(opened.logs[0].read(0, 1_000))
  expect(seen).toEqual(all.slice(0, seen.length).map(({ position }) => position))
  expect(new Set(seen).size).toBe(seen.length)
})

it("a reader that does not read is waited for: few of the events are read for it", async () => {
  const opened = await open()
  const { client, inventory } = opened
  await Effect.runPromise(inventory.registerSku(mug as never))
  await receive(opened, 3_000)
  const stream = client.events({})
  const first = new Promise((resolve) => stream.once("data", resolve))
  await first
  stream.pause()
  // The other calls of the same connection are answered all the while.
  for (let n = 0; n < 50; n++) {
    expect((await client.call("inventory", "stock", { skuId: "mug" })).code).toBe(0)
  }
  // Thirty pages hold the log; what the connection and its buffers take is a few.
  expect(opened.counts.pages).toBeLessThan(15)
  const seen: Array<number> = []
  await new Promise<void>((resolve) => {
    stream.on("data", (message: Message) => {
      seen.push(positionOf(message))
      if (seen.length === 3_000) resolve()
    })
    stream.resume()
  })
  expect(seen.every((position, n) => position === (seen[0] ?? 0) + n)).toBe(true)
  const ended = endOf(stream)
  stream.cancel()
  expect((await ended).code).toBe(1)
  expect(opened.counts.pages).toBeGreaterThan(29)
})

it("a position that the log has not reached is refused, with the end of the log", async () => {
  const { client } = await open()
  await client.call("inventory", "registerSku", mug)
  expect(await endOf(client.events({ after: 5_000n }).resume())).toMatchObject({
    code: 9,
    reason: "POSITION_BEYOND_LOG",
    info: { after: "5000" }
  })
  // A page: the inventory's, after 5000.
  const page = (after: ReadonlyArray<number>) =>
    client.raw(
      "/holdfast.events.v1.EventsService/GetEvents",
      Buffer.from([0x08, 0x01, 0x10, ...after])
    )
  expect(await page([0x88, 0x27])).toMatchObject({
    code: 9,
    reason: "POSITION_BEYOND_LOG",
    info: { after: "5000" }
  })
  expect((await page([0x02])).code).toBe(0)
})

it("a log that does not have the reader's event at its position was restored, and says so", async () => {
  const { client, logs } = await open()
  await client.call("inventory", "registerSku", mug)
  const [first, second] = await Effect.runPromise(logs[0].read(0, 2))
  const refused = client.events({ after: 1n, afterEventId: second?.eventId })
  expect(await endOf(refused.resume())).toMatchObject({
    code: 9,
    reason: "LOG_RESTORED",
    info: { after: "1", afterEventId: second?.eventId }
  })
  const stream = client.events({ after: 1n, afterEventId: first?.eventId })
  const next = await new Promise<Message>((resolve) => stream.once("data", resolve))
  expect(positionOf(next)).toBe(2)
  stream.cancel()
  await endOf(stream)
})

it("a question that cannot be read is refused with its field, whose ever log it is", async () => {
  const { client } = await open()
  const ended = (input: object) => endOf(client.events(input).resume())
  expect(await ended({ context: 0 })).toMatchObject({ code: 3, fields: ["context"] })
  expect(await ended({ context: 9 })).toMatchObject({ code: 3, fields: ["context"] })
  expect(await ended({ after: -1n })).toMatchObject({ code: 3, fields: ["after"] })
  expect(await ended({ after: 2n ** 62n })).toMatchObject({ code: 3, fields: ["after"] })
  expect((await ended({ types: ["no.such.type"] })).code).toBe(3)
})
