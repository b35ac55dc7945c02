/** Who asks: a person, a service or nobody in particular, and what they may do. */
import * as Schema from "effect/Schema"
import { LocationId } from "../kernel/Identifier.ts"
import { printable } from "../kernel/Text.ts"

/**
 * What a person may do. ADMIN: everything. MANAGER: the catalog, stock and reservations. USER: reads
 * what is on sale, and holds stock for orders of their own.
 */
export const Role = Schema.Literals(["ADMIN", "MANAGER", "USER"])
export type Role = typeof Role.Type

/** What a service may do: each scope is an area, and whether it is read or written. */
export const Scope = Schema.Literals([
  "catalog:read",
  "catalog:write",
  "stock:read",
  "stock:write",
  "reservations:read",
  "reservations:write",
  "events:read",
  "events:write",
  "webhooks:write",
  "audit:read",
  "customers:read",
  "customers:write"
])
export type Scope = typeof Scope.Type

/** What the id of a guest is: `cart:` and the SHA-256 of the token of their cart, in hexadecimal. */
const cartForm = /^cart:[0-9a-f]{64}$/

/** Whether an id is that of a cart. */
export const isCartId = (id: string): boolean => cartForm.test(id)

/** Nobody but a guest has the id of a cart, since an id is what an order is owned by. */
const onlyGuestsHaveCarts = Schema.makeFilter(
  ({ id, kind }: { readonly id: string; readonly kind: string }) =>
    kind === "ANONYMOUS" || !id.startsWith("cart:")
      ? undefined
      : { path: ["id"], issue: "must not begin with cart:, as the ids of guests do" }
)

/**
 * Who asks. `id` is 1 to 255 printable code points. A person has roles, a service has scopes. A
 * manager with `locationIds` changes stock at these locations alone. Somebody ANONYMOUS whose id is
 * that of a cart is a guest.
 */
export const Principal = Schema.Struct({
  id: printable(1, 255),
  kind: Schema.Literals(["USER", "SERVICE", "ANONYMOUS"]),
  roles: Schema.Array(Role),
  locationIds: Schema.optionalKey(Schema.Array(LocationId)),
  scopes: Schema.optionalKey(Schema.Array(Scope))
}).check(onlyGuestsHaveCarts)
export interface Principal extends Schema.Schema.Type<typeof Principal> {}

/** The name of a principal among all: a person and a service may have one id. */
export const principalName = ({ id, kind }: Pick<Principal, "id" | "kind">): string =>
  `${kind} ${id}`

/** Nobody in particular: a sender that shows no token, key or certificate. */
export const anonymousPrincipal: Principal = { id: "anonymous", kind: "ANONYMOUS", roles: [] }

/** Whether somebody is a guest: nobody knows who they are, and they have a cart. */
export const isGuest = ({ id, kind }: Pick<Principal, "id" | "kind">): boolean =>
  kind === "ANONYMOUS" && isCartId(id)

/** Whether somebody owns the orders that they make: a person or a guest. */
export const ownsOrders = (principal: Principal): boolean =>
  principal.kind === "USER" || isGuest(principal)
