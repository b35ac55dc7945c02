/** Both contexts behind one door: joined, each with its events, over one database. */
import { expect, it } from "@effect/vitest"
import type { Holdfast, LoggedCatalogEvent } from "@holdfast/core"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import {
  createCatalog,
  createHoldfast,
  createInventory,
  type JoinedOptions
} from "../../src/index.ts"
import { issuesOf, mug, order, ownDatabase, ownFolder, refusal } from "./opened.ts"

const price = { amount: "9.50", currency: "EUR" }
const cup = (quantity = 1) => ({
  name: "Cup",
  type: quantity === 1 ? ("NORMAL" as const) : ("BUNDLE" as const),
  options: [{ name: "Blue", price, skuMappings: [{ skuId: "mug", quantity }] }]
})

/** The types of the events of the catalog, as soon as so many have come. */
const eventsOf = async (holdfast: Holdfast, count: number) => {
  const found: Array<LoggedCatalogEvent["event"]> = []
  for await (const page of holdfast.catalog.events({ follow: true })) {
    found.push(...page.map(({ event }) => event))
    if (found.length >= count) break
  }
  return found.map(({ eventType }) => eventType)
}

/** A shop in which three mugs are sold out and come back. */
const sellOut = async (holdfast: Holdfast) => {
  const { catalog, inventory } = holdfast
  await inventory.registerSku(mug)
  const single = await catalog.createProduct(cup())
  const pair = await catalog.createProduct(cup(2))
  const shown = await catalog.product(pair.id)
  expect(shown?.stockStatus).toMatchObject([{ skuId: "mug", availableQuantity: 3 }])
  expect(shown?.availability).toMatchObject([{ availableQuantity: 1, limitingSkuId: "mug" }])
  const unknown = catalog.createProduct({
    ...cup(),
    options: [{ name: "Red", price, skuMappings: [{ skuId: "nothing", quantity: 1 }] }]
  })
  expect(await refusal(unknown)).toMatchObject({
    code: "SkuNotFound",
    details: { skuIds: ["nothing"] }
  })
  await inventory.reserve(order("1", 2))
  const two = ["product.created", "product.created"]
  expect(await eventsOf(holdfast, 3)).toEqual([...two, "product.option.sold-out"])
  const statusOf = async (id: string) => (await catalog.product(id))?.options[0]?.status
  expect([await statusOf(single.id), await statusOf(pair.id)]).toEqual(["ACTIVE", "SOLD_OUT"])
  await inventory.receive({ skuId: "mug", quantity: 1 })
  expect(await eventsOf(holdfast, 4)).toEqual([
    ...two,
    "product.option.sold-out",
    "product.option.back"
  ])
  expect(await statusOf(pair.id)).toBe("ACTIVE")
  await catalog.activateProduct({ productId: pair.id })
  const optionId = (await catalog.product(pair.id))?.options[0]?.id ?? ""
  const lines = [{ optionId, quantity: 1 }]
  expect(await inventory.checkAvailability({ lines })).toMatchObject({ isAvailable: true })
  expect(await inventory.reserve({ orderId: "by option", lines })).toMatchObject([
    { skuId: "mug", quantity: 2, bundle: { optionId, perBundle: 2 } }
  ])
}

it("joins the catalog and the inventory on one embedded database", async () => {
  using own = ownFolder()
  const { folder } = own
  {
    await using holdfast = await createHoldfast({ folder })
    await sellOut(holdfast)
  }
  await using inventory = await createInventory({ folder })
  expect(await inventory.stock("mug")).toMatchObject({ totalQuantity: 4 })
})

describePostgres(18, "on PostgreSQL", () => {
  it("joins the catalog and the inventory in schemas that the host names", async () => {
    await using database = await ownDatabase()
    const { url } = database
    await using holdfast = await createHoldfast({
      ...{ url, schema: "stock", maxConnections: 4 },
      catalog: { schema: "products", engine: { lanes: 2 } }
    })
    await sellOut(holdfast)
    await using catalog = await createCatalog({ url, schema: "products" })
    expect((await catalog.products()).items).toHaveLength(2)
  })
})

it("reserves a bundle by its option, and keeps its product while it is held", async () => {
  await using holdfast = await createHoldfast()
  const { catalog, inventory } = holdfast
  await inventory.registerSku(mug)
  const pair = await catalog.createProduct({ ...cup(2), status: "ACTIVE" })
  const optionId = pair.options[0]?.id ?? ""
  const lines = [{ optionId, quantity: 1 }]
  expect(await inventory.checkAvailability({ lines })).toMatchObject({ isAvailable: true })
  const [hold] = await inventory.reserve({ orderId: "1", lines })
  expect(hold).toMatchObject({ skuId: "mug", quantity: 2 })
  expect(await inventory.checkAvailability({ lines })).toMatchObject({ isAvailable: false })
  const deleting = catalog.deleteProduct({ productId: pair.id })
  expect(await refusal(deleting)).toMatchObject({
    code: "ProductReserved",
    details: { optionIds: [optionId] }
  })
  await inventory.releaseOrder({ orderId: "1" })
  await catalog.deleteProduct({ productId: pair.id })
})

it("gives the events of the catalog to a handler, under a name of its own", async () => {
  await using holdfast = await createHoldfast({ catalog: { followStock: false } })
  const { catalog } = holdfast
  const types = ["product.created"] as const
  const came = Promise.withResolvers<ReadonlyArray<string>>()
  await using subscription = await catalog.subscribe("names", {
    types,
    handler: (events) => came.resolve(events.map(({ event }) => event.payload.product.name))
  })
  await holdfast.subscribe("names", { handler: () => undefined })
  await catalog.createCategory({ name: "Cups" })
  await catalog.createProduct({ name: "Cup", type: "NORMAL" })
  expect(await came.promise).toEqual(["Cup"])
  expect(subscription.status().problem).toBeNull()
  expect(await catalog.events({ types: ["category.created"] })).toMatchObject([
    { position: 1, event: { payload: { category: { name: "Cups" } } } }
  ])
})

it("ends with one close, and each context says why it refuses", async () => {
  const holdfast = await createHoldfast()
  const { catalog, inventory } = holdfast
  expect(catalog).not.toHaveProperty("close")
  const productId = "00000000-0000-4000-8000-000000000001"
  expect((await refusal(catalog.deleteProduct({ productId }))).code).toBe("ProductNotFound")
  await holdfast.close()
  expect((await refusal(catalog.ping())).code).toBe("Closed")
  expect((await refusal(inventory.ping())).code).toBe("Closed")
})

it("opens a catalog alone, whose stock is unknown", async () => {
  using own = ownFolder()
  const { folder } = own
  {
    await using catalog = await createCatalog({ folder })
    const { id } = await catalog.createProduct(cup())
    expect((await catalog.product(id))?.stockStatus).toMatchObject([{ status: "unknown" }])
    await catalog.deleteProduct({ productId: id })
  }
  await using inventory = await createInventory({ folder })
  expect(await inventory.locations()).toHaveLength(1)
})

it("refuses what has no meaning for one context, and one schema for both", async () => {
  const refused = (open: (options: JoinedOptions) => Promise<unknown>, options: unknown) =>
    issuesOf(open(options as JoinedOptions))
  expect(await refused(createInventory, { catalog: {} })).toEqual([
    "catalog: is for createHoldfast"
  ])
  expect(
    await refused(createCatalog, {
      catalog: { schema: "x" },
      sweepIntervalMillis: false,
      retention: { movementsMonths: 1 }
    })
  ).toEqual([
    "catalog: is for createHoldfast",
    "sweepIntervalMillis: is for an inventory",
    "retention.movementsMonths: is for an inventory"
  ])
  const shared = "must differ between the inventory and the catalog"
  expect(await refused(createHoldfast, { schema: "catalog" })).toEqual([`schema: ${shared}`])
  expect(await refused(createHoldfast, { catalog: { schema: "inventory" } })).toEqual([
    `catalog.schema: ${shared}`
  ])
  expect(await refused(createHoldfast, { catalog: { scheme: "x", engine: { lanes: 0 } } })).toEqual(
    [
      expect.stringMatching(/^catalog\.scheme: /),
      expect.stringMatching(/^catalog\.engine\.lanes: /)
    ]
  )
  expect(await refused(createHoldfast, { catalog: new Map() })).toEqual([
    "catalog: must be a plain object with the options as its fields"
  ])
})
