/** Replays on the in-memory store and on PostgreSQL, each level held to the recomputation. */
import { createInventory } from "@holdfast/adapter-pg"
import type { HoldfastInventory, Reconciliation } from "@holdfast/core"
import { Inventory, MemoryInventory, toPromises } from "@holdfast/core/inventory"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import { checkLevels } from "../src/check.ts"
import { readRows } from "../src/readRows.ts"
import { recompute } from "../src/recompute.ts"
import { pageOf, type Report } from "../src/report.ts"
import { type ReplayOptions, runReplay } from "../src/runReplay.ts"
import { everyKind } from "./rows.ts"

const december = new URL("../data/online-retail-2010-12.csv.gz", import.meta.url).pathname

const inMemory = (): Promise<HoldfastInventory> =>
  toPromises(Layer.provideMerge(Inventory.layer(), MemoryInventory.layer))

const replayOn = (
  inventory: HoldfastInventory,
  options: Partial<ReplayOptions> = {}
): Promise<Report> =>
  runReplay(inventory, {
    file: december,
    concurrency: 32,
    store: "the store of a test",
    screen: { write: () => undefined },
    ...options
  })

const differencesOf = async (inventory: HoldfastInventory, file: string) => {
  const { levels } = await recompute(readRows(file))
  return (await checkLevels(inventory, levels)).differences
}

const nothingReconciled: Reconciliation = {
  levels: 0,
  agreeing: 0,
  accuracy: 1,
  totalDrift: 0,
  reservedDrift: 0,
  drifted: []
}

it("replays every kind of row", async () => {
  await using inventory = await inMemory()
  const report = await replayOn(inventory, { file: everyKind, concurrency: 1 })
  expect(report.check).toEqual({
    skus: 3,
    differences: [],
    reconciled: { levels: 3, agreeing: 3 }
  })
  expect(report.orders).toEqual({ filled: 3, refused: 0, lines: 5, units: 28 })
  const { items: holds } = await inventory.reservationsOfOrder("1001")
  expect(
    holds.map(({ lineId, quantity, skuId, status }) => [lineId, skuId, quantity, status])
  ).toEqual([
    ["1", "11111A", 4, "FULFILLED"],
    ["2", "22222", 10, "FULFILLED"],
    ["4", "11111A", 3, "FULFILLED"]
  ])
  const ledger = await inventory.movements("22222")
  expect(
    ledger.items.map(({ quantity, reason, reference, type }) => [type, quantity, reference, reason])
  ).toEqual([
    ["RETURN", 1, "C1006", null],
    ["ADJUSTMENT", -3, "1003", "damaged"],
    ["SHIPMENT", -10, "1001", null],
    ["RECEIPT", 13, null, "initial stock"]
  ])
})

it("finds a level that is one unit off, a SKU too many and a unit still reserved", async () => {
  await using inventory = await inMemory()
  await replayOn(inventory, { file: everyKind })
  expect(await differencesOf(inventory, everyKind)).toEqual([])
  await inventory.receive({ skuId: "22222", quantity: 1 })
  await inventory.registerSku({ skuId: "99999", code: "99999", name: "Stray" })
  await inventory.reserve({ orderId: "stray", lines: [{ skuId: "33333B", quantity: 2 }] })
  expect(await differencesOf(inventory, everyKind)).toEqual([
    { of: "22222", expected: 1, actual: 2 },
    { of: "22222 available", expected: 1, actual: 2 },
    { of: "33333B reserved", expected: 0, actual: 2 },
    { of: "33333B available", expected: 7, actual: 5 },
    { of: "99999", expected: null, actual: 0 },
    { of: "99999 available", expected: null, actual: 0 }
  ])
})

it("says in the report that a level differs", async () => {
  await using inventory = await inMemory()
  const losing: HoldfastInventory = {
    ...inventory,
    returnStock: (input, options) =>
      inventory.returnStock({ ...input, quantity: input.quantity + 1 }, options)
  }
  const report = await replayOn(losing, { file: everyKind })
  expect(
    report.check.differences.map(({ actual, expected, of }) => [of, expected, actual])
  ).toContainEqual(["33333B", 7, 8])
  expect(pageOf(report)).toMatch(/DIFFERENCES in 3 SKUs:\n {2}11111A +expected 0 +found 1/)
})

it("replays the month with no difference", { timeout: 120_000 }, async () => {
  await using opened = await inMemory()
  // The in-memory store reads its whole ledger for each level: 15 s here, and other tests compare it.
  const reconcile = () => Promise.resolve(nothingReconciled)
  const report = await replayOn({ ...opened, reconcile })
  expect(report.check).toMatchObject({ skus: 2_749, differences: [] })
  expect(report.orders).toEqual({ filled: 1_622, refused: 0, lines: 41_513, units: 361_820 })
  expect(report.returns).toEqual({ invoices: 301, lines: 698, units: 16_009 })
  expect(report.adjustments).toEqual({ taken: 70, units: 4_046, refused: 0 })
  expect(report.notStock.rows).toBe(200)
  expect(report.notStock.codes.length).toBe(14)
})

it("refuses the same orders however many are under way, when stock is tight", async () => {
  const tight = async (concurrency: number) => {
    await using inventory = await inMemory()
    return await replayOn(inventory, { concurrency, limit: 400, tightPercent: 60 })
  }
  const [alone, together] = [await tight(1), await tight(64)]
  expect(together.orders.refused).toBeGreaterThan(50)
  expect(together).toEqual({ ...alone, throughput: together.throughput })
  expect(together.check.differences).toEqual([])
  expect(pageOf(together)).toMatch(/Short: \d+ orders for [\d,]+ units were refused whole/)
})

describePostgres(18, "on PostgreSQL", () => {
  it("replays tight stock with no difference", async () => {
    const database = await freshDatabase({ version: 18 })
    try {
      await using inventory = await createInventory({ url: database.url })
      const report = await replayOn(inventory, { limit: 150, tightPercent: 80 })
      expect(report.orders.refused).toBeGreaterThan(0)
      expect(report.check.differences).toEqual([])
    } finally {
      await database.drop()
    }
  })
})
