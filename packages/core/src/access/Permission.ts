/**
 * What an operation asks of who wants it done. Every row of a table of operations has one, by its
 * type, so an operation without a permission does not compile.
 */
import type { Role, Scope } from "./Principal.ts"

/** What an operation asks of a principal. */
export interface Permission {
  /** The least role of a person; ANYONE: nobody is asked who they are. */
  readonly role: Role | "ANYONE"
  /** A service needs one of these scopes. */
  readonly scopes: ReadonlyArray<Scope>
  /** Whether it is about an order, which must be a USER's own. */
  readonly isOwn?: boolean
  /** Whether it changes stock or holds at locations, to which a MANAGER may be bound. */
  readonly isPlaced?: boolean
}

/** An operation as it is asked for: its name, and its permission. */
export interface PermittedOperation {
  readonly name: string
  readonly permission: Permission
}

/** Who may do what in no table is of nobody's concern, such as whether a store answers. */
export const openToAnyone: Permission = { role: "ANYONE", scopes: [] }

/** The permissions of the catalog. */
export const ofCatalog = {
  /** What is on sale, and what products are described by. */
  browse: { role: "USER", scopes: ["catalog:read"] },
  read: { role: "MANAGER", scopes: ["catalog:read"] },
  write: { role: "MANAGER", scopes: ["catalog:write"] }
} as const satisfies { readonly [name: string]: Permission }

/** The permissions of stock. */
export const ofStock = {
  /** How much of a SKU can be had; not how much there is, nor how much others hold. */
  status: { role: "USER", scopes: ["stock:read"] },
  read: { role: "MANAGER", scopes: ["stock:read"] },
  /** SKUs, which lie at no one place. */
  define: { role: "MANAGER", scopes: ["stock:write"] },
  write: { role: "MANAGER", scopes: ["stock:write"], isPlaced: true }
} as const satisfies { readonly [name: string]: Permission }

/** The permissions of holds and orders. */
export const ofHolds = {
  /** Whether lines could be held. */
  check: { role: "USER", scopes: ["reservations:read"] },
  readOwn: { role: "USER", scopes: ["reservations:read"], isOwn: true },
  read: { role: "MANAGER", scopes: ["reservations:read"] },
  writeOwn: { role: "USER", scopes: ["reservations:write"], isOwn: true, isPlaced: true },
  /** What says that an order is paid, or that its goods left. */
  settle: { role: "MANAGER", scopes: ["reservations:write"], isPlaced: true },
  upkeep: { role: "MANAGER", scopes: ["reservations:write"] },
  /** To make the order of a cart one's own: only a person can, since services own no orders. */
  claim: { role: "USER", scopes: [] }
} as const satisfies { readonly [name: string]: Permission }

/** The permissions of the logs of events. */
export const ofEvents = {
  read: { role: "MANAGER", scopes: ["events:read"] },
  /** What keeps a place in a log. */
  follow: { role: "ADMIN", scopes: ["events:write"] }
} as const satisfies { readonly [name: string]: Permission }

/** The permissions of what is kept about customers. */
export const ofCustomers = {
  read: { role: "ADMIN", scopes: ["customers:read"] },
  erase: { role: "ADMIN", scopes: ["customers:write"] }
} as const satisfies { readonly [name: string]: Permission }

/** The permission to manage webhooks. */
export const ofWebhooks = {
  manage: { role: "ADMIN", scopes: ["webhooks:write"] }
} as const satisfies { readonly [name: string]: Permission }

/** The permissions of who did what. */
export const ofAudit = {
  records: { role: "ADMIN", scopes: ["audit:read"] },
  /** What happened to a SKU, in sentences for people. */
  history: { role: "MANAGER", scopes: ["events:read"] }
} as const satisfies { readonly [name: string]: Permission }

/** The permissions of files that are brought. */
export const ofImports = {
  catalog: { role: "MANAGER", scopes: ["catalog:write"] },
  /** A file names any place, so who is bound to some may not bring one. */
  stock: { role: "MANAGER", scopes: ["stock:write"], isPlaced: true },
  read: { role: "MANAGER", scopes: ["catalog:write", "stock:write"] }
} as const satisfies { readonly [name: string]: Permission }
