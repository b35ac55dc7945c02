/** What pages of other sites make a browser send to a server that serves its own machine alone. */
import { request } from "node:http"
import { connect } from "node:net"
import { expect, it, vi } from "vitest"
import { get, registerSku, reserve } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"

vi.setConfig({ testTimeout: 120_000 })

interface Said {
  readonly status: number | undefined
  readonly type: string | undefined
  readonly text: string
}

/** A request with headers that `fetch` would not send. */
const say = (
  url: string,
  headers: Readonly<Record<string, string>>,
  method = "GET"
): Promise<Said> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part
      })
      response.on("end", () => {
        const { headers: answered, statusCode: status } = response
        resolve({ status, type: answered["content-type"], text })
      })
    })
    sent.on("error", reject).end()
  })

const metricsOf = (server: object) => (server as { readonly metrics: string }).metrics

const allowed = "https://admin.example"

it("without --auth they are refused, and nothing of them happens", async () => {
  await using server = await startServer([
    ...["--memory", "--graphql", "--grpc-port", "same", "--grpc-web", "--cors-origin", allowed]
  ])
  const { port } = new URL(server.url)
  await registerSku(server.url, "mug", 5)
  await reserve(server.url, "mug", "order-1")
  const confirm = `${server.url}/api/inventory/orders/order-1/confirm`
  const strange: ReadonlyArray<readonly [Record<string, string>, string]> = [
    [{ host: "rebound.example" }, "is addressed to rebound.example"],
    [{ host: `rebound.example:${port}` }, "is addressed to rebound.example"],
    [{ host: "localhost.rebound.example" }, "is addressed to localhost.rebound.example"],
    [{ host: "127.0.0.1.rebound.example" }, "is addressed to 127.0.0.1.rebound.example"],
    [{ origin: "https://shop.example" }, "comes from a page of https://shop.example"],
    [{ origin: "null" }, "comes from a page of null"],
    [{ host: "rebound.example", origin: allowed }, "is addressed to rebound.example"]
  ]
  for (const [headers, words] of strange) {
    const { status, text, type } = await say(confirm, headers, "POST")
    expect({ status, type }).toEqual({ status: 403, type: "application/problem+json" })
    expect(JSON.parse(text)).toMatchObject({
      type: "urn:holdfast:problem:forbidden",
      detail: expect.stringMatching(/without --auth.*--auth none/)
    })
    expect(text).toContain(words)
    for (const path of ["/api/events", "/graphql?query={__typename}", "/docs", "/nowhere"]) {
      expect((await say(`${server.url}${path}`, headers)).status).toBe(403)
    }
    const web = `${server.url}/holdfast.inventory.v1.InventoryService/ReleaseOrder`
    const asWeb = { ...headers, "content-type": "application/grpc-web+proto" }
    expect((await say(web, asWeb, "POST")).status).toBe(403)
  }
  const { body: holds } = await get(server.url, "/api/inventory/orders/order-1/reservations")
  expect(JSON.stringify(holds)).toContain('"status":"PENDING"')
  const own: ReadonlyArray<Record<string, string>> = [
    {},
    { host: `localhost:${port}` },
    { host: "[::1]:80" },
    { host: `shop.localhost:${port}` },
    { origin: "http://shop.localhost:5173" },
    { origin: allowed },
    // A page that this machine itself serves, such as that of a shop under development.
    { origin: "http://localhost:5173" },
    { host: `localhost:${port}`, origin: `http://localhost:${port}` }
  ]
  for (const headers of own) expect((await say(confirm, headers, "POST")).status).toBe(200)
})

it("with --auth none they are everybody", async () => {
  await using server = await startServer(["--memory", "--auth", "none"])
  for (const headers of [{ host: "shop.example" }, { origin: "https://shop.example" }]) {
    expect((await say(`${server.url}/api/events`, headers)).status).toBe(200)
  }
})

it("they read no metrics and no dashboard on loopback", async () => {
  await using server = await startServer([...["--memory", "--auth", "none", "--metrics-port", "0"]])
  const metrics = metricsOf(server)
  const { host, port } = new URL(metrics)
  for (const path of ["/metrics", "/dashboard", "/dashboard/figures", "/", "/nowhere"]) {
    const url = `http://${host}${path}`
    const refused = await say(url, { host: `rebound.example:${port}` })
    expect(refused.status).toBe(403)
    expect(refused.text).toBe(
      `Metrics are for this machine alone, and the request is addressed to rebound.example:${port}; ` +
        "choose a --metrics-host that others reach\n"
    )
    const local = await say(url, { host: `localhost:${port}` })
    expect(local.status).toBe(path === "/nowhere" ? 404 : 200)
  }
  // The check of a balancer names nobody.
  const unnamed = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write("GET / HTTP/1.0\r\n\r\n"))
    socket.setEncoding("utf8").once("data", resolve).once("error", reject)
  })
  expect(unnamed).toMatch(/^HTTP\/1\.1 200 /)
})

it("on another address metrics answer under any name, as monitoring asks for them", async () => {
  await using server = await startServer([
    ...["--memory", "--auth", "none", "--metrics-port", "0", "--metrics-host", "0.0.0.0"]
  ])
  const { port } = new URL(metricsOf(server))
  const found = await say(`http://127.0.0.1:${port}/metrics`, { host: `holdfast:${port}` })
  expect(found.status).toBe(200)
})
