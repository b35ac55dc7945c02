/** A real server tells a collector of its requests, and what they cause, by links and events. */
import { readTraceparent } from "@holdfast/core/tracing"
import { grpcCall } from "@holdfast/grpc"
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, post, reserve, send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { type SinkSpan, startSink } from "./otlpSink.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const traceId = "0af7651916cd43dd8448eb211c80319c"
const parentId = "b7ad6b7169203331"
const traceparent = `00-${traceId}-${parentId}-01`

const mug = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 }

const begin = async (
  env: Readonly<Record<string, string>> = {},
  args: ReadonlyArray<string> = []
) => {
  const sink = await startSink()
  const server = await startServer(["--memory", ...args], { env: { ...sink.env, ...env } })
  return {
    sink,
    server,
    span: (is: (span: SinkSpan) => boolean) => eventually(async () => sink.spans.find(is)),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await sink[Symbol.asyncDispose]()
    }
  }
}

it("names a request by method and route, continues its caller's trace, and notes its statements", async () => {
  await using world = await begin()
  const { server, sink } = world
  await post(server.url, "/api/skus", mug)
  await send(server.url, "GET", "/api/inventory/mug", undefined, {
    traceparent,
    "user-agent": "somebody's own"
  })
  const read = await world.span(({ name }) => name === "GET /api/inventory/:skuId")
  expect(read).toMatchObject({
    traceId,
    parentSpanId: parentId,
    kind: 2,
    service: "holdfast",
    attributes: { "http.request.method": "GET", "http.response.status_code": 200 }
  })
  const statements = read.events.filter(({ name }) => name === "statement")
  expect(statements.length).toBeGreaterThan(0)
  expect(statements[0]?.attributes["db.query.text"]).toMatch(/^(select|with) /i)
  expect(statements[0]?.attributes["duration_ms"]).toBeGreaterThan(0)
  // Nothing names who has asked, and a query may name anybody.
  expect(JSON.stringify(sink.spans)).not.toMatch(
    /somebody|ann@|client\.address|url\.(full|path|query)|user_agent/
  )
})

it("gives many commands one batch span, which is linked with each of them and they with it", async () => {
  await using world = await begin()
  const { server, sink } = world
  await post(server.url, "/api/skus", { ...mug, initialStock: 100 })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => reserve(server.url, "mug", `order-${n}`))
  )
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
  const reserves = await eventually(async () => {
    const found = sink.spans.filter(({ name }) => name.endsWith("POST /api/inventory/reservations"))
    return found.length === 20 ? found : undefined
  })
  const batches = await eventually(async () => {
    const found = sink.spans.filter(({ name }) => name === "commit batch")
    const linked = new Set(found.flatMap(({ links }) => links.map(({ spanId }) => spanId)))
    return reserves.every(({ spanId }) => linked.has(spanId)) ? found : undefined
  })
  expect(batches.length).toBeLessThan(21)
  const large = batches.find(({ links }) => links.length > 1)
  expect(large?.attributes["holdfast.batch.commands"]).toBe(large?.links.length)
  expect(large?.events.some(({ name }) => name === "statement")).toBe(true)
  for (const reserve of reserves) {
    expect(reserve.links.length).toBeGreaterThan(0)
    for (const { spanId } of reserve.links) {
      expect(batches.map((batch) => batch.spanId)).toContain(spanId)
    }
  }
})

it("ignores a malformed traceparent, samples by the parent, and never traces health", async () => {
  await using world = await begin({ OTEL_TRACES_SAMPLER: "parentbased_always_off" })
  const { server, sink } = world
  const malformed = [
    "",
    "nonsense",
    `00-${"0".repeat(32)}-${parentId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `ff-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01-more`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${traceId}-${parentId}`
  ]
  for (const sent of malformed) {
    expect(readTraceparent(sent)).toBeUndefined()
    const { status } = await send(server.url, "GET", "/api/skus", undefined, { traceparent: sent })
    expect(status).toBe(200)
  }
  await send(server.url, "GET", "/health/ready", undefined, { traceparent })
  await send(server.url, "GET", "/api/skus", undefined, {
    traceparent: traceparent.replace(/01$/, "00")
  })
  await send(server.url, "GET", "/api/locations", undefined, { traceparent })
  await world.span(({ name }) => name === "GET /api/locations")
  expect(sink.spans.map(({ name }) => name)).toEqual(["GET /api/locations"])
})

it("keeps a request that ends with 500 and above, and none that is refused, with --trace-keep errors", async () => {
  await using sink = await startSink()
  await using server = await startServer(
    ["--database", "postgres://nobody:nothing@127.0.0.1:1/none", "--trace-keep", "errors"],
    { env: { ...sink.env, OTEL_TRACES_SAMPLER: "always_off" } }
  )
  expect((await get(server.url, "/api/skus?page=first")).status).toBe(400)
  expect((await get(server.url, "/nowhere")).status).toBe(404)
  expect((await get(server.url, "/api/skus")).status).toBe(503)
  const kept = await eventually(async () => sink.spans.find(({ name }) => name === "GET /api/skus"))
  expect(kept).toMatchObject({
    status: { code: 2, message: "HTTP 503" },
    attributes: { "http.response.status_code": 503, "http.request.id": expect.any(String) }
  })
  expect((await server.stop()).code).toBe(0)
  expect(sink.spans.map(({ name }) => name)).toEqual(["GET /api/skus"])
})

it("refuses to keep spans that no collector takes, and says what to set", async () => {
  const { code, stdout } = await holdfast([
    ...["serve", "--memory", "--json", "--port", "0", "--trace-keep", "errors"]
  ])
  expect(code).toBe(2)
  expect(stdout).toContain("--trace-keep needs a collector")
  expect(stdout).toContain("OTEL_EXPORTER_OTLP_ENDPOINT")
})

it("keeps slow requests that are not sampled, where it is asked to", async () => {
  await using world = await begin({ OTEL_TRACES_SAMPLER: "always_off" }, [
    ...["--trace-keep", "slow", "--slow-request", "1ms"]
  ])
  const { server, sink } = world
  await post(server.url, "/api/skus", mug)
  const slow = await world.span(({ name }) => name === "POST /api/skus")
  expect(slow.attributes["http.response.status_code"]).toBe(201)
  // Nothing that it has caused is traced for its sake.
  expect(sink.spans.filter(({ name }) => name === "commit batch")).toEqual([])
  const { body } = await get(server.url, "/api/events?context=inventory")
  expect(body.items.map((event: { traceparent: unknown }) => event.traceparent)).toContain(null)
})

it("continues the trace in the process of the other context, and over gRPC", async () => {
  await using world = await begin({ OTEL_SERVICE_NAME: "stock" }, [
    ...["--service", "inventory", "--grpc-port", "0"]
  ])
  const { server, sink } = world
  await post(server.url, "/api/skus", mug)
  await using products = await startServer(
    ["--memory", "--service", "product", "--inventory-url", server.url],
    { env: { ...sink.env, OTEL_SERVICE_NAME: "products" } }
  )
  const product = {
    ...{ name: "Mug", type: "NORMAL", status: "ACTIVE" },
    options: [
      {
        name: "Blue",
        price: { amount: "9.90", currency: "EUR" },
        skuMappings: [{ skuId: "mug", quantity: 1 }]
      }
    ]
  }
  const made = await post(products.url, "/api/products", product, { traceparent })
  expect(made.status).toBe(201)
  const there = await world.span((span) => span.service === "stock" && span.traceId === traceId)
  const call = await world.span(({ spanId }) => spanId === there.parentSpanId)
  expect(call).toMatchObject({ service: "products", kind: 3, traceId })
  const asked = await world.span(({ spanId }) => spanId === call.parentSpanId)
  expect(asked).toMatchObject({ name: "POST /api/products", parentSpanId: parentId })

  const { grpc } = server as typeof server & { readonly grpc: string }
  const ofGrpc = traceId.replace(/^0a/, "1b")
  await grpcCall(
    grpc,
    "holdfast.inventory.v1.InventoryService/GetStock",
    { skuId: "mug" },
    {
      traceparent: `00-${ofGrpc}-${parentId}-01`
    }
  )
  const read = await world.span((span) => span.traceId === ofGrpc)
  expect(read).toMatchObject({
    name: "holdfast.inventory.v1.InventoryService/GetStock",
    parentSpanId: parentId,
    kind: 2
  })
  expect(read.events.map(({ name }) => name)).toContain("statement")
})

it("keeps the trace of a request over GraphQL with its events", async () => {
  await using world = await begin({ OTEL_TRACES_SAMPLER: "parentbased_always_off" }, ["--graphql"])
  const { server } = world
  const query = `mutation { registerSku(input: { skuId: "mug", code: "MUG", name: "Mug" }) { __typename } }`
  const { body } = await post(server.url, "/graphql", { query }, { traceparent })
  expect(body.errors).toBeUndefined()
  const span = await world.span(({ name }) => name === "POST /graphql")
  const batch = await world.span(({ name }) => name === "commit batch")
  expect(batch).toMatchObject({ traceId, parentSpanId: span.spanId })
  const events = await get(server.url, "/api/events?context=inventory")
  expect(events.body.items[0].traceparent).toBe(`00-${traceId}-${span.spanId}-01`)
})
