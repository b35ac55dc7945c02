/**
 * The operation behind each endpoint, whose permission is asked before a request is read. Its type
 * names every endpoint of the API, so an endpoint without an operation does not compile.
 */
import { openToAnyone, type PermittedOperation } from "@holdfast/core/access"
import { auditOperations } from "@holdfast/core/audit"
import { operations as catalog } from "@holdfast/core/catalog"
import { eventOperations, webhookOperations } from "@holdfast/core/events"
import { importOperations } from "@holdfast/core/exchange"
import { operations as inventory } from "@holdfast/core/inventory"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type { HoldfastApi } from "../HoldfastApi.ts"

type Groups = typeof HoldfastApi extends HttpApi.HttpApi<infer _Id, infer Groups> ? Groups : never

type EndpointsOf<Group extends string> = HttpApiEndpoint.Identifier<
  HttpApiGroup.Endpoints<HttpApiGroup.WithIdentifier<Groups, Group>>
>

/** The operation of each endpoint. */
export type RoutePermissions = {
  readonly [Group in HttpApiGroup.Identifier<Groups>]: {
    readonly [Endpoint in EndpointsOf<Group>]: PermittedOperation
  }
}

type Rows = { readonly [name: string]: Pick<PermittedOperation, "permission"> }

/** The operations of a table, with their names. */
const named = <Table extends Rows>(rows: Table) =>
  Object.fromEntries(
    Object.entries(rows).map(([name, { permission }]) => [name, { name, permission }])
  ) as { readonly [Name in keyof Table]: PermittedOperation }

const ofInventory = named(inventory)
const ofCatalog = named(catalog)
const ofAudit = named(auditOperations)
const ofEvents = named(eventOperations)
const ofImports = named(importOperations)
const ofWebhooks = named(webhookOperations)

const open = (name: string): PermittedOperation => ({ name, permission: openToAnyone })

/** The operation of each endpoint, by its group. */
export const routePermissions: RoutePermissions = {
  skus: {
    register: ofInventory.registerSku,
    list: ofInventory.skus,
    get: ofInventory.sku,
    update: ofInventory.updateSku,
    archive: ofInventory.archiveSku,
    unarchive: ofInventory.unarchiveSku
  },
  stock: {
    statuses: ofInventory.stockStatus,
    manyStatuses: ofInventory.stockStatus,
    many: ofInventory.stocks,
    heldOptions: ofInventory.heldOptions,
    checkAvailability: ofInventory.checkAvailability,
    get: ofInventory.stock,
    movementsOfReference: ofInventory.movementsOfReference,
    movements: ofInventory.movements,
    reservations: ofInventory.reservationsOfSku,
    receive: ofInventory.receive,
    returnStock: ofInventory.returnStock,
    ship: ofInventory.ship,
    adjust: ofInventory.adjust,
    count: ofInventory.count,
    transfer: ofInventory.transfer,
    changeStock: ofInventory.changeStock
  },
  reservations: {
    reserve: ofInventory.reserve,
    get: ofInventory.reservation,
    confirm: ofInventory.confirm,
    release: ofInventory.release,
    fulfil: ofInventory.fulfil,
    resize: ofInventory.resize,
    extend: ofInventory.extend
  },
  orders: {
    replace: ofInventory.reserve,
    add: ofInventory.reserve,
    get: ofInventory.reservationsOfOrder,
    release: ofInventory.releaseOrder,
    confirm: ofInventory.confirmOrder,
    fulfil: ofInventory.fulfilOrder,
    releaseBundle: ofInventory.releaseBundle,
    resizeBundle: ofInventory.resizeBundle,
    extendBundle: ofInventory.extendBundle,
    place: ofInventory.placeOrder,
    state: ofInventory.order,
    pay: ofInventory.payOrder,
    cancel: ofInventory.cancelOrder,
    complete: ofInventory.completeOrder,
    customer: ofInventory.customer,
    eraseCustomer: ofInventory.eraseCustomer
  },
  carts: { create: open("createCart"), claim: ofInventory.claimOrder },
  locations: {
    register: ofInventory.registerLocation,
    list: ofInventory.locations,
    get: ofInventory.location,
    update: ofInventory.updateLocation
  },
  operations: {
    reconciliation: ofInventory.reconcilePart,
    events: ofInventory.events
  },
  products: {
    create: ofCatalog.createProduct,
    list: ofCatalog.products,
    batchGet: ofCatalog.productsByIds,
    mappings: ofCatalog.skuMappings,
    manyMappings: ofCatalog.skuMappings,
    bySlug: ofCatalog.productBySlug,
    get: ofCatalog.product,
    update: ofCatalog.updateProduct,
    delete: ofCatalog.deleteProduct,
    activate: ofCatalog.activateProduct,
    deactivate: ofCatalog.deactivateProduct,
    discontinue: ofCatalog.discontinueProduct,
    duplicate: ofCatalog.duplicateProduct,
    setImages: ofCatalog.setImages,
    setCategories: ofCatalog.setCategories
  },
  options: {
    add: ofCatalog.addOption,
    update: ofCatalog.updateOption,
    remove: ofCatalog.removeOption,
    setMappings: ofCatalog.setSkuMappings
  },
  categories: {
    tree: ofCatalog.categoryTree,
    get: ofCatalog.category,
    products: ofCatalog.products,
    create: ofCatalog.createCategory,
    update: ofCatalog.updateCategory,
    move: ofCatalog.moveCategory,
    delete: ofCatalog.deleteCategory
  },
  attributes: {
    list: ofCatalog.attributes,
    get: ofCatalog.attribute,
    create: ofCatalog.createAttribute,
    update: ofCatalog.updateAttribute,
    delete: ofCatalog.deleteAttribute
  },
  events: {
    list: ofInventory.events,
    stream: ofEvents.streamEvents
  },
  webhooks: {
    create: ofWebhooks.createWebhook,
    list: ofWebhooks.webhooks,
    get: ofWebhooks.webhook,
    update: ofWebhooks.updateWebhook,
    delete: ofWebhooks.deleteWebhook,
    rotateSecret: ofWebhooks.rotateWebhookSecret,
    test: ofWebhooks.testWebhook,
    deliveries: ofWebhooks.webhookDeliveries,
    redeliver: ofWebhooks.redeliverToWebhook,
    replay: ofWebhooks.replayWebhook
  },
  imports: {
    // The kind of the file decides between them, and is asked about once it is known.
    bring: ofImports.importStatus,
    get: ofImports.importStatus,
    errors: ofImports.importErrors
  },
  audit: { list: ofAudit.auditRecords },
  history: { sku: ofAudit.skuHistory },
  health: { live: open("live"), startup: open("startup"), ready: open("ready") }
}

const byName: { readonly [group: string]: { readonly [endpoint: string]: PermittedOperation } } =
  routePermissions

/** The operation of an endpoint. Throws for one that has none, so that it is not served. */
export const permissionOf = (group: string, endpoint: string): PermittedOperation => {
  const operation = byName[group]?.[endpoint]
  if (operation === undefined) throw new Error(`${group}.${endpoint} has no permission`)
  return operation
}
