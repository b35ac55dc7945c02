/** The application as a process: it is compiled, started, asked, and stopped by SIGTERM. */
import { spawn, spawnSync } from "node:child_process"
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, it, vi } from "vitest"

vi.setConfig({ testTimeout: 120_000 })

const folder = fileURLToPath(new URL("..", import.meta.url))
// Beside the installed packages, where the compiled files find them.
const built = fileURLToPath(new URL("../node_modules/.built", import.meta.url))

beforeAll(() => {
  const tsc = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder, "--outDir", built], {
    encoding: "utf8"
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" })
})
afterAll(() => rmSync(built, { recursive: true, force: true }))

it("serves its own route and the REST API, refuses with the right status, and ends in order", async () => {
  const child = spawn(process.execPath, ["--conditions=@holdfast/source", `${built}/main.js`], {
    cwd: folder,
    env: { ...process.env, PORT: "0", DATABASE_URL: undefined, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"]
  })
  const output = { out: "", err: "" }
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.err += text
  })
  const ended = new Promise((resolve) => child.once("close", (_code, signal) => resolve(signal)))
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output.out += text
        const [url] = /^http:.*$/m.exec(output.out) ?? []
        if (url !== undefined) resolve(url)
      })
      ended.then(() => reject(new Error(output.err)))
    })
    const post = (path: string, body: object) =>
      fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body)
      })
    const cart = (orderId: string, quantity: number) => ({
      orderId,
      lines: [{ skuId: "mug", quantity }]
    })
    const sku = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 }
    expect((await post("/api/skus", sku)).status).toBe(201)
    const held = await post("/checkout", cart("order-1", 3))
    expect([held.status, await held.json()]).toMatchObject([201, [{ status: "PENDING" }]])

    const short = await post("/checkout", cart("order-2", 3))
    expect([short.status, short.headers.get("content-type")]).toEqual([
      409,
      expect.stringMatching(/^application\/problem\+json/)
    ])
    expect(await short.json()).toMatchObject({ lines: [{ requested: 3, available: 2 }] })
    const wrong = await post("/checkout", cart("order-3", -1))
    expect([wrong.status, await wrong.json()]).toMatchObject([
      400,
      { issues: [{ path: "lines.0.quantity" }] }
    ])

    const order = { orderId: "order-4", skuId: "mug", quantity: 2 }
    expect((await post("/api/inventory/reservations", order)).status).toBe(201)
    const nowhere = await fetch(`${url}/nowhere`)
    expect([nowhere.status, await nowhere.json()]).toMatchObject([404, { error: "Not Found" }])
  } finally {
    child.kill("SIGTERM")
  }
  // Nest sends itself the signal again once its hooks have run.
  expect([await ended, output.err]).toEqual(["SIGTERM", ""])
  expect(output.out.trimEnd()).toMatch(/\[Inventory\] closed$/)
})
