/** The engine in a host's own transaction, in the name of somebody who is asked for permission. */
import { isHoldfastError, type Principal } from "@holdfast/core"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it } from "vitest"
import {
  catalogWithinTransaction,
  createCatalog,
  createHoldfast,
  withinTransaction
} from "../../src/index.ts"
import { inTransaction, openHost } from "../transaction/hosts.ts"

const user = (id: string, ...roles: Principal["roles"]): Principal => ({ id, kind: "USER", roles })
const ann = user("ann", "USER")
const bob = user("bob", "USER")

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "answered",
    (error) => (isHoldfastError(error) ? error.code : error)
  )

describePostgres(18, "S9 a host's own transaction under a principal", () => {
  it("asks for permission, and gives the order to who reserves", async () => {
    await using host = await openHost()
    const { inventory, pool } = host
    const line = { skuId: "mug", quantity: 1 }
    const [hold] = await inTransaction(pool, (client) =>
      withinTransaction(client, { as: ann }).reserve({ orderId: "o1", lines: [line] })
    )
    expect(hold).toMatchObject({ ownerId: "ann" })
    const reservationId = hold?.id ?? ""
    const by = (as: Principal, work: "receive" | "release" | "confirm") =>
      inTransaction(pool, (client) => {
        const inside = withinTransaction(client, { as })
        if (work === "receive") return codeOf(inside.receive(line))
        return codeOf(inside[work]({ reservationId }))
      })
    expect(await by(ann, "receive")).toBe("Forbidden")
    expect(await by(ann, "confirm")).toBe("Forbidden")
    expect(await by(bob, "release")).toBe("ReservationNotFound")
    expect(await by(user("nobody"), "release")).toBe("Forbidden")
    expect(await by(user("boss", "MANAGER"), "receive")).toBe("answered")
    expect((await inventory.movements("mug")).items[0]).toMatchObject({ actor: "boss" })
    expect(await by(ann, "release")).toBe("answered")
  })

  it("records what a principal does in the transaction, and of the host what it asks for", async () => {
    await using host = await openHost()
    await using holdfast = await createHoldfast({ url: host.url })
    const line = { skuId: "mug", quantity: 1 }
    const inside = (options: Parameters<typeof withinTransaction>[1], orderId: string) =>
      inTransaction(host.pool, (client) =>
        withinTransaction(client, options).reserve({ orderId, lines: [line] })
      )
    await inside({ as: ann }, "by-ann")
    await inside({ as: ann, audit: "NONE" }, "by-ann-unrecorded")
    await inside({}, "by-host")
    await inside({ audit: "ALL" }, "by-host-recorded")
    await inTransaction(host.pool, (client) =>
      catalogWithinTransaction(client, { as: user("boss", "MANAGER") }).createCategory({
        name: "Cups"
      })
    )
    const { items } = await holdfast.audit.list({ operation: "ReserveStock" })
    expect(
      items.map(({ principal, targets }) => [principal.kind, principal.id, targets.at(-1)])
    ).toEqual([
      ["HOST", "", "ORDER:by-host-recorded"],
      ["USER", "ann", "ORDER:by-ann"]
    ])
    const ofCatalog = await holdfast.audit.list({ context: "catalog" })
    expect(ofCatalog.items.map(({ principal }) => principal.id)).toEqual(["boss"])
    const client = { query: () => Promise.resolve([]) }
    expect(() => withinTransaction(client, { audit: "SOME" as "ALL" })).toThrow("audit: must be")
  })

  it("asks in the catalog too, and names the bad fields of a principal", async () => {
    await using host = await openHost()
    await using catalog = await createCatalog({ url: host.url })
    const made = await inTransaction(host.pool, (client) =>
      codeOf(catalogWithinTransaction(client, { as: ann }).createCategory({ name: "Cups" }))
    )
    expect(made).toBe("Forbidden")
    expect((await catalog.categoryTree()).categories).toEqual([])
    const client = { query: () => Promise.resolve([]) }
    const king = { ...ann, kind: "KING" } as unknown as Principal
    for (const door of [withinTransaction, catalogWithinTransaction]) {
      expect(() => door(client, { as: king })).toThrow("principal.kind")
    }
  })

  it("keeps a customer, and where the request came from, under the ring of an open engine", async () => {
    await using host = await openHost()
    const keyRing = { current: "a", keys: { a: Buffer.alloc(32, 7).toString("base64") } }
    await using holdfast = await createHoldfast({ url: host.url, keyRing })
    const lines = [{ skuId: "mug", quantity: 1 }]
    const sender = { address: "192.0.2.7", userAgent: "till-4" }
    const customer = { name: "Ann Smith" }
    const options = { as: ann, keyRingOf: holdfast, sender }
    const reserve = (orderId: string, about: Parameters<typeof withinTransaction>[1]) =>
      inTransaction(host.pool, (client) =>
        withinTransaction(client, about).reserve({ orderId, lines, customer })
      )
    await reserve("o1", options)
    expect(await holdfast.inventory.customer("o1")).toMatchObject({ customer })
    const { items } = await holdfast.audit.list({ operation: "ReserveStock" })
    expect(items).toMatchObject([{ principal: { id: "ann" }, sender, targets: expect.any(Array) }])
    // What the host rolls back keeps nothing of either, and the ring goes on.
    await expect(
      inTransaction(host.pool, async (client) => {
        await withinTransaction(client, options).reserve({ orderId: "o2", lines, customer })
        throw new Error("the host thinks better of it")
      })
    ).rejects.toThrow("thinks better")
    expect(await holdfast.inventory.customer("o2")).toBeUndefined()
    await reserve("o3", { keyRingOf: holdfast })
    const { rows } = await host.pool.query(
      "select (select string_agg(c::text, ' ') from inventory.order_customers c) || (select string_agg(p::text, ' ') from inventory.audit_private p) as text"
    )
    expect(rows[0].text).toContain("hf1:a:")
    for (const clear of ["Ann Smith", "192.0.2.7", "till-4"]) {
      expect(rows[0].text).not.toContain(clear)
    }
    await inTransaction(host.pool, (client) =>
      catalogWithinTransaction(client, {
        ...{ as: user("boss", "MANAGER"), keyRingOf: holdfast, sender }
      }).createCategory({ name: "Cups" })
    )
    const ofCatalog = await holdfast.audit.list({ context: "catalog" })
    expect(ofCatalog.items).toMatchObject([{ sender }])
    expect(await codeOf(reserve("o4", {}))).toBe("KeyRingMissing")
  })

  it("names what is wrong with the engine whose ring it should take, and with the sender", async () => {
    await using host = await openHost()
    await using bare = await createHoldfast({ url: host.url })
    const client = { query: () => Promise.resolve([]) }
    const bad = [
      [{ keyRingOf: bare }, "keyRingOf: must be an open engine that was given a keyRing"],
      [{ keyRingOf: 7 }, "keyRingOf: must be an open engine"],
      [{ sender: { address: "192.0.2.7" } }, "sender: needs keyRingOf"],
      [{ sender: "192.0.2.7" }, "sender: must be an object"],
      [{ sender: { address: 7 } }, "sender.address: must be a text or null"],
      [{ sender: { adress: "" } }, "sender.adress: "],
      [{ keyring: {} }, "keyring: "]
    ] as const
    for (const [options, words] of bad) {
      expect(() => withinTransaction(client, options as object), words).toThrow(words)
    }
  })
})
