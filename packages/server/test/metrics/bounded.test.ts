/** However many SKUs and unknown paths there are, a scrape stays as it is; and what a folder and TLS add. */
import { mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { makeAuthority } from "@holdfast/test-servers"
import { expect, it, vi } from "vitest"
import { certificateFolder, localNames } from "../network/tls/certificateFolder.ts"
import { overHttp1 } from "../network/tls/tlsClients.ts"
import { registerSku, reserve } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"
import { samplesOf, scrape, valueOf } from "./exposition.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

/** Of how many paths that no route has: HOLDFAST_UNKNOWN_PATHS=100000 asks for more. */
const unknownPaths = Number(process.env["HOLDFAST_UNKNOWN_PATHS"] ?? 5_000)

/** How many requests may be on their way on the one connection. */
const onTheirWay = 400

/** Asks for paths that are not there, one after the other and without waiting for their answers. */
const askForNothing = (url: string, from: number, to: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const { host, hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    let sent = from
    let answered = from
    let rest = ""
    const ask = () => {
      const until = Math.min(to, answered + onTheirWay)
      let text = ""
      for (; sent < until; sent++) text += `GET /nowhere/${sent} HTTP/1.1\r\nhost: ${host}\r\n\r\n`
      if (text !== "") socket.write(text)
    }
    socket.setEncoding("latin1").on("data", (part: string) => {
      const heads = `${rest}${part}`.split("HTTP/1.1 404 ")
      answered += heads.length - 1
      // The beginning of a head may be at the end of what has arrived.
      rest = (heads.at(-1) ?? "").slice(-12)
      if (answered >= to) socket.destroy()
      else ask()
    })
    socket.on("connect", ask).on("error", reject)
    socket.on("close", () =>
      answered === to ? resolve() : reject(new Error(`${answered - from} of ${to - from} answered`))
    )
  })

/** Those of the check of stock are there from the first one on, ten seconds after a start. */
const ofTheCheck = /^holdfast_(inventory_|skus_sold_out|low_stock_cover_days)/

const ownSeries = (text: string): ReadonlyArray<string> =>
  samplesOf(text)
    .map(({ name }) => name)
    .filter((name) => name.startsWith("holdfast_") && !ofTheCheck.test(name))

it("unknown paths and SKUs make no series", async () => {
  await using server = await startServer(["--memory", "--metrics-port", "0"])
  await registerSku(server.url, "sku-0", 10)
  await reserve(server.url, "sku-0", "order-0")
  await askForNothing(server.url, 0, 50)
  const before = ownSeries(await scrape(server))
  await askForNothing(server.url, 50, unknownPaths)
  for (let n = 1; n <= 60; n++) {
    await registerSku(server.url, `sku-${n}`, 10)
    await reserve(server.url, `sku-${n}`, `order-${n}`)
  }
  const startedAt = performance.now()
  const text = await scrape(server)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  expect(ownSeries(text)).toEqual(before)
  const unknown = { route: "unknown", status: "404", method: "GET" }
  expect(valueOf(text, "holdfast_http_requests_total", unknown)).toBe(unknownPaths)
  expect(valueOf(text, "holdfast_batch_commands_sum", { context: "inventory" })).toBe(122)
})

it("a folder shows what is free on its disk, and TLS how long its certificate is valid", async () => {
  const authority = await makeAuthority()
  using certificates = certificateFolder()
  const own = await authority.issue({ names: localNames, usage: "server" })
  const { cert, key } = certificates.putBoth("server", own)
  const folder = mkdtempSync(join(tmpdir(), "holdfast-metrics-"))
  try {
    await using server = await startServer([
      ...["--folder", join(folder, "data"), "--metrics-port", "0"],
      ...["--tls-cert", cert, "--tls-key", key]
    ])
    const { status } = await overHttp1(`${server.url}/health/ready`, { ca: authority.pem })
    expect(status).toBe(200)
    const text = await scrape(server)
    expect(valueOf(text, "holdfast_folder_free_bytes")).toBeGreaterThan(1_000_000)
    const left = valueOf(text, "holdfast_certificate_expires_seconds", { which: "server" }) ?? 0
    expect(left).toBeGreaterThan(600)
    expect(text).not.toContain(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
