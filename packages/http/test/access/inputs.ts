/**
 * An input of each operation that succeeds for a host, with what it needs prepared: a SKU at the
 * place `here`, an order of an owner, an option of a product on sale.
 */
import { cartIdOf, newCartToken } from "@holdfast/core/access"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import type { World } from "./world.ts"

/** What a case may be made of, fresh each time. */
export interface Given {
  readonly world: World
  readonly ownerId: string
  /** The token of a cart whose orders may be claimed, and whose orders are its. */
  readonly cartToken: string
  readonly cartId: string
  readonly fresh: (word: string) => string
  readonly skuId: string
  readonly emptySkuId: () => Promise<string>
  readonly optionId: string
  readonly productId: string
  readonly categoryId: string
  readonly attributeId: () => Promise<string>
}

type Input = Readonly<Record<string, unknown>>

/** Makes the input of an operation. */
export type MakeInput = (given: Given) => Promise<Input> | Input

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

/** An order of the owner, with one hold. */
const held = async ({ fresh, ownerId, skuId, world: { inventory } }: Given, more: object = {}) => {
  const orderId = fresh("order")
  const lines = [{ skuId, quantity: 1 }]
  const [hold] = await run(inventory.reserve({ orderId, ownerId, lines, ...more }))
  return { orderId, reservationId: hold?.id ?? "" }
}

const confirmed = async (given: Given) => {
  const { orderId, reservationId } = await held(given)
  await run(given.world.inventory.confirmOrder({ orderId }))
  return { orderId, reservationId }
}

const bundled = async ({ fresh, optionId, ownerId, world: { inventory } }: Given) => {
  const orderId = fresh("order")
  const lines = [{ optionId, quantity: 2 }]
  const [hold] = await run(inventory.reserve({ orderId, ownerId, lines }))
  return { orderId, bundleId: hold?.bundle?.bundleId ?? "" }
}

const placed = async ({ fresh, ownerId, skuId, world: { inventory } }: Given) => {
  const orderId = fresh("order")
  await run(inventory.placeOrder({ orderId, ownerId, lines: [{ skuId, quantity: 1 }] }))
  return { orderId }
}

const reservation = async (given: Given) => ({ reservationId: (await held(given)).reservationId })
const order = async (given: Given) => ({ orderId: (await held(given)).orderId })
const ofCustomer = async (given: Given) => ({
  orderId: (await held(given, { customer: { name: "Ann" } })).orderId
})
const moved = ({ skuId }: Given) => ({ skuId, locationId: "here", quantity: 1 })
const nothing = () => ({})

/** The inputs of the commands and the questions of the inventory. */
export const ofInventory: Readonly<Record<string, MakeInput>> = {
  registerSku: ({ fresh }) => ({ code: fresh("CODE"), name: "New", locationId: "here" }),
  updateSku: ({ skuId }) => ({ skuId, name: "Mug" }),
  archiveSku: async ({ emptySkuId }) => ({ skuId: await emptySkuId() }),
  unarchiveSku: async ({ emptySkuId, world: { inventory } }) => {
    const skuId = await emptySkuId()
    await run(inventory.archiveSku({ skuId }))
    return { skuId }
  },
  registerLocation: ({ fresh }) => ({ locationId: fresh("place"), name: "New" }),
  updateLocation: () => ({ locationId: "here", name: "Here" }),
  receive: moved,
  ship: moved,
  returnStock: moved,
  adjust: ({ skuId }) => ({ skuId, locationId: "here", quantity: -1, reason: "broken" }),
  count: ({ skuId }) => ({ skuId, locationId: "here", countedQuantity: 1_000_000 }),
  transfer: ({ skuId }) => ({
    ...{ skuId, fromLocationId: "here", toLocationId: "elsewhere", quantity: 1 }
  }),
  changeStock: ({ skuId }) => ({
    lines: [{ type: "RECEIPT", skuId, locationId: "here", quantity: 1 }]
  }),
  reserve: async (given) => ({
    orderId: (await held(given)).orderId,
    lines: [{ skuId: given.skuId, quantity: 2 }]
  }),
  confirm: reservation,
  release: reservation,
  fulfil: async (given) => ({ reservationId: (await confirmed(given)).reservationId }),
  resize: async (given) => ({ ...(await reservation(given)), quantity: 2 }),
  extend: reservation,
  confirmOrder: order,
  releaseOrder: order,
  fulfilOrder: async (given) => ({ orderId: (await confirmed(given)).orderId }),
  releaseBundle: bundled,
  resizeBundle: async (given) => ({ ...(await bundled(given)), quantity: 1 }),
  extendBundle: bundled,
  placeOrder: async (given) => ({
    orderId: (await held(given)).orderId,
    lines: [{ skuId: given.skuId, quantity: 1 }]
  }),
  payOrder: placed,
  cancelOrder: placed,
  completeOrder: async (given) => {
    const { orderId } = await placed(given)
    await run(given.world.inventory.payOrder({ orderId }))
    return { orderId }
  },
  claimOrder: async ({ cartId, cartToken, ...given }) => ({
    orderId: (await held({ ...given, cartId, cartToken, ownerId: cartId })).orderId,
    cartToken
  }),
  customer: ofCustomer,
  eraseCustomer: ofCustomer,
  sku: ({ skuId }) => ({ skuId }),
  skus: nothing,
  stock: ({ skuId }) => ({ skuId }),
  stockStatus: ({ skuId }) => ({ skuIds: [skuId] }),
  stocks: ({ skuId }) => ({ skuIds: [skuId] }),
  heldOptions: ({ optionId }) => ({ optionIds: [optionId] }),
  levels: ({ skuId }) => ({ skuId }),
  location: () => ({ locationId: "here" }),
  locations: nothing,
  reservation,
  reservationsOfOrder: order,
  reservationsOfSku: ({ skuId }) => ({ skuId }),
  order: placed,
  checkAvailability: ({ skuId }) => ({ lines: [{ skuId, quantity: 1 }] }),
  movements: ({ skuId }) => ({ skuId }),
  movementsOfReference: () => ({ reference: "note" }),
  stockAsOf: ({ skuId }) => ({ skuId, at: new Date().toISOString() }),
  events: nothing,
  reconcile: nothing,
  reconcilePart: nothing,
  reconciledLevels: nothing,
  mostMissed: nothing,
  accuracy: nothing,
  ping: nothing
}

const newProduct = ({ categoryId, fresh, world: { catalog } }: Given) =>
  run(
    catalog.createProduct({
      name: fresh("product"),
      type: "NORMAL",
      categoryIds: [categoryId],
      options: [{ name: "One", price: { amount: "5", currency: "EUR" } }]
    } as never)
  ) as Promise<{ readonly id: string; readonly options: ReadonlyArray<{ readonly id: string }> }>

const product = async (given: Given) => ({ productId: (await newProduct(given)).id })

const option = async (given: Given) => {
  const { id: productId, options } = await newProduct(given)
  return { productId, optionId: options[0]?.id }
}

const mapped = async (given: Given) => ({
  ...(await option(given)),
  skuMappings: [{ skuId: given.skuId, quantity: 1 }]
})

/** A product with all that it needs to be on show. */
const complete = async (given: Given) => {
  const { skuMappings, ...one } = await mapped(given)
  await run(given.world.catalog.setSkuMappings({ ...one, skuMappings } as never))
  return { productId: one.productId }
}

const category = async ({ fresh, world: { catalog } }: Given) => {
  const { id } = await run(catalog.createCategory({ name: fresh("category") } as never))
  return { categoryId: id }
}

/** The inputs of the commands and the questions of the catalog. */
export const ofCatalog: Readonly<Record<string, MakeInput>> = {
  createProduct: ({ categoryId, fresh }) => ({
    ...{ name: fresh("product"), type: "NORMAL", categoryIds: [categoryId] }
  }),
  updateProduct: async (given) => ({ ...(await product(given)), name: "Other" }),
  duplicateProduct: product,
  activateProduct: complete,
  deactivateProduct: async (given) => {
    const { productId } = await complete(given)
    await run(given.world.catalog.activateProduct({ productId } as never))
    return { productId }
  },
  discontinueProduct: async (given) => {
    const { productId } = await complete(given)
    await run(given.world.catalog.activateProduct({ productId } as never))
    return { productId }
  },
  deleteProduct: product,
  addOption: async (given) => ({ ...(await product(given)), name: "Two" }),
  updateOption: async (given) => ({ ...(await option(given)), name: "Two" }),
  removeOption: option,
  setSkuMappings: mapped,
  setImages: async (given) => ({ ...(await product(given)), images: [] }),
  setCategories: async (given) => ({
    ...(await product(given)),
    categoryIds: [given.categoryId]
  }),
  followStock: ({ productId }) => ({
    productId,
    stock: [{ skuId: "mug", version: 1_000_000, availableQuantity: 1 }]
  }),
  createCategory: ({ fresh }) => ({ name: fresh("category") }),
  updateCategory: async (given) => ({ ...(await category(given)), sortOrder: 1 }),
  moveCategory: async (given) => ({ ...(await category(given)), parentId: null }),
  deleteCategory: category,
  createAttribute: ({ fresh }) => ({ code: fresh("attribute"), name: "New", kind: "TEXT" }),
  updateAttribute: async ({ attributeId }) => ({ attributeId: await attributeId(), name: "Other" }),
  deleteAttribute: async ({ attributeId }) => ({ attributeId: await attributeId() }),
  product: ({ productId }) => ({ productId }),
  productBySlug: () => ({ slug: "on-sale" }),
  productsByIds: ({ productId }) => ({ productIds: [productId] }),
  products: ({ categoryId }) => ({ categoryId }),
  category: ({ categoryId }) => ({ categoryId }),
  categoryTree: nothing,
  attribute: async ({ attributeId }) => ({ attributeId: await attributeId() }),
  attributes: nothing,
  skuMappings: ({ skuId }) => ({ skuIds: [skuId] }),
  byExternalIds: () => ({ kind: "product", externalIds: ["none"] }),
  mostViewed: nothing,
  events: nothing,
  ping: nothing
}

/** Fills a world with what every case is about. */
export const prepare = async (world: World): Promise<Omit<Given, "ownerId">> => {
  const { catalog, inventory } = world
  let names = 0
  const fresh = (word: string) => `${word}-${++names}`
  const skuId = "mug"
  await run(inventory.registerLocation({ locationId: "here", name: "Here", priority: 1 }))
  await run(inventory.registerLocation({ locationId: "elsewhere", name: "Elsewhere" }))
  await run(inventory.updateLocation({ locationId: "here", isDefault: true }))
  await run(inventory.updateLocation({ locationId: "elsewhere", sellable: false }))
  for (const id of [skuId, "cup"]) {
    const stock = { initialStock: 1_000_000, locationId: "here" }
    await run(inventory.registerSku({ skuId: id, code: id.toUpperCase(), name: id, ...stock }))
  }
  const { id: categoryId } = await run(catalog.createCategory({ name: "All" } as never))
  const made = (await run(
    catalog.createProduct({
      name: "On sale",
      slug: "on-sale",
      type: "BUNDLE",
      categoryIds: [categoryId],
      options: [
        {
          name: "Set",
          price: { amount: "5", currency: "EUR" },
          skuMappings: [
            { skuId, quantity: 1 },
            { skuId: "cup", quantity: 1 }
          ]
        }
      ]
    } as never)
  )) as { readonly id: string; readonly options: ReadonlyArray<{ readonly id: string }> }
  await run(catalog.activateProduct({ productId: made.id } as never))
  const cartToken = newCartToken()
  const cartId = await run(
    Effect.provide(
      Effect.flatMap(Digest.Digest, (digest) => cartIdOf(digest, cartToken)),
      Digest.layerWebCrypto
    )
  )
  return {
    ...{ cartToken, cartId },
    ...{ world, fresh, skuId, categoryId, productId: made.id },
    optionId: made.options[0]?.id ?? "",
    emptySkuId: async () => {
      const id = fresh("empty")
      await run(inventory.registerSku({ skuId: id, code: id, name: id }))
      return id
    },
    attributeId: async () => {
      const one = { code: fresh("attribute"), name: "An attribute", kind: "TEXT" }
      return (await run(catalog.createAttribute(one as never))).id
    }
  }
}
