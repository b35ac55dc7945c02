/**
 * Whether a principal may do an operation. Pure: it reads no store and no clock. It is asked before
 * anything is looked up, with what the request itself says; and again for what only the store
 * knows, such as whose order it is.
 */
import type { Forbidden, Unauthenticated } from "../kernel/refusals.ts"
import type { Permission, PermittedOperation } from "./Permission.ts"
import { isGuest, type Principal, type Role } from "./Principal.ts"

/** What is known of the thing that an operation is about; what is left out is not known yet. */
export interface Resource {
  /** Whose order it is; null for one that is nobody's. */
  readonly ownerId?: string | null | undefined
  /** Every place at which something would change, as far as it is known. */
  readonly locationIds?: ReadonlyArray<string> | undefined
  /** Whether it may change something at any place. */
  readonly isEverywhere?: boolean | undefined
  /** Whether it would change what has been paid for. */
  readonly isPaid?: boolean | undefined
  /** A field of the request that a USER may not give. */
  readonly field?: string | undefined
}

/** It may. */
export interface Allowed {
  readonly _tag: "Allowed"
}

/** The answer must be the one to a thing that does not exist. */
export interface Absent {
  readonly _tag: "Absent"
}

/** Whether a principal may do an operation. */
export type Authorization = Allowed | Absent | Forbidden | Unauthenticated

const allowed: Allowed = { _tag: "Allowed" }
const absent: Absent = { _tag: "Absent" }

const ranks: { readonly [R in Role]: number } = { USER: 1, MANAGER: 2, ADMIN: 3 }

/** The highest role of a person; undefined for a service and for nobody in particular. */
export const roleOf = ({ kind, roles }: Principal): Role | undefined => {
  if (kind !== "USER") return undefined
  let highest: Role | undefined
  for (const role of roles) {
    if (highest === undefined || ranks[role] > ranks[highest]) highest = role
  }
  return highest
}

/**
 * Whether somebody sees and changes what is their own alone: a person with no more than the role USER,
 * or a guest.
 */
export const isPlainUser = (principal: Principal): boolean =>
  roleOf(principal) === "USER" || isGuest(principal)

/** The places that a principal is bound to; undefined for one who may write anywhere. */
export const placesOf = (principal: Principal): ReadonlyArray<string> | undefined =>
  roleOf(principal) === "MANAGER" ? principal.locationIds : undefined

/** Every role and scope that would do. */
const needsOf = ({ permission: { role, scopes } }: PermittedOperation): ReadonlyArray<string> => {
  const least = role === "ANYONE" ? 0 : ranks[role]
  const roles = (["ADMIN", "MANAGER", "USER"] as const).filter((it) => ranks[it] >= least)
  return [...roles, ...scopes]
}

/** What would do for those parts that a USER may not have. */
const beyondUser = ({ name, permission }: PermittedOperation, field: string | null): Forbidden => ({
  _tag: "Forbidden",
  operation: name,
  needs: ["ADMIN", "MANAGER", ...permission.scopes],
  locationIds: [],
  field
})

/** Those of the places that a principal is not bound to. */
export const elsewhere = (
  principal: Principal,
  locationIds: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const places = placesOf(principal)
  return places === undefined ? [] : locationIds.filter((id) => !places.includes(id))
}

/** The refusal to change something at places that a principal is not bound to. */
export const notThere = (operation: string, locationIds: ReadonlyArray<string>): Forbidden => ({
  _tag: "Forbidden",
  operation,
  needs: ["ADMIN"],
  locationIds: [...new Set(locationIds)],
  field: null
})

/** Whether a guest may do it: what a USER does about orders of their own, and nothing else. */
export const isForGuests = ({ isOwn, role }: Permission): boolean =>
  isOwn === true && role === "USER"

/** Whether who asks has a role or a scope for the operation, leaving aside what it is about. */
const mayAtAll = (principal: Principal, { permission }: PermittedOperation): boolean => {
  if (principal.kind === "ANONYMOUS") return isGuest(principal) && isForGuests(permission)
  if (principal.kind === "SERVICE") {
    return permission.scopes.some((scope) => principal.scopes?.includes(scope) === true)
  }
  const role = roleOf(principal)
  return role !== undefined && permission.role !== "ANYONE" && ranks[role] >= ranks[permission.role]
}

/** Whether a principal may do an operation with what is known of the thing that it is about. */
export const authorize = (
  principal: Principal,
  operation: PermittedOperation,
  resource: Resource = {}
): Authorization => {
  const { name, permission } = operation
  if (permission.role === "ANYONE") return allowed
  if (!mayAtAll(principal, operation)) {
    if (principal.kind === "ANONYMOUS") return { _tag: "Unauthenticated", operation: name }
    const needs = needsOf(operation)
    return { _tag: "Forbidden", operation: name, needs, locationIds: [], field: null }
  }
  if (isPlainUser(principal)) {
    const { field, isPaid, ownerId } = resource
    if (permission.isOwn === true && ownerId !== undefined && ownerId !== principal.id) {
      return absent
    }
    if (field !== undefined) return beyondUser(operation, field)
    if (isPaid === true) return beyondUser(operation, null)
  }
  if (permission.isPlaced !== true || placesOf(principal) === undefined) return allowed
  const outside = elsewhere(principal, resource.locationIds ?? [])
  return outside.length > 0 || resource.isEverywhere === true ? notThere(name, outside) : allowed
}

/**
 * Why a principal may not do an operation at all; undefined when it may, as far as the request
 * itself shows.
 */
export const objectionTo = (
  principal: Principal,
  operation: PermittedOperation,
  resource?: Resource
): Forbidden | Unauthenticated | undefined => {
  const decision = authorize(principal, operation, resource)
  return decision._tag === "Forbidden" || decision._tag === "Unauthenticated" ? decision : undefined
}
