/**
 * Who asks in the matrix of permissions, and what each must be answered, from the permission of an
 * operation alone. It is written down apart from the code that decides.
 */
import type { Permission, Principal } from "@holdfast/core/access"

/** What an operation comes to for who asks. */
export type Outcome = "ALLOWED" | "ABSENT" | "FORBIDDEN" | "UNAUTHENTICATED"

/** Who asks, whose the order is that they ask about, and what must come of it. */
export interface Asker {
  readonly name: string
  readonly principal: (permission: Permission) => Principal
  readonly ownerId: "ann" | "bob"
  readonly expected: (permission: Permission) => Outcome
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
    expected: () => "ALLOWED"
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

/** How often each outcome is expected over operations. */
export const countsOf = (outcomes: ReadonlyArray<Outcome>): Readonly<Record<Outcome, number>> => {
  const counts = { ALLOWED: 0, ABSENT: 0, FORBIDDEN: 0, UNAUTHENTICATED: 0 }
  for (const outcome of outcomes) counts[outcome] += 1
  return counts
}
