/** Whom claims make of a bearer. */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { claimAt, claimNamesDefault, principalOf } from "../../../src/access/tokens/claims.ts"
import { readToken } from "../../../src/access/tokens/tokenForm.ts"
import { VerifiedTokens } from "../../../src/access/tokens/VerifiedTokens.ts"
import { part } from "./issuer.ts"

const names = claimNamesDefault
const of = (claims: object, more: object = {}) =>
  Result.getOrThrow(principalOf({ sub: "ada", ...claims }, { ...names, ...more }))
const refusalOf = (claims: object, more: object = {}) =>
  Result.getOrThrow(Result.flip(principalOf({ sub: "ada", ...claims }, { ...names, ...more })))

describe("roles", () => {
  it("are found in a claim, along a path, or in a claim whose name is a URL", () => {
    const admin = { id: "ada", kind: "USER", roles: ["ADMIN"] }
    expect(of({ roles: ["ADMIN"] })).toEqual(admin)
    const path = { roles: "realm_access.roles" }
    expect(of({ realm_access: { roles: ["admin"] } }, path)).toEqual(admin)
    const url = "https://shop.example/roles"
    expect(of({ [url]: ["ADMIN"] }, { roles: url })).toEqual(admin)
    expect(
      of({ "realm_access.roles": ["USER"], realm_access: { roles: ["ADMIN"] } }, path)
    ).toEqual({
      ...admin,
      roles: ["USER"]
    })
  })

  it("that nobody knows give nothing, beside others or alone", () => {
    expect(of({ roles: ["offline_access", "USER", "USER"] }).roles).toEqual(["USER"])
    expect(refusalOf({ roles: ["shop-admin"] })).toContain('["shop-admin"]')
    expect(refusalOf({ roles: ["Admin", "ADMIN "] })).toContain("is known")
  })

  it("are not looked for in what every object inherits", () => {
    expect(claimAt({}, "constructor.name")).toBe(undefined)
    expect(claimAt({ a: {} }, "a.__proto__")).toBe(undefined)
  })
})

describe("scopes", () => {
  it("make a service of who has no role, as a text or as a list", () => {
    const service = { id: "ada", kind: "SERVICE", roles: [], scopes: ["stock:write"] }
    expect(of({ scope: "openid stock:write" })).toEqual(service)
    expect(of({ scp: ["stock:write"] }, { scopes: "scp" })).toEqual(service)
    expect(refusalOf({ scope: "openid profile" })).toContain("is known")
    expect(refusalOf({ scope: 7 })).toContain("is no list of scopes")
  })

  it("of a person count for nothing", () => {
    expect(of({ roles: ["USER"], scope: "stock:write" })).toEqual({
      ...{ id: "ada", kind: "USER", roles: ["USER"] }
    })
  })
})

describe("locations", () => {
  const bound = { locations: "stores" }

  it("bind a manager, and nobody else", () => {
    expect(of({ roles: ["MANAGER"], stores: ["berlin"] }, bound).locationIds).toEqual(["berlin"])
    expect(of({ roles: ["MANAGER"], stores: ["berlin"] })).not.toHaveProperty("locationIds")
    expect(of({ roles: ["ADMIN", "MANAGER"] }, bound)).not.toHaveProperty("locationIds")
  })

  it("bind a manager without any to none, and one with a star to all", () => {
    expect(of({ roles: ["MANAGER"] }, bound).locationIds).toEqual([])
    expect(of({ roles: ["MANAGER"], stores: ["*"] }, bound)).not.toHaveProperty("locationIds")
  })

  it("of a wrong type or form are refused", () => {
    expect(refusalOf({ roles: ["MANAGER"], stores: "berlin" }, bound)).toContain("no list of texts")
    expect(refusalOf({ roles: ["MANAGER"], stores: ["a b"] }, bound)).toContain("cannot be used")
  })
})

describe("an id", () => {
  it("is a text that can be seen, and of no key, certificate or development token", () => {
    const roles = { roles: ["USER"] }
    expect(refusalOf({ ...roles, sub: undefined })).toContain("is no text")
    for (const sub of ["", "x".repeat(256), "a\u200bb", " a"]) {
      expect(refusalOf({ ...roles, sub })).toContain("cannot be used")
    }
    for (const sub of ["key:1", "certificate:DNS:a", "development:admin", "anonymous", "cli"]) {
      expect(refusalOf({ ...roles, sub })).toContain("no issuer may give")
    }
  })

  it("may be in another claim", () => {
    expect(of({ email: "ada@shop.example", roles: ["USER"] }, { id: "email" }).id).toBe(
      "ada@shop.example"
    )
  })
})

describe("the form of a token", () => {
  const form = (header: string, claims = "{}") => {
    const read = readToken(`${part(header)}.${part(claims)}.${part("sig")}`)
    return Result.isSuccess(read) ? "read" : read.failure
  }

  it("has no name twice, at any depth and however it is written", () => {
    expect(form('{"a":"\\"b\\":1","c":["d",{"e":"f:"}]}')).toBe("read")
    expect(form('{"a":1,"a":2}')).toContain("twice")
    expect(form('{"a":[{"b":1,"\\u0062" :2}]}')).toContain("twice")
    expect(form("{}", '{"a":{"b":{"c":1,"c":1}}}')).toContain("twice")
    expect(form('{"__proto__":1,"__proto__":2}')).toContain("twice")
  })

  it("is UTF-8 and JSON", () => {
    expect(form("{")).toContain("no JSON")
    expect(form("null")).toContain("no JSON object")
    const latin = `${Buffer.from('{"a":"é"}', "latin1").toString("base64url")}.e30.AA`
    expect(Result.isFailure(readToken(latin))).toBe(true)
  })
})

it("tokens that were verified make room, the first one first", () => {
  const tokens = new VerifiedTokens(3)
  const ada = { id: "ada", kind: "USER", roles: ["USER"] } as const
  const at = (millis: number) => ({ day: millis, steady: millis })
  for (const name of ["a", "b", "c", "d"]) {
    tokens.add(name, { principal: ada, until: 1_000 }, at(0))
  }
  expect(tokens.size).toBe(3)
  expect(["a", "b", "d"].map((name) => tokens.get(name, at(999))?.id)).toEqual([
    ...[undefined, "ada", "ada"]
  ])
  expect(tokens.get("d", at(1_000))).toBe(undefined)
  tokens.add("e", { principal: ada, until: 10_000_000 }, at(0))
  expect(tokens.get("e", at(59_999))?.id).toBe("ada")
  expect(tokens.get("e", at(60_000))).toBe(undefined)
  // Somebody sets the clock back by an hour, and the token is forgotten all the same.
  tokens.add("f", { principal: ada, until: 10_000_000 }, { day: 4_000_000, steady: 70_000 })
  expect(tokens.get("f", { day: 400_000, steady: 129_999 })?.id).toBe("ada")
  expect(tokens.get("f", { day: 400_000, steady: 130_000 })).toBe(undefined)
})
