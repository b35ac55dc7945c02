/** gRPC-Web, as a browser asks it: through connect-web, over HTTP/1.1. */
import { createServer } from "node:http"
import { type AddressInfo, connect as connectTcp } from "node:net"
import { create, type DescMethod, type Message } from "@bufbuild/protobuf"
import { Code, ConnectError, createClient } from "@connectrpc/connect"
import { createGrpcWebTransport } from "@connectrpc/connect-web"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { afterEach, expect, it } from "vitest"
import { GrpcAddress, services } from "../../src/index.ts"
import { asker, believing, type GrpcWorld, openGrpcWorld } from "../access/world.ts"

const open: Array<() => Promise<unknown> | void> = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const opened = async (...[options]: Parameters<typeof openGrpcWorld>) => {
  const world = await openGrpcWorld({ web: { corsOrigins: [] }, ...options })
  const { web } = Context.get(world.context, GrpcAddress)
  const server = createServer((request, response) => {
    if (web?.(request, response) !== true) response.writeHead(404).end("elsewhere")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  open.push(
    () => world.close(),
    () => {
      server.closeAllConnections()
      server.close()
    }
  )
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const transport = createGrpcWebTransport({ baseUrl })
  const client = createClient(services.inventory, transport) as unknown as Client
  const events = createClient(services.events, transport) as unknown as Events
  return { ...world, baseUrl, client, events }
}

type Asked = (request: object, options?: object) => Promise<never>
interface Client {
  readonly [method: string]: Asked
}
interface Events {
  readonly streamEvents: (
    request: object,
    options?: object
  ) => AsyncIterable<{ readonly event: { readonly position: bigint; readonly eventType: string } }>
}

const register = ({ inventory }: Pick<GrpcWorld, "inventory">) =>
  Effect.runPromise(
    inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 } as never)
  )

it("calls a command once under one key, and reads what it was answered", async () => {
  const world = await opened()
  await register(world)
  const heads: Array<string | null> = []
  const options = {
    headers: { "idempotency-key": "web-1" },
    onHeader: (head: Headers) => heads.push(head.get("idempotent-replayed"))
  }
  const line = { orderId: "one", lines: [{ skuId: "mug", quantity: 2n }] }
  const first = await world.client["reserve"]?.(line, options)
  const again = await world.client["reserve"]?.(line, options)
  expect(again).toEqual(first)
  expect(heads).toEqual([null, "true"])
  expect(await world.client["getStock"]?.({ skuId: "mug" })).toMatchObject({
    availableQuantity: 3n
  })
})

it("reads a refusal with its details, as over HTTP/2", async () => {
  const world = await opened()
  await register(world)
  const refused = await world.client["reserve"]?.({
    orderId: "two",
    lines: [{ skuId: "mug", quantity: 99n }]
  }).catch(ConnectError.from)
  expect(refused).toMatchObject({ code: Code.FailedPrecondition })
  const details = (refused as unknown as ConnectError).details as ReadonlyArray<{
    readonly type: string
    readonly debug?: unknown
  }>
  expect(details.map(({ type }) => type)).toEqual([
    "google.rpc.ErrorInfo",
    "google.rpc.PreconditionFailure",
    "google.rpc.RequestInfo"
  ])
  const bad = await world.client["getStock"]?.({ skuId: "a b" }).catch(ConnectError.from)
  expect(bad).toMatchObject({ code: Code.InvalidArgument })
})

it("follows the log, resumes after a position, and ends when its reader leaves", async () => {
  const world = await opened()
  await register(world)
  const receive = () =>
    Effect.runPromise(world.inventory.receive({ skuId: "mug", quantity: 1 } as never))
  const seen: Array<bigint> = []
  const leaving = new AbortController()
  for await (const { event } of world.events.streamEvents(
    { context: 1 },
    { signal: leaving.signal }
  )) {
    seen.push(event.position)
    if (seen.length === 6) break
    await receive()
  }
  for await (const { event } of world.events.streamEvents({ context: 1, after: seen[2] })) {
    expect(event.position).toBe(seen[3])
    break
  }
  expect(new Set(seen).size).toBe(6)
  const beyond = world.events.streamEvents({ context: 1, after: 10_000n })[Symbol.asyncIterator]()
  await expect(beyond.next()).rejects.toMatchObject({ code: Code.FailedPrecondition })
})

it("ends a call at its deadline, and what was done for it is interrupted", async () => {
  const seen = { entered: 0, interrupted: 0 }
  const world = await opened({
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
  const late = await world.client["getLocations"]?.({}, { timeoutMs: 300 }).catch(ConnectError.from)
  expect(late).toMatchObject({ code: Code.DeadlineExceeded })
  await expect.poll(() => seen.interrupted, { timeout: 20_000 }).toBe(seen.entered)
})

it("asks who calls, as over HTTP/2", async () => {
  const world = await opened({ authenticate: believing })
  const nobody = await world.client["getLocations"]?.({}).catch(ConnectError.from)
  expect(nobody).toMatchObject({ code: Code.Unauthenticated })
  const user = { id: "ann", kind: "USER", roles: ["USER"] } as const
  const asUser = { headers: asker(user as never) }
  const denied = await world.client["registerSku"]?.({ code: "A", name: "A" }, asUser).catch(
    ConnectError.from
  )
  expect(denied).toMatchObject({ code: Code.PermissionDenied })
})

it("lets pages of the sites that were named call, and answers their preflight", async () => {
  const site = "https://shop.example"
  const { baseUrl } = await opened({ web: { corsOrigins: [site] } })
  const place = `${baseUrl}/holdfast.inventory.v1.InventoryService/GetStock`
  const preflight = (origin: string) =>
    fetch(place, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" }
    })
  const allowed = await preflight(site)
  expect(allowed.status).toBe(204)
  expect(allowed.headers.get("access-control-allow-origin")).toBe(site)
  expect(allowed.headers.get("access-control-allow-headers")).toMatch(/X-Grpc-Web.*idempotency-key/)
  const other = await preflight("https://elsewhere.example")
  expect(other.headers.get("access-control-allow-origin")).toBeNull()
})

it("takes nothing but its own, and no frame of noise ends as a bug of ours", async () => {
  const world = await opened()
  const { baseUrl } = world
  expect((await fetch(`${baseUrl}/api/skus`)).status).toBe(404)
  const place = `${baseUrl}/holdfast.inventory.v1.InventoryService/Receive`
  expect((await fetch(place)).status).toBeGreaterThanOrEqual(400)
  let state = 7
  const next = (most: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
  const codes = new Map<string, number>()
  for (let n = 0; n < 300; n++) {
    const noise = Buffer.from(Array.from({ length: next(60) }, () => next(256)))
    const head = Buffer.alloc(5)
    head.writeUInt32BE(next(3) === 0 ? next(2 ** 31) : noise.length, 1)
    const response = await fetch(place, {
      method: "POST",
      headers: { "content-type": "application/grpc-web+proto", "x-grpc-web": "1" },
      body: Buffer.concat([head, noise])
    })
    const text = await response.text()
    const status = response.headers.get("grpc-status") ?? /grpc-status: (\d+)/.exec(text)?.[1]
    // connect calls bytes that are no message INTERNAL, before any code of ours sees them.
    const isUnreadable = status === "13" && text.includes("grpc-message: parse%20binary")
    if (isUnreadable) continue
    codes.set(status ?? "none", (codes.get(status ?? "none") ?? 0) + 1)
  }
  const written = await Effect.runPromise(world.logs[0].head)
  expect(Number(written)).toBe(0)
  // Unknown (2), internal (13) and data loss (15) would be ours.
  expect(codes.size).toBeGreaterThan(0)
  expect([...codes.keys()].filter((code) => ["2", "13", "15", "none"].includes(code))).toEqual([])
  expect((await world.client["getLocations"]?.({})) as unknown).toBeDefined()
})

it("answers what is under way before it stops, and ends streams", async () => {
  const world = await opened()
  await register(world)
  const stream = world.events.streamEvents({ context: 1 })[Symbol.asyncIterator]()
  const head = await Effect.runPromise(world.logs[0].head)
  let position = 0
  while (position < Number(head)) {
    const { done, value } = await stream.next()
    position = done === true ? Number.POSITIVE_INFINITY : Number(value.event.position)
  }
  const ended = stream.next()
  const stopped = world.stop()
  await expect(ended).rejects.toMatchObject({ code: Code.Unavailable })
  await stopped
})

it("a socket that is cut in a call leaves nothing behind", async () => {
  const { baseUrl, client } = await opened()
  const { port } = new URL(baseUrl)
  await Promise.all(
    Array.from(
      { length: 20 },
      () =>
        new Promise<void>((resolve) => {
          const socket = connectTcp(Number(port), "127.0.0.1", () => {
            socket.write(
              "POST /holdfast.inventory.v1.InventoryService/GetStock HTTP/1.1\r\nhost: x\r\n" +
                "content-type: application/grpc-web+proto\r\ncontent-length: 900\r\n\r\nab"
            )
            socket.destroy()
          })
          socket.on("close", () => resolve())
        })
    )
  )
  expect(await client["getLocations"]?.({})).toBeDefined()
})

it("serves every method but those of reflection", () => {
  const methods: ReadonlyArray<DescMethod> = [services.inventory, services.catalog].flatMap(
    ({ methods: all }) => all
  )
  expect(methods.every(({ methodKind }) => methodKind === "unary")).toBe(true)
  const message: Message = create(services.events.methods[0]?.input as never)
  expect(message.$typeName).toMatch(/^holdfast\.events\.v1\./)
})
