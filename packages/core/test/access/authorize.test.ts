import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import {
  authorize,
  openToAnyone,
  type Permission,
  type Principal,
  type Resource
} from "../../src/access.ts"
import { auditOperations } from "../../src/audit/auditOperations.ts"
import { operations as ofCatalog } from "../../src/catalog/messages/operations.ts"
import { eventOperations } from "../../src/events/eventOperations.ts"
import { webhookOperations } from "../../src/events/webhooks/webhookOperations.ts"
import { importOperations } from "../../src/exchange/importOperations.ts"
import { operations as ofInventory } from "../../src/inventory/messages/operations.ts"
import { orderFlowOperations } from "../../src/ordering/orderFlowOperations.ts"

const own: Permission = {
  ...{ role: "USER", scopes: ["reservations:write"], isOwn: true, isPlaced: true }
}

const user = (roles: Principal["roles"], more: Partial<Principal> = {}): Principal => ({
  ...{ id: "ann", kind: "USER", roles },
  ...more
})

const seen = (principal: Principal, permission: Permission, resource?: Resource) =>
  authorize(principal, { name: "reserve", permission }, resource)._tag

const here = ["here"] as unknown as NonNullable<Principal["locationIds"]>

describe("S9 authorize", () => {
  it("takes the highest role of a person, and no role for nothing", () => {
    const row: Permission = { role: "MANAGER", scopes: ["stock:write"] }
    expect(seen(user(["USER", "ADMIN"]), row)).toBe("Allowed")
    expect(seen(user(["ADMIN", "USER"]), row)).toBe("Allowed")
    expect(seen(user(["USER"]), row)).toBe("Forbidden")
    expect(seen(user([]), row)).toBe("Forbidden")
  })

  it("gives a person nothing for scopes, and a service nothing for roles", () => {
    const scopes = ["stock:write"] as const
    const row: Permission = { role: "USER", scopes }
    expect(seen(user([], { scopes }), row)).toBe("Forbidden")
    expect(seen(user(["ADMIN"], { kind: "SERVICE" }), row)).toBe("Forbidden")
    expect(seen(user([], { kind: "SERVICE", scopes }), row)).toBe("Allowed")
    expect(seen(user(["ADMIN"], { kind: "ANONYMOUS", scopes }), row)).toBe("Unauthenticated")
  })

  it("gives a guest what a USER does for their own orders, and no more", () => {
    const guest = user([], { id: `cart:${"0".repeat(64)}`, kind: "ANONYMOUS" })
    expect(seen(guest, own, { ownerId: guest.id })).toBe("Allowed")
    expect(seen(guest, own, { ownerId: "ann" })).toBe("Absent")
    expect(seen(guest, own, { ownerId: null })).toBe("Absent")
    expect(seen(guest, own, { ownerId: guest.id, isPaid: true })).toBe("Forbidden")
    expect(seen(guest, own, { ownerId: guest.id, field: "confirmed" })).toBe("Forbidden")
    for (const row of [
      { role: "USER", scopes: ["catalog:read"] },
      { ...own, role: "MANAGER" }
    ] as const satisfies ReadonlyArray<Permission>) {
      expect(seen(guest, row)).toBe("Unauthenticated")
    }
    for (const id of ["anonymous", "cart:", `cart:${"0".repeat(63)}`, `cart:${"A".repeat(64)}`]) {
      expect(seen(user([], { id, kind: "ANONYMOUS" }), own)).toBe("Unauthenticated")
    }
  })

  it("asks nobody where anybody may", () => {
    for (const kind of ["USER", "SERVICE", "ANONYMOUS"] as const) {
      expect(seen(user([], { kind }), openToAnyone)).toBe("Allowed")
    }
  })

  it("hides from a USER what is somebody else's or nobody's, and from nobody else", () => {
    const ann = user(["USER"])
    expect(seen(ann, own, { ownerId: "ann" })).toBe("Allowed")
    expect(seen(ann, own, { ownerId: undefined })).toBe("Allowed")
    expect(seen(ann, own, { ownerId: "bob" })).toBe("Absent")
    expect(seen(ann, own, { ownerId: null })).toBe("Absent")
    expect(seen(ann, own, { ownerId: "bob", field: "confirmed" })).toBe("Absent")
    expect(seen(user(["MANAGER"]), own, { ownerId: "bob" })).toBe("Allowed")
    expect(seen(user(["USER", "MANAGER"]), own, { ownerId: "bob" })).toBe("Allowed")
  })

  it("keeps from a USER what is paid for, and the fields of others", () => {
    expect(seen(user(["USER"]), own, { ownerId: "ann", isPaid: true })).toBe("Forbidden")
    expect(seen(user(["MANAGER"]), own, { isPaid: true })).toBe("Allowed")
    expect(authorize(user(["USER"]), { name: "release", permission: own }, { field: "x" })).toEqual(
      {
        _tag: "Forbidden",
        operation: "release",
        needs: ["ADMIN", "MANAGER", "reservations:write"],
        locationIds: [],
        field: "x"
      }
    )
  })

  it("binds a MANAGER to places, and nobody else", () => {
    const bound = user(["MANAGER"], { locationIds: here })
    expect(seen(bound, own, { locationIds: ["here"] })).toBe("Allowed")
    expect(seen(bound, own, { locationIds: ["here", "there"] })).toBe("Forbidden")
    expect(seen(bound, own, { isEverywhere: true })).toBe("Forbidden")
    expect(seen(bound, { role: "MANAGER", scopes: [] }, { locationIds: ["there"] })).toBe("Allowed")
    expect(seen(user(["ADMIN"], { locationIds: here }), own, { locationIds: ["there"] })).toBe(
      "Allowed"
    )
    expect(seen(user(["MANAGER"], { locationIds: [] }), own, { locationIds: ["here"] })).toBe(
      "Forbidden"
    )
  })
})

type Rows = { readonly [name: string]: { readonly permission: Permission } }

/** What the documents say of each operation: the least role, and the scopes. */
const documented = () => {
  const page = readFileSync(new URL("../../../../docs/ACCESS.md", import.meta.url), "utf8")
  const rows = page.split("\n").filter((line) => /^\| (anybody|USER|MANAGER|ADMIN)/.test(line))
  return rows.flatMap((row) => {
    const [, role = "", scopes = "", operations = ""] = row.split("|").map((part) => part.trim())
    const words = (text: string) => [...text.matchAll(/`([\w:]+)`/g)].map(([, word]) => word)
    return words(operations).map((name) => ({ name, role, scopes: words(scopes) }))
  })
}

describe("S9 the list of permissions in the documents", () => {
  it("has each operation once, with the permission of its row", () => {
    const tables: ReadonlyArray<Rows> = [
      ...[ofInventory, ofCatalog, webhookOperations, eventOperations],
      ...[importOperations, orderFlowOperations, auditOperations]
    ]
    const rows = new Map(tables.flatMap((table) => Object.entries(table)))
    const inCode = [...rows].map(([name, { permission }]) => ({
      name,
      role:
        permission.role === "ANYONE"
          ? "anybody"
          : `${permission.role}${permission.isOwn === true ? ", own orders" : ""}`,
      scopes: permission.scopes
    }))
    const byName = (a: { readonly name: unknown }, b: { readonly name: unknown }) =>
      String(a.name) < String(b.name) ? -1 : 1
    expect(documented().sort(byName)).toEqual(inCode.sort(byName))
  })
})
