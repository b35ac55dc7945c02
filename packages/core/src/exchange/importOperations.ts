/**
 * What can be done with files that are brought, one row each. An import is run in the name of the
 * host: permission is asked when its file is brought.
 */
import type { Resource } from "../access/authorize.ts"
import { ofImports, type Permission, type PermittedOperation } from "../access/Permission.ts"
import type { RecordKind } from "./records/kinds.ts"

/** The operations. */
export const importOperations = {
  importProducts: { permission: ofImports.catalog, summary: "Bring a file of products" },
  importCategories: { permission: ofImports.catalog, summary: "Bring a file of categories" },
  importSkus: { permission: ofImports.stock, summary: "Bring a file of SKUs" },
  importStock: { permission: ofImports.stock, summary: "Bring a file of stock" },
  importStatus: { permission: ofImports.read, summary: "How far an import is" },
  importErrors: { permission: ofImports.read, summary: "The bad rows of an import" }
} as const satisfies {
  readonly [name: string]: { readonly permission: Permission; readonly summary: string }
}

/** The name of an operation. */
export type ImportOperationName = keyof typeof importOperations

const names = {
  products: "importProducts",
  categories: "importCategories",
  skus: "importSkus",
  stock: "importStock"
} as const satisfies { readonly [Kind in RecordKind]: ImportOperationName }

/** Who may bring a file of a kind, and ask after it. */
export const permittedImport = (kind: RecordKind): PermittedOperation => ({
  name: names[kind],
  permission: importOperations[names[kind]].permission
})

/** A file may name any place. */
export const anyPlace: Resource = { isEverywhere: true }
