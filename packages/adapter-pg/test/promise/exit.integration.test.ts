/**
 * H12: a script that forgets `close()` ends by itself. The script is a process of its own, on the
 * built packages, as a host runs it.
 */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, expect, it, vi } from "@effect/vitest"
import { startReplicated } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { createInventory, type HoldfastOptions } from "../../src/index.ts"
import { buildDoors, hostFolder } from "./builtDoors.ts"
import { ownDatabase, ownFolder } from "./opened.ts"

vi.setConfig({ testTimeout: 120_000 })
beforeAll(buildDoors, 300_000)

/** Reserves two of three mugs, and forgets to close. */
const forgetful = (options: HoldfastOptions) => `
  import { createInventory } from "@holdfast/adapter-pg"
  const inventory = await createInventory(${JSON.stringify(options)})
  await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
  await Promise.all(
    ["1", "2"].map((orderId) => inventory.reserve({ orderId, lines: [{ skuId: "mug", quantity: 1 }] }))
  )
  process.once("exit", (code) => console.log("ended with", code))
  console.log((await inventory.stock("mug")).availableQuantity)
`

const ended = "1\nended with 0\n"

const run = (script: string) => {
  using host = hostFolder({ "host.mjs": script })
  host.linkPackages()
  return host.node("host.mjs", { timeout: 60_000 })
}

const keeps = async (options: HoldfastOptions) => {
  await using inventory = await createInventory(options)
  expect(await inventory.stock("mug")).toMatchObject({ totalQuantity: 3, reservedQuantity: 2 })
}

describePostgres(18, "H12 a script that forgets to close", () => {
  it("ends by itself on a server, and what it was answered is there", async () => {
    await using database = await ownDatabase()
    const { url } = database
    expect(run(forgetful({ url }))).toBe(ended)
    await keeps({ url })
  })

  it("ends by itself while it watches a replica that is there, and one that is not", async () => {
    const { primary, standbys, stop } = await startReplicated()
    const away = "postgres://postgres@127.0.0.1:1/postgres"
    const url = primary.url()
    try {
      const replicas = [...standbys.map((one) => one.url()), away]
      expect(run(forgetful({ url, replicas, replicaLagMaxMillis: 600_000 }))).toBe(ended)
      await keeps({ url })
    } finally {
      await stop()
    }
  })

  it("ends by itself on a folder, and what it was answered is there", async () => {
    using own = ownFolder()
    const folder = join(own.folder, "stock")
    mkdirSync(folder)
    expect(run(forgetful({ folder }))).toBe(ended)
    await keeps({ folder })
  })

  it("ends by itself in memory", () => {
    expect(run(forgetful({ memory: true }))).toBe(ended)
  })

  it("waits for the answer of a call that is under way, also when nobody awaits it", async () => {
    await using database = await ownDatabase()
    const script = `
      import { createInventory } from "@holdfast/adapter-pg"
      const inventory = await createInventory({ url: ${JSON.stringify(database.url)}, maxConnections: 2 })
      await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
      const [hold] = await inventory.reserve({ orderId: "1", lines: [{ skuId: "mug", quantity: 1 }] })
      void inventory.release({ reservationId: hold.id }).then(({ status }) => console.log(status))
    `
    expect(run(script)).toBe("RELEASED\n")
  })

  it("ends by itself after close, too", () => {
    expect(
      run(`${forgetful({ memory: true })}
        await inventory.close({ timeout: 30_000 })
      `)
    ).toBe(ended)
  })
})
