/**
 * A request is found in the log by the id that its answer carries, whichever door it came through, and its line
 * says who has asked. What the lines are in the Elastic Common Schema is committed: `goldenLines.jsonl`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it, vi } from "vitest"
import { TestClient } from "../../../grpc/test/calling.ts"
import { eventually } from "../eventually.ts"
import { post, send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { faultsOf } from "./ecs.ts"
import { startSink } from "./otlpSink.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

type Line = Readonly<Record<string, unknown>>

const linesOf = (log: string): ReadonlyArray<Line> =>
  log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const folder = mkdtempSync(join(tmpdir(), "holdfast-logged-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A token of an administrator of the server that was started in the folder. */
const bearer = async (): Promise<string> => {
  const { stdout } = await holdfast(["token", "ADMIN"], { cwd: folder })
  return stdout.trim()
}

it("a line of each door names its request by the id that the answer has, and who has asked", async () => {
  await using sink = await startSink()
  await using server = await startServer(
    [
      ...["--memory", "--access-log", "all", "--log-format", "json", "--auth", "development"],
      ...["--grpc-port", "0", "--graphql"]
    ],
    { cwd: folder, env: { ...sink.env, OTEL_LOGS_EXPORTER: "none" } }
  )
  const { grpc } = server as typeof server & { readonly grpc: string }
  const token = await bearer()
  const headers = { authorization: `Bearer ${token}`, "x-correlation-id": "cart 7" }
  await post(
    server.url,
    "/api/skus",
    { skuId: "mug", code: "MUG", name: "Mug", initialStock: 1 },
    headers
  )
  const lineOf = async (id: string): Promise<Line> => {
    expect(id).toMatch(uuid)
    await server.logs(id)
    const lines = linesOf(server.log()).filter(
      ({ message, requestId }) => message === "request" && requestId === id
    )
    expect(lines).toHaveLength(1)
    return lines[0] as Line
  }
  const known = { message: "request", correlationId: "cart 7", principal: "USER development:admin" }
  const lines = [{ skuId: "mug", quantity: 9 }]

  const order = "/api/inventory/orders/1/reservations"
  const rest = await send(server.url, "PUT", order, { lines }, headers)
  expect(rest.status).toBe(409)
  expect(await lineOf(rest.body.instance.slice("urn:uuid:".length))).toMatchObject({
    ...known,
    ...{ route: "/api/inventory/orders/:orderId/reservations", status: 409, outcome: "refused" }
  })

  const client = new TestClient(grpc)
  const call = await client.call("inventory", "reserve", { orderId: "1", ttl: 900, lines }, headers)
  expect(await lineOf(call.requestId ?? "")).toMatchObject({
    ...known,
    ...{ route: "/holdfast.inventory.v1.InventoryService/Reserve", method: "POST" },
    ...{ code: "FAILED_PRECONDITION", outcome: "refused", operation: "reserve" },
    ...{ durationMillis: expect.any(Number), trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) }
  })

  const nothing = `{ product(productId: "01890a5d-ac96-774b-bcce-b302099a8057") { id } }`
  const query = `mutation { wrong: reserve(input: { orderId: "", lines: [] }) { __typename } }`
  const unread = await post(server.url, "/graphql", { query: "{ nothing }" }, headers)
  await post(server.url, "/graphql", { query: nothing }, headers)
  const refused = await post(server.url, "/graphql", { query }, headers)
  expect(refused.body.data.wrong.__typename).toBe("InvalidInput")
  const [{ extensions }] = unread.body.errors
  expect(await lineOf(extensions.instance.slice("urn:uuid:".length))).toMatchObject({
    ...known,
    ...{ route: "/graphql", outcome: "refused" }
  })
  const told = await eventually(async () => {
    const ofDoor = linesOf(server.log()).filter(({ route }) => route === "/graphql")
    return ofDoor.length === 3 ? ofDoor : undefined
  }).then((all) => all.map(({ operation, outcome }) => [operation, outcome]))
  expect(told).toEqual([
    [undefined, "refused"],
    ["product", "refused"],
    ["reserve", "refused"]
  ])

  const guess = await client.call("inventory", "stock", { skuIds: ["mug"] }, { authorization: "x" })
  client.close()
  expect(await lineOf(guess.requestId ?? "")).toMatchObject({
    ...{ code: "UNAUTHENTICATED", outcome: "refused" }
  })
})

/** What differs from run to run, as a word. */
const settled: Readonly<Record<string, string>> = {
  "@timestamp": "TIME",
  "process.pid": "PID",
  "event.duration": "NANOSECONDS",
  "http.request.id": "ID",
  "service.version": "VERSION",
  "span.id": "SPAN"
}

const golden = new URL("goldenLines.jsonl", import.meta.url)

it("the lines of the Elastic Common Schema are those that are committed", async () => {
  await using sink = await startSink()
  await using server = await startServer(
    [
      ...["--memory", "--access-log", "all", "--log-format", "ecs", "--auth", "development"],
      ...["--grpc-port", "0", "--graphql"]
    ],
    {
      cwd: folder,
      env: {
        ...sink.env,
        OTEL_LOGS_EXPORTER: "none",
        OTEL_TRACES_SAMPLER: "parentbased_always_off"
      }
    }
  )
  const { grpc } = server as typeof server & { readonly grpc: string }
  const token = await bearer()
  const headers = { authorization: `Bearer ${token}` }
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
  await post(
    server.url,
    "/api/skus",
    { skuId: "mug", code: "MUG", name: "Mug", initialStock: 1 },
    { ...headers, traceparent }
  )
  await send(server.url, "GET", "/api/inventory/cup", undefined, {
    ...headers,
    "x-correlation-id": "cart 7"
  })
  await send(server.url, "GET", "/nowhere", undefined, headers)
  await send(server.url, "GET", "/api/inventory/mug", undefined, {})
  const client = new TestClient(grpc)
  await client.call("inventory", "stock", { skuIds: [] }, headers)
  client.close()
  await post(server.url, "/graphql", { query: "{ locations { id } }" }, headers)
  await server.logs("/graphql")
  const lines = linesOf(server.log())
  expect(lines.flatMap(faultsOf)).toEqual([])
  const text = lines
    .filter(({ message }) => message === "request")
    .map((line) =>
      JSON.stringify(
        Object.fromEntries(
          Object.entries(line).map(([field, value]) => [field, settled[field] ?? value])
        )
      )
    )
    .map((line) => `${line}\n`)
    .join("")
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, text)
  expect(text).toBe(readFileSync(golden, "utf8"))
})
