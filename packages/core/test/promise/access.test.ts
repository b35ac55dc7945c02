// The Promise door under a principal: the same methods, who is asked for permission.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Catalog, MemoryCatalog } from "../../src/catalog.ts"
import { RequestCaller } from "../../src/engine/RequestCaller.ts"
import type { Principal } from "../../src/index.ts"
import { guestPrincipal, isHoldfastError, newCart } from "../../src/index.ts"
import { Inventory, MemoryInventory, servicesOf } from "../../src/inventory.ts"
import { layerOptionMappings, layerStockStatus, toHoldfast } from "../../src/shelf.ts"

const stores = Layer.merge(MemoryInventory.layer, MemoryCatalog.layer)
const ports = Layer.provideMerge(Layer.merge(layerStockStatus(), layerOptionMappings), stores)
const engine = Layer.provideMerge(Layer.merge(Inventory.layer(), Catalog.layer()), ports)

const open = async () => {
  const holdfast = await toHoldfast(engine)
  const mug = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 10 }
  await holdfast.inventory.registerSku(mug)
  return holdfast
}

const ann: Principal = { id: "ann", kind: "USER", roles: ["USER"] }
const boss: Principal = { id: "boss", kind: "USER", roles: ["USER", "MANAGER"] }
const root: Principal = { id: "root", kind: "USER", roles: ["ADMIN"] }
const anonymous: Principal = { id: "anonymous", kind: "ANONYMOUS", roles: [] }

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "answered",
    (error) => (isHoldfastError(error) ? error.code : String(error))
  )

describe("S9 Holdfast under a principal", () => {
  it("gives the same methods, and no way to be somebody else", async () => {
    await using holdfast = await open()
    const own = holdfast.as(ann)
    const named = (api: object) =>
      Object.keys(api)
        .filter((name) => name !== "as")
        .sort()
    expect(Object.keys(own.inventory).sort()).toEqual(named(holdfast.inventory))
    expect(Object.keys(own.catalog).sort()).toEqual(named(holdfast.catalog))
    expect(named(own)).toEqual(["catalog", "events", "inventory", "subscribe"])
    // A REST API over it would ask nobody.
    expect(servicesOf(holdfast.inventory)).toBeDefined()
    expect(servicesOf(own.inventory)).toBeUndefined()
  })

  it("asks for permission in commands, in questions and in what lasts", async () => {
    await using holdfast = await open()
    const own = holdfast.as(ann).inventory
    const [hold] = await own.reserve({ orderId: "o1", lines: [{ skuId: "mug", quantity: 1 }] })
    expect(hold).toMatchObject({ ownerId: "ann" })
    const [offered] = await own.stockStatus(["mug", "none"])
    expect(offered).toMatchObject({ skuId: "mug", availableQuantity: 9, inStockQuantity: 9 })
    expect(Object.keys(offered ?? {}).filter((name) => /total|reserved|short/i.test(name))).toEqual(
      []
    )
    const bob = holdfast.as({ ...ann, id: "bob" }).inventory
    expect(await bob.reservation(hold?.id ?? "")).toBeUndefined()
    expect(await codeOf(bob.reservationsOfOrder("o1"))).toBe("OrderNotFound")
    const forbidden = [
      own.receive({ skuId: "mug", quantity: 1 }),
      own.confirmOrder({ orderId: "o1" }),
      own.movements("mug"),
      own.stock("mug"),
      own.stocks(["mug"]),
      own.stock("mug", { locations: true }),
      own.reservationsOfSku("mug"),
      own.expireLapsed(),
      Promise.resolve(own.events()),
      own.events({ follow: true })[Symbol.asyncIterator]().next(),
      own.subscribe("mine", { handler: () => undefined }),
      own.handleOrderEvent("{}")
    ]
    expect(await Promise.all(forbidden.map(codeOf))).toEqual(forbidden.map(() => "Forbidden"))
    const nobody = holdfast.as(anonymous)
    expect(await codeOf(nobody.inventory.stock("mug"))).toBe("Unauthenticated")
    expect(await codeOf(nobody.catalog.products())).toBe("Unauthenticated")
    expect(await codeOf(nobody.inventory.ping())).toBe("answered")
    expect(await holdfast.as(boss).inventory.expireLapsed()).toBe(0)
    await using subscription = await holdfast
      .as(root)
      .subscribe("mine", { handler: () => undefined })
    expect(subscription.name).toBe("mine")
  })

  it("lets a guest hold for themselves, and a person claim the order with the token", async () => {
    await using holdfast = await open()
    const [cartToken, other] = [newCart(), newCart()]
    expect(cartToken).toMatch(/^hfc_[\w-]{22}$/)
    const guest = await guestPrincipal(cartToken)
    expect(guest).toEqual({
      ...{ id: expect.stringMatching(/^cart:[0-9a-f]{64}$/), kind: "ANONYMOUS", roles: [] }
    })
    const own = holdfast.as(guest)
    const lines = [{ skuId: "mug", quantity: 1 }]
    const [hold] = await own.inventory.reserve({ orderId: "o1", lines })
    expect(hold).toMatchObject({ ownerId: guest.id })
    const elsewhere = holdfast.as(await guestPrincipal(other)).inventory
    expect(await codeOf(elsewhere.reservationsOfOrder("o1"))).toBe("OrderNotFound")
    expect(await codeOf(own.catalog.products())).toBe("Unauthenticated")
    expect(await codeOf(own.inventory.confirmOrder({ orderId: "o1" }))).toBe("Unauthenticated")
    const person = holdfast.as(ann).inventory
    expect(await codeOf(person.claimOrder({ orderId: "o1", cartToken: other }))).toBe(
      "OrderNotFound"
    )
    expect(await person.claimOrder({ orderId: "o1", cartToken })).toMatchObject([
      { ownerId: "ann" }
    ])
    expect(await codeOf(own.inventory.reservationsOfOrder("o1"))).toBe("OrderNotFound")
    await expect(guestPrincipal("hfc_short")).rejects.toMatchObject({
      ...{ code: "InvalidInput", details: { issues: [{ path: "cartToken" }] } }
    })
    // Nobody else may have the id of a cart, or they would own its orders.
    expect(() => holdfast.as({ ...ann, id: guest.id })).toThrow(/must not begin with cart:/)
  })

  it("keeps from a USER what is paid for, however it was confirmed", async () => {
    await using holdfast = await open()
    const own = holdfast.as(ann).inventory
    const lines = [{ skuId: "mug", quantity: 1 }]
    for (const orderId of ["whole", "one", "placed", "open"])
      await own.placeOrder({ orderId, lines })
    await holdfast.inventory.confirmOrder({ orderId: "whole" })
    const [hold] = (await own.reservationsOfOrder("one")).items
    await holdfast.inventory.confirm({ reservationId: hold?.id ?? "" })
    await holdfast.inventory.payOrder({ orderId: "placed" })
    for (const orderId of ["whole", "one", "placed"]) {
      expect(await codeOf(own.cancelOrder({ orderId })), orderId).toBe("Forbidden")
    }
    expect(await own.cancelOrder({ orderId: "open" })).toMatchObject({ _tag: "Cancelled" })
    expect(await own.cancelOrder({ orderId: "open" })).toMatchObject({ _tag: "Cancelled" })
    expect(await holdfast.as(boss).inventory.cancelOrder({ orderId: "whole" })).toMatchObject({
      _tag: "Cancelled"
    })
  })

  it("lets a MANAGER who is bound to locations take the default from no other one", async () => {
    await using holdfast = await open()
    await holdfast.inventory.registerLocation({ locationId: "east", name: "East" })
    const bound = holdfast.as({ ...boss, locationIds: ["east"] }).inventory
    expect(await bound.updateLocation({ locationId: "east", priority: 7 })).toMatchObject({
      priority: 7
    })
    await expect(
      bound.updateLocation({ locationId: "east", isDefault: true })
    ).rejects.toMatchObject({ code: "Forbidden", details: { locationIds: ["default"] } })
    const places = await holdfast.inventory.locations()
    expect(places.find(({ isDefault }) => isDefault)?.id).toBe("default")
  })

  it("says in data and in words what would do", async () => {
    await using holdfast = await open()
    const refused = holdfast.as(ann).inventory.receive({ skuId: "mug", quantity: 1 })
    await expect(refused).rejects.toMatchObject({
      code: "Forbidden",
      details: {
        ...{ operation: "receive", needs: ["ADMIN", "MANAGER", "stock:write"] },
        ...{ locationIds: [], field: null }
      },
      message: 'you may not do "receive": it needs ADMIN or MANAGER or stock:write',
      isRetryable: false
    })
    const given = holdfast.as(ann).inventory.reserve({
      orderId: "o1",
      lines: [{ skuId: "mug", quantity: 1, reservationId: "00000000-0000-4000-8000-000000000000" }]
    })
    await expect(given).rejects.toMatchObject({
      code: "Forbidden",
      details: { field: "lines.0.reservationId" }
    })
  })

  it("refuses who may not ask before it reads what is asked", async () => {
    await using holdfast = await open()
    const { inventory } = holdfast.as(ann)
    expect(await codeOf(inventory.receive({ bad: true } as never))).toBe("Forbidden")
    expect(await codeOf(inventory.reserve({ bad: true } as never))).toBe("InvalidInput")
  })

  it("shows a USER what is on sale, and the rest as what is not there", async () => {
    await using holdfast = await open()
    const { catalog } = holdfast
    const { id: categoryId } = await catalog.createCategory({ name: "Cups" })
    const hidden = await catalog.createCategory({ name: "Hidden", isActive: false })
    const of = { type: "NORMAL" as const, categoryIds: [categoryId] }
    const option = {
      name: "One",
      price: { amount: "5", currency: "EUR" },
      skuMappings: [{ skuId: "mug", quantity: 1 }]
    }
    const shown = await catalog.createProduct({ ...of, name: "Mug", options: [option] })
    await catalog.activateProduct({ productId: shown.id })
    const draft = await catalog.createProduct({ ...of, name: "Draft", slug: "draft" })
    const own = holdfast.as(ann).catalog
    const seen = await own.product(shown.id)
    expect(seen?.stockStatus).toEqual([
      { skuId: "mug", status: "known", availableQuantity: 10, inStockQuantity: 10 }
    ])
    expect(await own.product(draft.id)).toBeUndefined()
    expect(await own.productBySlug("draft")).toBeUndefined()
    expect(await own.productsByIds([shown.id, draft.id])).toMatchObject({
      items: [{ product: { id: shown.id } }],
      unknownProductIds: [draft.id]
    })
    const ids = async (list: typeof own, options: object = {}) =>
      (await list.products(options)).items.map(({ id }) => id)
    expect(await ids(own)).toEqual([shown.id])
    expect(await ids(own, { status: "DRAFT" })).toEqual([])
    expect((await ids(holdfast.as(boss).catalog)).sort()).toEqual([shown.id, draft.id].sort())
    expect(await own.category(hidden.id)).toBeUndefined()
    const tree = await own.categoryTree({ includeInactive: true })
    expect(tree.categories.map(({ name }) => name)).toEqual(["Cups"])
    expect(await codeOf(own.skuMappings({ skuIds: ["mug"] }))).toBe("Forbidden")
  })

  it("asks nobody for what the contexts ask of each other", async () => {
    await using holdfast = await open()
    const scopes: Principal["scopes"] = ["catalog:read", "catalog:write"]
    const service = holdfast.as({ id: "pim", kind: "SERVICE", roles: [], scopes }).catalog
    const made = await service.createProduct({
      ...{
        name: "Mug",
        type: "NORMAL",
        categoryIds: [(await holdfast.catalog.createCategory({ name: "All" })).id]
      },
      options: [{ name: "One", skuMappings: [{ skuId: "mug", quantity: 1 }] }]
    })
    expect((await service.product(made.id))?.stockStatus[0]?.status).toBe("known")
    await service.deleteProduct({ productId: made.id })
  })

  it("names each bad field of a principal", async () => {
    await using holdfast = await open()
    const issuesOf = (principal: unknown) => {
      try {
        holdfast.inventory.as(principal as Principal)
        return "taken"
      } catch (error) {
        return isHoldfastError(error, "InvalidInput")
          ? error.details.issues.map(({ path }) => path)
          : error
      }
    }
    expect(issuesOf({ id: "", kind: "KING", roles: ["USER", "LORD"] })).toEqual([
      "principal.id",
      "principal.kind",
      "principal.roles.1"
    ])
    expect(issuesOf({ ...ann, admin: true })).toEqual(["principal.admin"])
    expect(issuesOf({ ...ann, scopes: ["everything"] })).toEqual(["principal.scopes.0"])
    expect(issuesOf(null)).toEqual(["principal"])
    expect(issuesOf(ann)).toBe("taken")
  })

  it("leaves the host trusted, also beside a principal", async () => {
    await using holdfast = await open()
    await holdfast.as(ann).inventory.reserve({
      orderId: "o1",
      lines: [{ skuId: "mug", quantity: 1 }]
    })
    const { inventory } = holdfast
    expect((await inventory.confirmOrder({ orderId: "o1" }))[0]?.ownerId).toBe("ann")
    await inventory.receive({ skuId: "mug", quantity: 1, actor: "till 4" })
    expect((await inventory.movements("mug")).items[0]?.actor).toBe("till 4")
    expect(Effect.runSync(RequestCaller).principal).toBeUndefined()
  })
})
