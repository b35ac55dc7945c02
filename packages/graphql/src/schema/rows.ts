/**
 * What becomes of each operation of core in GraphQL: a root field, or the reason why there is none. The
 * types of the tables name every operation, so one that is new in core does not compile before it has
 * a row here.
 */
import type { OperationName as CatalogName } from "@holdfast/core/catalog"
import type { OperationName as InventoryName } from "@holdfast/core/inventory"

/** What becomes of an operation. */
export type Row =
  | { readonly query: string }
  | { readonly mutation: true }
  | { readonly absent: string }

const mutation = { mutation: true } as const
const query = <Field extends string>(field: Field) => ({ query: field }) as const
const absent = (reason: string) => ({ absent: reason }) as const

const upkeep = "the engine does it by itself, and no client has a use for it"

const personal =
  "what is kept about a customer is read and erased for one order at a time, over REST, and never beside other things"

/** The operations of the inventory. */
export const inventoryRows = {
  registerSku: mutation,
  updateSku: mutation,
  archiveSku: mutation,
  unarchiveSku: mutation,
  registerLocation: mutation,
  updateLocation: mutation,
  receive: mutation,
  ship: mutation,
  returnStock: mutation,
  adjust: mutation,
  count: mutation,
  transfer: mutation,
  changeStock: mutation,
  reserve: mutation,
  confirm: mutation,
  release: mutation,
  fulfil: mutation,
  resize: mutation,
  extend: mutation,
  confirmOrder: mutation,
  releaseOrder: mutation,
  fulfilOrder: mutation,
  releaseBundle: mutation,
  resizeBundle: mutation,
  extendBundle: mutation,
  placeOrder: mutation,
  payOrder: mutation,
  cancelOrder: mutation,
  completeOrder: mutation,
  claimOrder: mutation,
  expireLapsed: absent(upkeep),
  sku: query("sku"),
  skus: query("skus"),
  stock: query("stock"),
  stockStatus: query("stockStatus"),
  stocks: query("stocks"),
  heldOptions: query("heldOptions"),
  levels: query("levels"),
  location: query("location"),
  locations: query("locations"),
  reservation: query("reservation"),
  reservationsOfOrder: query("reservationsOfOrder"),
  reservationsOfSku: query("reservationsOfSku"),
  order: query("order"),
  checkAvailability: query("checkAvailability"),
  movements: query("movements"),
  movementsOfReference: query("movementsOfReference"),
  stockAsOf: query("stockAsOf"),
  events: query("inventoryEvents"),
  reconcile: absent("it reads every level at once; reconcilePart goes through them by parts"),
  reconcilePart: query("reconcilePart"),
  reconciledLevels: absent("reconcilePart answers the same with what is to be done about it"),
  mostMissed: query("mostMissed"),
  accuracy: query("accuracy"),
  customer: absent(personal),
  eraseCustomer: absent(personal),
  ping: absent("/health/ready says whether the stores answer")
} as const satisfies { readonly [Name in InventoryName]: Row }

/** The operations of the catalog. */
export const catalogRows = {
  createProduct: mutation,
  updateProduct: mutation,
  duplicateProduct: mutation,
  activateProduct: mutation,
  deactivateProduct: mutation,
  discontinueProduct: mutation,
  deleteProduct: mutation,
  addOption: mutation,
  updateOption: mutation,
  removeOption: mutation,
  setSkuMappings: mutation,
  setImages: mutation,
  setCategories: mutation,
  followStock: mutation,
  createCategory: mutation,
  updateCategory: mutation,
  moveCategory: mutation,
  deleteCategory: mutation,
  createAttribute: mutation,
  updateAttribute: mutation,
  deleteAttribute: mutation,
  product: query("product"),
  productBySlug: query("productBySlug"),
  productsByIds: query("productsByIds"),
  products: query("products"),
  category: query("category"),
  categoryTree: query("categoryTree"),
  attribute: query("attribute"),
  attributes: query("attributes"),
  skuMappings: query("skuMappings"),
  byExternalIds: query("byExternalIds"),
  mostViewed: query("mostViewed"),
  events: query("catalogEvents"),
  ping: absent("/health/ready says whether the stores answer")
} as const satisfies { readonly [Name in CatalogName]: Row }

type NamesIn<Rows, Kind> = {
  readonly [Name in keyof Rows]: Rows[Name] extends Kind ? Name : never
}[keyof Rows]

/** The root fields that a table of rows names. */
export type FieldsIn<Rows extends { readonly [name: string]: Row }> = Extract<
  Rows[keyof Rows],
  { readonly query: string }
>["query"]

/** The commands of the inventory that are mutations. */
export type InventoryMutation = NamesIn<typeof inventoryRows, { readonly mutation: true }>

/** The commands of the catalog that are mutations. */
export type CatalogMutation = NamesIn<typeof catalogRows, { readonly mutation: true }>
