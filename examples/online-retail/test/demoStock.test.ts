/** The server's demo stock is what it says it is: the busiest SKUs of the included month. */
import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { planOf } from "../src/plan.ts"
import { readRows } from "../src/readRows.ts"

const december = new URL("../data/online-retail-2010-12.csv.gz", import.meta.url).pathname
const demoStock = new URL("../../../packages/server/demo/stock.json", import.meta.url)

it("lists the 60 SKUs on the most orders, with the stock that was just enough", async () => {
  const { skus, steps } = await planOf(readRows(december))
  const orders = new Map<string, number>()
  for (const { kind, lines } of steps) {
    if (kind !== "order") continue
    for (const skuId of new Set(lines.map((line) => line.skuId))) {
      orders.set(skuId, (orders.get(skuId) ?? 0) + 1)
    }
  }
  const busiest = [...skus]
    .sort((a, b) => {
      const busier = (orders.get(b.skuId) ?? 0) - (orders.get(a.skuId) ?? 0)
      return busier === 0 ? (a.skuId < b.skuId ? -1 : 1) : busier
    })
    .slice(0, 60)
    .map(({ name, openingQuantity, skuId }) => ({
      skuId,
      code: skuId,
      name,
      initialStock: openingQuantity
    }))
  expect(JSON.parse(readFileSync(demoStock, "utf8"))).toEqual(busiest)
})
