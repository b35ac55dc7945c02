/** The audit log at the Promise door of both contexts. */
import { HoldfastError } from "@holdfast/core"
import { expect, it, vi } from "vitest"
import { createHoldfast } from "../../src/index.ts"

vi.setConfig({ testTimeout: 120_000 })

it("lists who did what, filtered and by pages, and finds that history was not edited", async () => {
  await using holdfast = await createHoldfast({ engine: { audit: "ALL" } })
  const { audit, inventory } = holdfast
  const before = new Date()
  await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
  await inventory.reserve(
    { orderId: "o-1", lines: [{ skuId: "mug", quantity: 1 }] },
    { idempotencyKey: "k", actor: "ann" }
  )
  const { items, next } = await audit.list({ target: "ORDER:o-1", from: before })
  expect(next).toBeNull()
  expect(items).toEqual([
    expect.objectContaining({
      ...{ outcome: "DONE", operation: "ReserveStock", actor: "ann" },
      principal: { kind: "HOST", id: "" },
      targets: ["SKU:mug", "ORDER:o-1"],
      at: expect.any(Date),
      keyDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      sender: null
    })
  ])
  const page = await audit.list({ size: 1 })
  expect(page.next).toBe(page.items[0]?.position)
  const rest = await audit.list({ before: page.next ?? 0 })
  expect(rest.items.map(({ operation }) => operation)).toEqual(["RegisterSku"])
  expect((await audit.list({ context: "catalog" })).items).toEqual([])
  const verdicts = await audit.verify()
  expect(verdicts.map(({ finding, log }) => [log, finding])).toEqual([
    ["EVENTS", null],
    ["AUDIT", null]
  ])
  const bad = await audit.list({ size: 0, from: "yesterday" }).catch((error: unknown) => error)
  expect(bad).toBeInstanceOf(HoldfastError)
  expect((bad as HoldfastError<"InvalidInput">).details.issues.map(({ path }) => path)).toEqual([
    "options.from",
    "options.size"
  ])
})

it("keeps no record for a host that names nobody, unless it asks for that", async () => {
  await using holdfast = await createHoldfast()
  await holdfast.inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug" })
  expect((await holdfast.audit.list()).items).toEqual([])
})
