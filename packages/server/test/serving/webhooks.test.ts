/** Webhooks of servers over PostgreSQL: receivers of every kind, and servers that die. */
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { Webhook } from "standardwebhooks"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, post, registerSku, reserve, send } from "../requests.ts"
import { type ServerProcess, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

interface Got {
  readonly eventId: string
  readonly eventType: string
  readonly aggregateId: string
  readonly version: number
}

/** A receiver on this machine that verifies what it gets with a secret of its own. */
const startReceiver = async (respond: (response: ServerResponse, got: Got) => void) => {
  const secret = `whsec_${Buffer.from("r".repeat(32)).toString("base64")}`
  const webhook = new Webhook(secret)
  const got: Array<Got> = []
  const server = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request.setEncoding("utf8")) body += chunk
    const event = webhook.verify(body, request.headers as Record<string, string>) as Got
    got.push(event)
    respond(response, event)
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const { port } = server.address() as AddressInfo
  return {
    ...{ got, secret, url: `http://127.0.0.1:${port}/hooks` },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
  }
}

const takes = (response: ServerResponse) => response.writeHead(204).end()

const webhooks = "/api/webhooks"

/** The first event that a webhook has not taken yet, once there is one. */
const waitingOf = (server: ServerProcess, id: string) =>
  eventually(async () => {
    const { body } = await get(server.url, `${webhooks}/${id}/deliveries?status=WAITING`)
    return body.items.at(-1)
  })

const isTrue = (condition: () => boolean) => eventually(async () => condition() || undefined)

describePostgres(18, "webhooks of servers on one PostgreSQL", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.drop())

  const start = (...args: ReadonlyArray<string>) =>
    startServer(["--database", database.url, "--webhook-timeout", "300ms", ...args])
  const startOpen = () => start("--webhook-allow", "private,http")

  it("get every event, in order and signed, while servers are killed", async () => {
    await using receiver = await startReceiver(takes)
    await using one = await startOpen()
    const { secret, url } = receiver
    const eventTypes = ["inventory.stock.reserved"]
    const made = await post(one.url, webhooks, { url, secret, eventTypes })
    expect(made.status).toBe(201)
    await registerSku(one.url, "hooked", 1_000)
    let placed = 0
    for (let kills = 0; kills < 3; kills++) {
      await using other = await startOpen()
      for (let n = 0; n < 20; n++) await reserve(other.url, "hooked", `hook-${++placed}`)
      await other.kill9()
    }
    await isTrue(() => new Set(receiver.got.map(({ eventId }) => eventId)).size === placed)
    const firsts = [...new Map(receiver.got.toReversed().map((one) => [one.eventId, one])).values()]
    const versions = firsts.toReversed().map(({ version }) => version)
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    expect((await send(one.url, "DELETE", `${webhooks}/${made.body.webhookId}`)).status).toBe(204)
  })

  it("say what is wrong with receivers that fail, hang or redirect, which delay nobody", async () => {
    await using well = await startReceiver(takes)
    await using failing = await startReceiver((response) => response.writeHead(500).end())
    await using hanging = await startReceiver(() => undefined)
    await using redirecting = await startReceiver((response) =>
      response.writeHead(307, { location: well.url }).end()
    )
    await using server = await startOpen()
    const ids = new Map<string, string>()
    for (const [name, { secret, url }] of Object.entries({ failing, hanging, redirecting, well })) {
      const { body } = await post(server.url, webhooks, { url, secret })
      ids.set(name, body.webhookId)
    }
    await registerSku(server.url, "slow", 10)
    await reserve(server.url, "slow", "slow-1")
    await isTrue(() => well.got.some(({ eventType }) => eventType === "inventory.stock.reserved"))
    const problems = {
      failing: "it answered with 500",
      hanging: "it did not answer within 0.3 seconds",
      redirecting: "it answered with 307, and redirects are not followed"
    }
    for (const [name, problem] of Object.entries(problems)) {
      const waiting = await waitingOf(server, ids.get(name) ?? "")
      expect(waiting).toMatchObject({ status: "WAITING", problem })
    }
    // What was redirected came to nobody.
    const once = new Set(well.got.map(({ eventId }) => eventId))
    expect(well.got).toHaveLength(once.size)
    for (const id of ids.values()) await send(server.url, "DELETE", `${webhooks}/${id}`)
  })

  it("are never sent to this machine unless the operator allows it", async () => {
    await using receiver = await startReceiver(takes)
    const { secret, url } = receiver
    await using open = await startOpen()
    const { body } = await post(open.url, webhooks, { url, secret })
    await open.stop()
    await using closed = await start("--webhook-allow", "http")
    const { body: refused, status } = await post(closed.url, webhooks, { url, secret })
    expect(status).toBe(400)
    expect(refused.issues).toMatchObject([{ path: "url" }])
    // What was allowed when it was made is refused as well.
    const tested = await post(closed.url, `${webhooks}/${body.webhookId}/test`)
    expect(tested.body).toMatchObject({ isDelivered: false, httpStatus: null })
    expect(tested.body.problem).toContain("127.0.0.1 is not a public address (loopback)")
    expect(receiver.got).toEqual([])
    await send(closed.url, "DELETE", `${webhooks}/${body.webhookId}`)
    await using off = await start("--no-webhooks")
    expect((await get(off.url, webhooks)).status).toBe(403)
  })
})

describe("webhooks of two contexts", () => {
  it("get the events of their own, by the same server", async () => {
    await using ofStock = await startReceiver(takes)
    await using ofProducts = await startReceiver(takes)
    await using server = await startServer(["--memory", "--webhook-allow", "private,http"])
    const made = async (receiver: typeof ofStock, more: object) => {
      const { secret, url } = receiver
      const { status } = await post(server.url, webhooks, { url, secret, ...more })
      expect(status).toBe(201)
    }
    await made(ofStock, { eventTypes: ["inventory.sku.created"] })
    await made(ofProducts, { context: "catalog" })
    await registerSku(server.url, "hooked", 1)
    const { body } = await post(server.url, "/api/products", { name: "Socks", type: "NORMAL" })
    await isTrue(() => ofStock.got.length > 0 && ofProducts.got.length > 0)
    expect(ofProducts.got).toMatchObject([{ eventType: "product.created", aggregateId: body.id }])
    expect(ofStock.got).toMatchObject([
      { eventType: "inventory.sku.created", aggregateId: "hooked" }
    ])
    expect((await server.stop()).code).toBe(0)
  })
})
