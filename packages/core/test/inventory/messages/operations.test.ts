import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { commandOperations } from "../../../src/inventory/messages/commandOperations.ts"
import { InventoryCommand } from "../../../src/inventory/messages/InventoryCommand.ts"
import {
  InventoryRefusal,
  type RefusalTag
} from "../../../src/inventory/messages/InventoryError.ts"
import { type OperationName, operations } from "../../../src/inventory/messages/operations.ts"
import { methodTags } from "../../../src/inventory/services/inventoryMethods.ts"

const tags = InventoryCommand.members.map((schema) => schema.fields._tag.schema.literal)
const order = InventoryRefusal.members.map((schema) => schema.fields._tag.schema.literal)

describe("B4 the Promise door", () => {
  const source = ["HoldfastInventory", "InventoryCustomers", "InventoryReports"]
    .map((name) =>
      readFileSync(new URL(`../../../src/promise/inventory/${name}.ts`, import.meta.url), "utf8")
    )
    .join("\n")
  const documentedBy = (method: string): string =>
    new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*readonly ${method}:`).exec(source)?.[1] ?? ""
  const refusalsIn = (text: string) =>
    text.includes("Refusals")
      ? [...text.slice(text.indexOf("Refusals")).matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name)
      : []

  /**
   * HTTP has them; a host that embeds the engine has `locations` and `reconcile`, and its catalog asks
   * in the process which options have holds.
   */
  const notThere: ReadonlySet<string> = new Set(["heldOptions", "location", "reconcilePart"])
  /** A single thing that is not there is undefined. */
  const undefinedWhenMissing: ReadonlySet<string> = new Set([
    "sku",
    "reservation",
    "order",
    "customer"
  ])
  const names = (Object.keys(operations) as ReadonlyArray<OperationName>).filter(
    (name) => !notThere.has(name)
  )

  it.each(names)("documents the refusals of %s", (name) => {
    const text = documentedBy(name)
    expect(text).not.toBe("")
    if (undefinedWhenMissing.has(name)) {
      expect(text).toContain("or undefined")
      return
    }
    const named = /Refusals as `receive`/.test(text)
      ? refusalsIn(documentedBy("receive"))
      : refusalsIn(text)
    expect(named).toEqual(operations[name].refusals)
  })

  it("has a method for every row, and a row for every method that may refuse", () => {
    const methods = [
      ...source.matchAll(
        /^ {2}readonly (\w+): (?!string|boolean|number|Date|CustomerData|ReadonlyArray|StockCheck|\{)/gm
      )
    ].map(([, name]) => name ?? "")
    const known: ReadonlySet<string> = new Set(names)
    expect(names.filter((name) => !methods.includes(name))).toEqual([])
    const others = new Set(methods.filter((name) => !known.has(name)))
    // `as` gives all methods again.
    expect([...others].sort()).toEqual(["as", "skuByCode"])
  })

  it("names in each row a refusal once, in the order of precedence", () => {
    for (const [name, { refusals }] of Object.entries(operations)) {
      const row: ReadonlyArray<RefusalTag> = refusals
      const sorted = row.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
      expect([name, row]).toEqual([name, [...new Set(sorted)]])
    }
  })

  it("has a row for each command, under the name of its method", () => {
    const rows = Object.entries(commandOperations).map(([name, { command }]) => [name, command])
    expect(Object.entries(methodTags)).toEqual(rows)
    expect(rows.map(([, command]) => command)).toEqual(
      tags.filter((tag) => tag !== "ExpireReservations" && tag !== "BreakBundle")
    )
  })
})
