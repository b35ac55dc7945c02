/** Every example as a process, as a reader would run it: what it prints is what it promises. */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { freshDatabase, keepOnLeash } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it, vi } from "vitest"

// Starting from sources takes a busy machine its time.
vi.setConfig({ testTimeout: 120_000 })

const start = (name: string, env: Readonly<Record<string, string>> = {}) => {
  const file = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))
  const child = keepOnLeash(
    spawn(process.execPath, ["--conditions=@holdfast/source", file], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
  )
  return { child, ended: ending(child) }
}

const ending = (child: ChildProcess) => {
  const output = { out: "", err: "" }
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.out += text
  })
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.err += text
  })
  return new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>(
    (resolve) => child.once("close", (code) => resolve({ code, ...output }))
  )
}

const twoBuyers = (name: string, second: string) =>
  it(`${name} confirms one of two buyers and tells the other what is left`, async () => {
    expect(await start(name).ended).toEqual({
      code: 0,
      err: "",
      out: `order-1: confirmed\n${second}: 1 left of 2 wanted\n2 reserved, 1 available\n`
    })
  })

twoBuyers("promise", "order-2")
twoBuyers("effect", "mug")

it.each(["web-handler", "express"])(
  "%s answers beside the host's own routes, and stops when it is asked to",
  async (name) => {
    const { child, ended } = start(name, { PORT: "0" })
    try {
      const url = await new Promise<string>((resolve, reject) => {
        child.stdout?.once("data", (text: string) => resolve(text.trim()))
        child.once("exit", () => ended.then(({ err }) => reject(new Error(err))))
      })
      const post = (path: string, body: object) =>
        fetch(`${url}${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body)
        })
      expect(await (await fetch(url)).text()).toBe("the host's own page")
      const sku = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 }
      expect((await post("/api/skus", sku)).status).toBe(201)
      const order = { skuId: "mug", quantity: 4, orderId: "order-1" }
      const refused = await post("/api/inventory/reservations", order)
      expect(refused.status).toBe(409)
      expect(await refused.json()).toMatchObject({ lines: [{ available: 3, requested: 4 }] })
      expect(await (await fetch(`${url}/shelf/mug`)).json()).toMatchObject({ availableQuantity: 3 })
      const unknown = await fetch(`${url}/shelf/cup`)
      expect([unknown.status, await unknown.json()]).toMatchObject([404, { skuIds: ["cup"] }])
      expect((await fetch(`${url}/nowhere`)).status).toBe(404)
    } finally {
      child.kill("SIGTERM")
    }
    expect(await ended).toMatchObject({ code: 0, err: "" })
  }
)

describePostgres(18, "the examples on a server", () => {
  for (const name of ["host-transaction-pg", "host-transaction-typeorm"]) {
    it(`${name} stores and reserves together, or neither`, async () => {
      const { drop, url } = await freshDatabase()
      try {
        expect(await start(name, { DATABASE_URL: url }).ended).toEqual({
          code: 0,
          err: "",
          out:
            "order-1: stored and reserved\n" +
            "order-2: InsufficientStock, so neither is there\n" +
            "1 order stored, 2 units reserved\n"
        })
      } finally {
        await drop()
      }
    })
  }
})
