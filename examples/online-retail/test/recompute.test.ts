/** The plan and the recomputation, each held to small files that were worked out by hand. */
import { expect, it } from "vitest"
import { planOf } from "../src/plan.ts"
import { readRows } from "../src/readRows.ts"
import { recompute } from "../src/recompute.ts"
import { csvOf, everyKind, row } from "./rows.ts"

it("recomputes the levels that were worked out by hand", async () => {
  expect(await recompute(readRows(everyKind))).toEqual({
    levels: new Map([
      ["11111A", 0],
      ["22222", 1],
      ["33333B", 7]
    ]),
    ordersFilled: 3,
    ordersRefused: 0,
    unitsShipped: 28,
    adjustmentsRefused: 0
  })
})

it("recomputes what is refused when the opening stock is tight", async () => {
  // Half of 16 and 13 is 8 and 6. 1001 wants 10 of 22222 and is refused whole; 1002 takes 5 of 8;
  // 3 of 6 are written off; 2 and 7 come back; 1005 wants 6 of 5 and is refused; 1 comes back.
  expect(await recompute(readRows(everyKind), 50)).toEqual({
    levels: new Map([
      ["11111A", 5],
      ["22222", 4],
      ["33333B", 7]
    ]),
    ordersFilled: 1,
    ordersRefused: 2,
    unitsShipped: 5,
    adjustmentsRefused: 0
  })
})

it("refuses an adjustment that would go below zero, and takes the next that does not", async () => {
  const file = csvOf([row("1", "11111", -6, "lost"), row("2", "11111", -4, "wet")])
  // Ten would be enough, five are there: the first asks for six, the second for four.
  const { adjustmentsRefused, levels } = await recompute(readRows(file), 50)
  expect({ adjustmentsRefused, levels }).toEqual({
    adjustmentsRefused: 1,
    levels: new Map([["11111", 1]])
  })
})

it("counts an invoice that is not in one piece where it began", async () => {
  const file = csvOf([row("1", "11111", 3), row("2", "11111", 2), row("1", "11111", 4)])
  // Seven of nine at 80 %: the first order takes all seven, the second finds none.
  const { levels, ordersRefused } = await recompute(readRows(file), 80)
  expect({ levels, ordersRefused }).toEqual({ levels: new Map([["11111", 0]]), ordersRefused: 1 })
  const { steps } = await planOf(readRows(file), 80)
  expect(steps.map(({ invoice, lines }) => [invoice, lines.length])).toEqual([
    ["1", 2],
    ["2", 1]
  ])
})

it("plans each invoice as an order, a return or an adjustment, with its lines numbered", async () => {
  const { steps } = await planOf(readRows(everyKind))
  expect(
    steps.map(({ invoice, kind, lines }) => [
      kind,
      invoice,
      lines.map(({ lineId, quantity, skuId }) => `${lineId}: ${quantity} ${skuId}`)
    ])
  ).toEqual([
    ["order", "1001", ["1: 4 11111A", "2: 10 22222", "4: 3 11111A"]],
    ["order", "1002", ["1: 5 11111A"]],
    ["adjustment", "1003", ["1: 3 22222"]],
    ["return", "C1004", ["1: 2 11111A", "2: 7 33333B"]],
    ["order", "1005", ["1: 6 11111A"]],
    ["return", "C1006", ["1: 1 22222"]]
  ])
})

it("opens each SKU with the least that is enough, under the name used most", async () => {
  const { respelled, skus } = await planOf(readRows(everyKind))
  expect(skus).toEqual([
    { skuId: "11111A", name: "name of 11111A", openingQuantity: 16 },
    { skuId: "22222", name: "name of 22222", openingQuantity: 13 },
    { skuId: "33333B", name: "33333B", openingQuantity: 0 }
  ])
  expect(respelled).toBe(1)
})

it("drops no row: what is no stock is listed by code and reason", async () => {
  const { notStock, rows, steps } = await planOf(readRows(everyKind))
  expect(notStock.map(({ code, reason, units }) => [code, reason, units])).toEqual([
    ["", "no stock code", 2],
    ["22222", "a return above zero", 1],
    ["22222", "no invoice number", 5],
    ["44444", "no whole quantity", 0],
    ["55555", "no whole quantity", 0],
    ["D", "no stock code", -1],
    ["POST", "no stock code", 1]
  ])
  const replayed = steps.reduce((sum, { lines }) => sum + lines.length, 0)
  expect(replayed + notStock.reduce((sum, seen) => sum + seen.rows, 0)).toBe(rows)
})
