/**
 * Whom the claims of a verified token make of its bearer. Names of roles and scopes are compared
 * exactly: no letter stands for another. What nobody knows gives nothing, and a token that gives
 * nothing is refused. Pure.
 */
import { Principal, Role, Scope } from "@holdfast/core/access"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** The claims of a token. */
export type Claims = Readonly<Record<string, unknown>>

/** Where in the claims things are. A name may be a whole claim, or a path with dots between. */
export interface ClaimNames {
  readonly id: string
  readonly roles: string
  readonly scopes: string
  /** Where the locations of a manager are; undefined when managers are bound to none. */
  readonly locations?: string | undefined
}

/** The names that issuers use most. */
export const claimNamesDefault: ClaimNames = { id: "sub", roles: "roles", scopes: "scope" }

/**
 * Ids of principals that are no bearers of tokens of an issuer: what they begin with, who nobody knows, and
 * the service by which records name the command line.
 */
const ofOthers = /^(?:key|certificate|development):|^(?:anonymous|cli)$/

const named = (claims: unknown, name: string): unknown =>
  typeof claims === "object" && claims !== null && Object.hasOwn(claims, name)
    ? (claims as Claims)[name]
    : undefined

/** The claim of a name: of the whole name if there is one, such as a URL, else along its dots. */
export const claimAt = (claims: Claims, name: string): unknown => {
  const whole = named(claims, name)
  return whole === undefined ? name.split(".").reduce<unknown>(named, claims) : whole
}

const isTexts = Schema.is(Schema.Array(Schema.String))
const isRole = Schema.is(Role)
const isScope = Schema.is(Scope)

const roleOf: ReadonlyMap<string, Role> = new Map(
  Role.literals.flatMap((role) => [
    [role, role],
    [role.toLowerCase(), role]
  ])
)

/** A list of texts, none when the claim is missing; undefined when it is something else. */
const textsAt = (claims: Claims, name: string): ReadonlyArray<string> | undefined => {
  const value = claimAt(claims, name)
  if (value === undefined) return []
  return isTexts(value) ? value : undefined
}

/** Scopes come as one text with spaces between, or as a list. */
const scopesAt = (claims: Claims, name: string): ReadonlyArray<string> | undefined => {
  const value = claimAt(claims, name)
  return typeof value === "string" ? value.split(" ") : textsAt(claims, name)
}

/** Everywhere, in the claim of locations. */
const everywhere = "*"

/** The locations that a manager is bound to; undefined when to none in particular. */
const locationsOf = (
  claims: Claims,
  { locations }: ClaimNames,
  roles: ReadonlyArray<Role>
): Result.Result<ReadonlyArray<string> | undefined, string> => {
  if (locations === undefined || !roles.includes("MANAGER") || roles.includes("ADMIN")) {
    return Result.succeed(undefined)
  }
  const found = textsAt(claims, locations)
  if (found === undefined) return Result.fail(`the claim ${locations} is no list of texts`)
  return Result.succeed(found.includes(everywhere) ? undefined : found)
}

const decode = Schema.decodeUnknownResult(Principal)

const checked = (principal: {
  readonly id: unknown
  readonly kind: string
  readonly roles: ReadonlyArray<Role>
  readonly scopes?: ReadonlyArray<Scope>
  readonly locationIds?: ReadonlyArray<string>
}): Result.Result<Principal, string> =>
  Result.mapError(decode(principal), () => "the claims of its id or locations cannot be used")

/** The names as a person reads them in the log: cut, and with nothing that moves a cursor. */
const shown = (names: ReadonlyArray<string>): string =>
  JSON.stringify(names.slice(0, 5).map((name) => name.slice(0, 40)))

/** Who the bearer of claims is, or why nobody can say. */
export const principalOf = (
  claims: Claims,
  names: ClaimNames
): Result.Result<Principal, string> => {
  const id = claimAt(claims, names.id)
  if (typeof id !== "string") return Result.fail(`the claim ${names.id} is no text`)
  if (ofOthers.test(id)) {
    return Result.fail(`the claim ${names.id} is an id that no issuer may give`)
  }
  const named = textsAt(claims, names.roles)
  if (named === undefined) return Result.fail(`the claim ${names.roles} is no list of texts`)
  const roles = [...new Set(named.flatMap((name) => roleOf.get(name) ?? []))].filter(isRole)
  if (roles.length > 0) {
    const locations = locationsOf(claims, names, roles)
    if (Result.isFailure(locations)) return Result.fail(locations.failure)
    const { success: locationIds } = locations
    return checked({ id, kind: "USER", roles, ...(locationIds && { locationIds }) })
  }
  const granted = scopesAt(claims, names.scopes)
  if (granted === undefined) return Result.fail(`the claim ${names.scopes} is no list of scopes`)
  const scopes = [...new Set(granted)].filter(isScope)
  if (scopes.length > 0) return checked({ id, kind: "SERVICE", roles: [], scopes })
  return Result.fail(
    `nothing in the claims ${names.roles} and ${names.scopes} is known: ` +
      `${shown([...named, ...granted])}; roles are ${Role.literals.join(", ")}`
  )
}
