import { beforeAll, describe, expect, it } from "@effect/vitest"
import { buildDoors, doorOf, hostFolder, reachedFrom } from "./builtDoors.ts"

beforeAll(buildDoors, 300_000)

describe("the declarations of the Promise doors", () => {
  for (const name of ["core", "adapter-pg"] as const) {
    it(`reach no type of Effect, nor any other package, from @holdfast/${name}`, () => {
      const { files, outside } = reachedFrom(doorOf(name))
      expect(outside).toEqual([])
      expect(files).toContain("packages/core/dist/promise/inventory/HoldfastInventory.d.ts")
    })
  }

  it("reach no type of Effect, nor of any driver, from @holdfast/adapter-pg/transactions", () => {
    const { files, outside } = reachedFrom(doorOf("adapter-pg", "transactions"))
    expect(outside).toEqual([])
    expect(files).toContain("packages/adapter-pg/dist/drivers/fromPrisma.d.ts")
  })

  it("differ from those of the Effect side, which do", () => {
    const { outside } = reachedFrom(doorOf("core", "inventory"))
    expect(outside.filter((found) => / imports effect\//.test(found)).length).toBeGreaterThan(10)
    expect(reachedFrom(doorOf("adapter-pg", "effect")).outside.join("\n")).toContain(
      "@effect/sql-pg"
    )
  })
})

const esmHost = `
import { createHoldfast, createInventory, withinTransaction } from "@holdfast/adapter-pg"
import { fromPrisma } from "@holdfast/adapter-pg/transactions"
import {
  type Holdfast,
  type HoldfastInventory,
  isHoldfastError,
  type Reservation
} from "@holdfast/core"

const checkOut = async (inventory: HoldfastInventory): Promise<Reservation | undefined> => {
  const lines = [{ skuId: "mug", quantity: 2 }]
  try {
    const signal = AbortSignal.timeout(1_000)
    const options = { idempotencyKey: "order-1", signal }
    const [hold] = await inventory.reserve({ orderId: "order-1", lines, ttl: 60 }, options)
    const expiresAt: Date | null | undefined = hold?.expiresAt
    return expiresAt === null ? undefined : hold
  } catch (error) {
    if (isHoldfastError(error, "InsufficientStock")) {
      const available: ReadonlyArray<number> = error.details.lines.map((line) => line.available)
      throw new Error(available.join())
    }
    if (isHoldfastError(error)) {
      if (error.isRetryable) return checkOut(inventory)
      switch (error.code) {
        case "SkuNotFound":
          throw new Error(error.details.skuIds.join())
        case "InvalidInput":
          throw new Error(error.details.issues.map(({ path }) => path).join())
        default:
          throw error
      }
    }
    throw error
  }
}

await using inventory = await createInventory({ folder: "./stock", sweepIntervalMillis: false })
await checkOut(inventory)
for await (const level of inventory.reconciledLevels()) console.log(level.ledgerQuantity)
for (const { event, position } of await inventory.events({ after: 0 })) {
  if (event.eventType === "inventory.stock.low") {
    const threshold: number = event.payload.lowStockThreshold
    console.log(position, threshold)
  }
}
for await (const page of inventory.events({ after: 0, signal: AbortSignal.timeout(1_000) })) {
  const last: number | undefined = page.at(-1)?.position
  console.log(last)
}
await inventory.receive({ skuId: "mug", quantity: 1, occurredAt: new Date() })
const holdfast: Holdfast = await createHoldfast({ memory: true })
await holdfast.inventory.ping()
await holdfast.close()
declare const tx: { $queryRawUnsafe<T = unknown>(sql: string, ...values: string[]): Promise<T> }
await withinTransaction(fromPrisma(tx)).receive({ skuId: "mug", quantity: 1 })
// @ts-expect-error: lines are missing
await inventory.reserve({ orderId: "order-1" })
// @ts-expect-error: a misspelt option
await inventory.stock("mug", { singal: AbortSignal.timeout(1) })
// @ts-expect-error: one place or the other
await createInventory({ folder: "./stock", url: "postgres://127.0.0.1/stock" })
`

const cjsHost = `
import adapter = require("@holdfast/adapter-pg")
import core = require("@holdfast/core")
const open = (): Promise<core.HoldfastInventory> => adapter.createInventory()
export = { open, isHoldfastError: core.isHoldfastError }
`

const tsconfig = (strict: boolean) =>
  JSON.stringify({
    compilerOptions: {
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "esnext.disposable"],
      types: ["node"],
      strict,
      exactOptionalPropertyTypes: strict,
      skipLibCheck: false,
      noEmit: true
    },
    include: ["host.mts", "host.cts"]
  })

describe("a host that has never heard of Effect", () => {
  for (const strict of [true, false]) {
    it(`type-checks against the declarations alone, ${strict ? "strictly" : "loosely"}`, () => {
      using host = hostFolder({
        "host.mts": esmHost,
        "host.cts": cjsHost,
        "tsconfig.json": tsconfig(strict)
      })
      host.copyDeclarations()
      expect(host.tsc("--pretty", "false")).toBe("")
    }, 120_000)
  }

  it("makes the compiler fail when a declaration would need Effect", () => {
    using host = hostFolder({
      "host.mts": `import { toPromises } from "@holdfast/core/inventory"\nvoid toPromises\n`,
      "tsconfig.json": tsconfig(true)
    })
    host.copyDeclarations()
    expect(() => host.tsc("--pretty", "false")).toThrow(/effect\//)
  }, 120_000)

  it("loads core by require, without loading Effect", () => {
    using host = hostFolder({
      "host.cjs": `
        const { HoldfastError, isHoldfastError } = require("@holdfast/core")
        const error = new HoldfastError("Busy", { reason: "locked" })
        console.log(isHoldfastError(error, "Busy"), error.isRetryable)
        const loaded = Object.keys(require.cache).filter((file) => file.includes("/effect/"))
        console.log(loaded.length)
      `
    })
    host.linkPackages()
    expect(host.node("host.cjs")).toBe("true true\n0\n")
  })

  it("reserves from CommonJS on the embedded database, and knows the refusal", () => {
    using host = hostFolder({
      "host.cjs": `
        const { createInventory } = require("@holdfast/adapter-pg")
        const { isHoldfastError } = require("@holdfast/core")
        const main = async () => {
          const inventory = await createInventory()
          await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
          const lines = [{ skuId: "mug", quantity: 2 }]
          const [hold] = await inventory.reserve({ orderId: "1", lines })
          console.log(hold.status, (await inventory.stock("mug")).availableQuantity)
          const refused = await inventory.reserve({ orderId: "2", lines }).catch((error) => error)
          console.log(isHoldfastError(refused, "InsufficientStock"), refused.message)
          await inventory.close()
        }
        main()
      `
    })
    host.linkPackages()
    expect(host.node("host.cjs")).toBe(
      "PENDING 1\n" +
        'true not enough stock, nothing was reserved: SKU "mug" has 1 available of 2 requested\n'
    )
  }, 60_000)
})
