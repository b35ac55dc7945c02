/** What is kept about customers at the Promise door: the option of a key ring, in memory, in a folder and on a server. */
import { describe, expect, it } from "@effect/vitest"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { vi } from "vitest"
import { createCatalog, createHoldfast, createInventory } from "../../src/index.ts"
import { issuesOf, mug, order, ownDatabase, ownFolder, refusal } from "./opened.ts"

vi.setConfig({ testTimeout: 120_000 })

const bytes = (letter: string) => Buffer.alloc(32, letter.charCodeAt(0)).toString("base64")
const ring = { current: "a", keys: { a: bytes("a") } }
const next = { current: "b", keys: { a: bytes("a"), b: bytes("b") } }

const ann = { name: "Ann", address: { street: "7 Harbour Row" } }

const admin = { id: "root", kind: "USER", roles: ["ADMIN"] } as const
const boss = { id: "boss", kind: "USER", roles: ["MANAGER"] } as const
const desk = { id: "desk", kind: "SERVICE", roles: [], scopes: ["customers:read"] } as const

describe("createHoldfast with a key ring", () => {
  it("keeps, reads and erases, and records who did it", async () => {
    await using holdfast = await createHoldfast({ keyRing: ring })
    const { audit, inventory } = holdfast
    await inventory.registerSku(mug)
    await inventory.reserve({ ...order("o-1", 1), customer: ann })
    const kept = await inventory.customer("o-1")
    expect(kept).toEqual({ orderId: "o-1", customer: ann, changedAt: expect.any(Date) })
    expect(await inventory.customer("o-2")).toBeUndefined()
    await inventory.placeOrder({ ...order("o-3", 1), customer: { name: "Bob", phone: undefined } })
    expect(await holdfast.as(admin).inventory.customer("o-3")).toMatchObject({
      customer: { name: "Bob" }
    })
    expect(await holdfast.as(desk).inventory.customer("o-3")).toMatchObject({ orderId: "o-3" })
    for (const principal of [boss, desk]) {
      const erase = holdfast.as(principal).inventory.eraseCustomer({ orderId: "o-3" })
      expect((await refusal(erase)).code).toBe("Forbidden")
    }
    const erased = { orderId: "o-1", isErased: true }
    expect(await inventory.eraseCustomer({ orderId: "o-1" }, { correlationId: "case" })).toEqual(
      erased
    )
    expect(await inventory.eraseCustomer({ orderId: "o-1" })).toEqual({
      ...erased,
      isErased: false
    })
    expect(await inventory.customer("o-1")).toBeUndefined()
    const { items } = await audit.list({ target: "ORDER:o-1" })
    expect(items.map(({ correlationId, operation }) => [operation, correlationId])).toEqual([
      ["ReadCustomer", null],
      ["EraseCustomer", null],
      ["EraseCustomer", "case"],
      ["ReadCustomer", null]
    ])
    const { items: ofDesk } = await audit.list({ principal: "desk" })
    expect(ofDesk).toMatchObject([{ operation: "ReadCustomer", actor: "desk" }])
    expect((await audit.verify()).map(({ finding }) => finding)).toEqual([null, null])
  })

  it("takes the ring as text too, opens a folder again, and goes on under another key", async () => {
    using own = ownFolder()
    const { folder } = own
    {
      await using holdfast = await createHoldfast({ folder, keyRing: JSON.stringify(ring) })
      await holdfast.inventory.registerSku(mug)
      await holdfast.inventory.reserve({ ...order("o-1", 1), customer: ann })
    }
    {
      await using inventory = await createInventory({ folder, keyRing: next })
      expect(await inventory.customer("o-1")).toMatchObject({ customer: ann })
      await inventory.reserve({ ...order("o-2", 1), customer: ann })
    }
    const lost = { current: "b", keys: { b: bytes("b") } }
    await using inventory = await createInventory({ folder, keyRing: lost })
    const unreadable = await refusal(inventory.customer("o-1"))
    expect(unreadable).toMatchObject({
      code: "CustomerUnreadable",
      details: { orderId: "o-1", reason: "KEY_MISSING", keyId: "a" }
    })
    expect(unreadable.message).toContain("no key a")
    expect(await inventory.customer("o-2")).toMatchObject({ customer: ann })
  })

  it("refuses a customer without a ring, and names what is wrong with a ring", async () => {
    await using holdfast = await createHoldfast({ keyRing: undefined })
    const { inventory } = holdfast
    await inventory.registerSku(mug)
    const refused = await refusal(inventory.reserve({ ...order("o-1", 1), customer: ann }))
    expect(refused).toMatchObject({ code: "KeyRingMissing", details: { field: "customer" } })
    expect((await refusal(inventory.customer("o-1"))).code).toBe("KeyRingMissing")
    expect(await issuesOf(inventory.reserve({ ...order("o-1", 1), customer: 7 as never }))).toEqual(
      ["customer: must be an object"]
    )
    const secret = bytes("s").slice(0, 20)
    const bad: ReadonlyArray<readonly [unknown, string]> = [
      [7, "keyRing: must be a key ring, or its JSON"],
      ["{", "keyRing: must be a JSON object"],
      [{ current: "b", keys: ring.keys }, "keyRing.current: must be the name of one of the keys"],
      [{ current: "a", keys: { a: secret } }, "keyRing.keys.a: must be 32 random bytes in base64"],
      [{ current: "a.b", keys: { "a.b": secret } }, "keyRing.keys.a.b: must be 32 random bytes"]
    ]
    for (const [keyRing, words] of bad) {
      for (const open of [createHoldfast, createInventory, createCatalog]) {
        const issues = await issuesOf(open({ keyRing: keyRing as never }))
        expect(issues).toEqual([expect.stringContaining(words)])
        expect(issues.join()).not.toContain(secret)
      }
    }
    await using catalog = await createCatalog({ keyRing: ring })
    await catalog.ping()
  })
})

describePostgres(18, "createHoldfast with a key ring on a server", () => {
  it("keeps what other processes with the ring read, and counts its encryptions there", async () => {
    await using database = await ownDatabase()
    const { url } = database
    await using first = await createHoldfast({ url, keyRing: ring })
    await using second = await createHoldfast({ url, keyRing: next })
    await first.inventory.registerSku(mug)
    await first.inventory.reserve({ ...order("o-1", 1), customer: ann })
    expect(await second.inventory.customer("o-1")).toMatchObject({ customer: ann })
    await second.inventory.reserve({ ...order("o-1", 1), customer: { name: "Bob" } })
    const lost = await refusal(first.inventory.customer("o-1"))
    expect(lost).toMatchObject({ code: "CustomerUnreadable", details: { keyId: "b" } })
    expect(await first.inventory.eraseCustomer({ orderId: "o-1" })).toMatchObject({
      isErased: true
    })
    expect(await second.inventory.customer("o-1")).toBeUndefined()
  })
})
