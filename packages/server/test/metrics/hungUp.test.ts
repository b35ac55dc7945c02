/** Clients that hang up are no fault of the server: they count apart from its errors. */
import { expect, it, vi } from "vitest"
import { hold } from "../network/rawConnections.ts"
import { startServer } from "../ServerProcess.ts"
import { samplesOf, scrape, valueOf } from "./exposition.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 })

const clients = 20

const half =
  "POST /api/skus HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" +
  'content-length: 100\r\n\r\n{"skuId":'

const underWay = "holdfast_http_requests_under_way"

it("a client that hangs up in the middle of its request is no server error", async () => {
  await using server = await startServer(["--memory", "--metrics-port", "0"])
  const held = await Promise.all(Array.from({ length: clients }, () => hold(server.port, half)))
  await vi.waitUntil(async () => valueOf(await scrape(server), underWay) === clients, 30_000)
  for (const { socket } of held) socket.destroy()
  await vi.waitUntil(async () => valueOf(await scrape(server), underWay) === 0, 30_000)
  const counted = samplesOf(await scrape(server))
    .filter(({ name }) => name === "holdfast_http_requests_total")
    .map(({ labels, value }) => [labels["route"], labels["status"], value])
  expect(counted).toEqual([["/api/skus", "499", clients]])
})
