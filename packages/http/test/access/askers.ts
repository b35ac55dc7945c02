/**
 * Who asks in the matrix of permissions, and what each must be answered, from the permission of an
 * operation alone. It is written down apart from the code that decides.
 */
import { anonymousPrincipal, type Permission, type Principal } from "@holdfast/core/access"

/** The header by which the tests say who asks. */
export const askerHeader = "x-asker"

/** What an operation comes to for who asks. */
export type Outcome = "ALLOWED" | "ABSENT" | "FORBIDDEN" | "UNAUTHENTICATED"

/** Who asks, whose the order is that they ask about, and what must come of it. */
export interface Asker {
  readonly name: string
  readonly principal: (permission: Permission) => Principal
  /** What a request shows in the place of its principal, which is then found out. */
  readonly shows?: (permission: Permission) => Readonly<Record<string, string>>
  readonly ownerId: string
  readonly expected: (permission: Permission) => Outcome
}

/** The cart of the guest in the matrix, and whose orders are then of. */
export interface GuestCart {
  readonly cartToken: string
  readonly guest: Principal
}

const person = (id: string, role: Principal["roles"][number], more: Partial<Principal> = {}) => ({
  ...{ id, kind: "USER" as const, roles: [role] },
  ...more
})

const service = (scopes: Principal["scopes"]): Principal => ({
  id: "shop",
  kind: "SERVICE",
  roles: [],
  ...(scopes === undefined ? {} : { scopes })
})

const everyScope = [
  ...["catalog:read", "catalog:write", "stock:read", "stock:write"],
  ...["reservations:read", "reservations:write", "events:read", "events:write"],
  ...["webhooks:write", "audit:read", "customers:read", "customers:write"]
] as NonNullable<Principal["scopes"]>

/** What must come of it for a role, if the operation asks anybody. */
const unlessOpen =
  (closed: (permission: Permission) => Outcome) =>
  (permission: Permission): Outcome =>
    permission.role === "ANYONE" ? "ALLOWED" : closed(permission)

const ofManager = ({ role }: Permission): Outcome => (role === "ADMIN" ? "FORBIDDEN" : "ALLOWED")

const ofUser = ({ role }: Permission): Outcome => (role === "USER" ? "ALLOWED" : "FORBIDDEN")

/** Everybody who asks in the matrix. */
export const askers: ReadonlyArray<Asker> = [
  {
    name: "ADMIN",
    principal: () => person("root", "ADMIN"),
    ownerId: "bob",
    expected: () => "ALLOWED"
  },
  {
    name: "MANAGER",
    principal: () => person("boss", "MANAGER"),
    ownerId: "bob",
    expected: unlessOpen(ofManager)
  },
  {
    name: "MANAGER elsewhere",
    principal: () => person("boss", "MANAGER", { locationIds: ["elsewhere" as never] }),
    ownerId: "bob",
    expected: unlessOpen((permission) =>
      permission.isPlaced === true ? "FORBIDDEN" : ofManager(permission)
    )
  },
  {
    name: "USER own",
    principal: () => person("ann", "USER"),
    ownerId: "ann",
    expected: unlessOpen(ofUser)
  },
  {
    name: "USER other's",
    principal: () => person("ann", "USER"),
    ownerId: "bob",
    expected: unlessOpen((permission) =>
      permission.role === "USER" && permission.isOwn === true ? "ABSENT" : ofUser(permission)
    )
  },
  {
    name: "SERVICE with the scope",
    principal: ({ scopes }) => service(scopes.slice(0, 1)),
    ownerId: "bob",
    expected: unlessOpen(({ scopes }) => (scopes.length > 0 ? "ALLOWED" : "FORBIDDEN"))
  },
  {
    name: "SERVICE without the scope",
    principal: ({ scopes }) => service(everyScope.filter((scope) => !scopes.includes(scope))),
    ownerId: "bob",
    expected: unlessOpen(() => "FORBIDDEN")
  },
  {
    name: "ANONYMOUS",
    principal: () => ({ id: "anonymous", kind: "ANONYMOUS", roles: [] }),
    ownerId: "bob",
    expected: unlessOpen(() => "UNAUTHENTICATED")
  }
]

const ofGuest = (isOwn: boolean) =>
  unlessOpen((permission) => {
    if (permission.role !== "USER" || permission.isOwn !== true) return "UNAUTHENTICATED"
    return isOwn ? "ALLOWED" : "ABSENT"
  })

/** A guest, who shows a cart alone, about an order of the cart and about another's. */
export const guestAskers = ({ cartToken, guest }: GuestCart): ReadonlyArray<Asker> => {
  const shows = () => ({
    "holdfast-cart": cartToken,
    [askerHeader]: JSON.stringify(anonymousPrincipal)
  })
  return [
    {
      ...{ name: "GUEST own", principal: () => guest, shows },
      ...{ ownerId: guest.id, expected: ofGuest(true) }
    },
    {
      ...{ name: "GUEST other's", principal: () => guest, shows },
      ...{ ownerId: "bob", expected: ofGuest(false) }
    }
  ]
}

/** A proof of who asks, and whether it is still taken. */
export interface Credential {
  readonly name: string
  readonly authorization: string
  /** Who bears it, as found out by the server; undefined when it is not taken. */
  readonly bearer: Principal | undefined
}

/** Who shows a proof: nobody, once it has expired or was revoked, whatever they might do before. */
export const credentialAskers = (credentials: ReadonlyArray<Credential>): ReadonlyArray<Asker> =>
  credentials.map(({ authorization, bearer, name }) => ({
    name,
    principal: () => bearer ?? anonymousPrincipal,
    shows: () => ({ authorization }),
    ownerId: "bob",
    expected: unlessOpen(({ scopes }) => {
      if (bearer === undefined) return "UNAUTHENTICATED"
      return bearer.kind === "SERVICE" && scopes.length === 0 ? "FORBIDDEN" : "ALLOWED"
    })
  }))

/** How often each outcome is expected over operations. */
export const countsOf = (outcomes: ReadonlyArray<Outcome>): Readonly<Record<Outcome, number>> => {
  const counts = { ALLOWED: 0, ABSENT: 0, FORBIDDEN: 0, UNAUTHENTICATED: 0 }
  for (const outcome of outcomes) counts[outcome] += 1
  return counts
}
