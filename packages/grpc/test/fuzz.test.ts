/**
 * Calls of bytes that are cut, changed and made up, and connections that end within a frame: no call ends
 * as a bug of ours, and nothing is written. HOLDFAST_FUZZ_CALLS says how many.
 */
import { randomBytes } from "node:crypto"
import { connect as connectHttp2 } from "node:http2"
import { connect } from "node:net"
import { toBinary } from "@bufbuild/protobuf"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { messageCodec } from "../src/messages/messageCodec.ts"
import { type GrpcWorld, openGrpcWorld } from "./access/world.ts"
import { operationMethods } from "./contract/rows.ts"

const calls = Number(process.env["HOLDFAST_FUZZ_CALLS"] ?? 5_000)
const seed = Number(process.env["HOLDFAST_TEST_SEED"] ?? 20_261_126)

/** Numbers from 0 to below `most`, the same for the same seed (mulberry32). */
const numbers = (start: number) => {
  let state = start
  return (most: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most
  }
}

let world: GrpcWorld
beforeAll(async () => {
  world = await openGrpcWorld()
})
afterAll(() => world.close())

const changesOf = async () =>
  (await Promise.all(world.logs.map((log) => Effect.runPromise(log.head)))).join()

/** A whole request that would do nothing: all that it names is unknown. */
const begun = operationMethods.map(({ input, name, request }) => {
  const [service = "", rpc = ""] = name.split(" ")
  const context = service.startsWith("Inventory") ? "inventory" : "catalog"
  const text = { skuId: "no-such", orderId: "no-such", productId: "x", reference: "x", quantity: 1 }
  const message = messageCodec(input.ast, request).codec.toMessage(text)
  return { path: `/holdfast.${context}.v1.${service}/${rpc}`, bytes: toBinary(request, message) }
})

/** A field of a number and a wire type that may not be those of the message. */
const strangeField = (next: (most: number) => number): Buffer => {
  const tag = next(40) * 8 + next(8)
  const length = next(30)
  return Buffer.concat([
    Buffer.from([tag & 0x7f, length]),
    Buffer.from(Array.from({ length: next(40) }, () => next(256)))
  ])
}

const mangled = (bytes: Uint8Array, next: (most: number) => number): Buffer => {
  const whole = Buffer.from(bytes)
  switch (next(5)) {
    case 0:
      return whole.subarray(0, next(whole.length + 1))
    case 1:
      return Buffer.from(Array.from({ length: next(200) }, () => next(256)))
    case 2:
      return Buffer.concat([whole, strangeField(next)])
    case 3:
      if (whole.length > 0) whole[next(whole.length)] = next(256)
      return whole
    default:
      return Buffer.concat([strangeField(next), whole, strangeField(next)])
  }
}

it(`${calls} mangled calls of the seed ${seed} are refused or answered, never INTERNAL, and write nothing`, async () => {
  const next = numbers(seed)
  const before = await changesOf()
  const codes = new Map<number, number>()
  for (let done = 0; done < calls; done += 50) {
    const ended = await Promise.all(
      Array.from({ length: Math.min(50, calls - done) }, async () => {
        const { bytes, path } = begun[next(begun.length)] ?? { bytes: new Uint8Array(), path: "" }
        const sent = mangled(bytes, next)
        const metadata: Record<string, string> =
          next(3) === 0 ? { "idempotency-key": "k".repeat(next(400)), traceparent: "zz" } : {}
        const { code } = await world.client.raw(path, sent, metadata)
        return { code, path, sent: sent.toString("hex") }
      })
    )
    for (const { code, path, sent } of ended) {
      codes.set(code, (codes.get(code) ?? 0) + 1)
      expect([2, 13, 15], `${path} ${sent}`).not.toContain(code)
    }
  }
  expect(await changesOf()).toBe(before)
  expect(codes.get(3) ?? 0).toBeGreaterThan(calls / 4)
}, 600_000)

it("text that is no UTF-8, an instant that is none, and a value without a kind are named or refused", async () => {
  const path = "/holdfast.inventory.v1.InventoryService/Receive"
  const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex")
  // sku_id (1) with half a letter; occurred_at (7) with seconds and nanos beyond every calendar.
  expect((await world.client.raw(path, hex("0a02 ff41"))).code).toBe(3)
  const instant = hex("0a01 41 1801 3a0b 08ffffffffffffffff7f 1000")
  expect((await world.client.raw(path, instant)).code).toBe(3)
  const product = "/holdfast.catalog.v1.CatalogService/UpdateProduct"
  // attributes (13) of a key and an empty Value, and of a Value that is not a number.
  expect((await world.client.raw(product, hex("6a05 0a0161 1200"))).code).toBe(3)
  expect((await world.client.raw(product, hex("6a0e 0a0161 1209 11 000000000000f87f"))).code).toBe(
    3
  )
})

it("a message over 4 MiB is refused before it is read", async () => {
  const path = "/holdfast.inventory.v1.InventoryService/GetStock"
  const { code } = await world.client.raw(path, Buffer.alloc(4 * 1_024 * 1_024 + 1))
  expect(code).toBe(8)
})

const http2Call = (headers: Record<string, string>, body: Buffer, isCut: boolean) =>
  new Promise<string>((resolve) => {
    const session = connectHttp2(`http://${world.address}`)
    session.on("error", () => resolve("closed"))
    const stream = session.request({
      ":method": "POST",
      ":path": "/holdfast.inventory.v1.InventoryService/GetLocations",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers
    })
    let status = "none"
    const note = (found: Record<string, unknown>) => {
      if (found["grpc-status"] !== undefined) status = String(found["grpc-status"])
      else if (found[":status"] !== 200) status = `http ${found[":status"]}`
    }
    stream.on("response", note)
    stream.on("trailers", note)
    stream.on("error", () => resolve("closed"))
    stream.on("close", () => {
      session.close()
      resolve(status)
    })
    stream.resume()
    if (isCut) {
      stream.write(body)
      stream.close(8)
    } else stream.end(body)
  })

const frame = (message: Buffer, length = message.length): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, message])
}

it("frames that are cut, empty, too long or given up end, and the server goes on", async () => {
  expect(await http2Call({}, frame(Buffer.alloc(0)), false)).toBe("0")
  expect(await http2Call({ "grpc-timeout": "0n" }, frame(Buffer.alloc(0)), false)).toMatch(
    /^(4|0)$/
  )
  for (const body of [
    frame(Buffer.alloc(3), 300),
    Buffer.from([0]),
    Buffer.alloc(0),
    frame(Buffer.alloc(1), 2 ** 31)
  ]) {
    expect(await http2Call({}, body, false)).not.toMatch(/^(2|13|15)$/)
    await http2Call({}, body, true)
  }
  expect(await http2Call({ "content-type": "text/plain" }, Buffer.alloc(0), false)).toBe("http 415")
  expect((await world.client.call("inventory", "locations", {})).code).toBe(0)
})

it("connections of noise end, and the server goes on", async () => {
  await Promise.all(
    Array.from({ length: 50 }, () => {
      const [host = "", port = ""] = world.address.split(":")
      return new Promise<void>((resolve) => {
        const socket = connect(Number(port), host, () => socket.end(randomBytes(300)))
        socket.on("error", () => resolve())
        socket.on("close", () => resolve())
        socket.resume()
      })
    })
  )
  expect((await world.client.call("inventory", "locations", {})).code).toBe(0)
})
