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
})
