/** What settings put in force, and those that do not fit together. None of them lets people in. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type AuthPlace, chosenAuth } from "../../src/access/chosenAuth.ts"
import { type AuthInput, authFlags, isLoopbackHost } from "../../src/cli/authSettings.ts"
import { audienceName, issuerName, keySetOf, makeKey } from "./tokens/issuer.ts"

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-chosen-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const nothing = Object.fromEntries(
  Object.keys(authFlags).map((name) => [name, undefined])
) as unknown as AuthInput

const choose = (input: Partial<AuthInput>, place: Partial<AuthPlace> = {}) =>
  chosenAuth(
    { ...nothing, ...input },
    { host: "127.0.0.1", demo: false, isMemory: false, folder, ...place }
  )

const chosen = (...args: Parameters<typeof choose>) => Effect.runPromise(choose(...args))
const refusal = async (...args: Parameters<typeof choose>) =>
  (await Effect.runPromise(Effect.flip(choose(...args)))).message

const jwt: Partial<AuthInput> = {
  auth: new Set(["jwt"]),
  jwtIssuer: issuerName,
  jwtAudience: [audienceName]
}

describe("without --auth", () => {
  const others = ["0.0.0.0", "::", "192.0.2.1", "shop.example", "127.example", "localhost.example"]
  for (const host of [...others, "127.0.0.1.example", "10.127.0.0.1", "", "1", "0"]) {
    it(`nothing is in force on ${host || "no address"}, which others may reach`, async () => {
      expect(isLoopbackHost(host)).toBe(false)
      expect(await refusal({}, { host })).toMatch(/others than this machine .*--auth none/)
      expect(await refusal({}, { host, demo: true })).toMatch(/others than this machine/)
      expect(await refusal({ auth: "development" }, { host })).toMatch(
        /works on loopback alone.*leave out --host, or say who may ask with --auth jwt/
      )
    })
  }

  for (const host of [
    "127.0.0.1",
    "127.8.9.10",
    "localhost",
    "LOCALHOST",
    "::1",
    "::ffff:127.0.0.1"
  ]) {
    it(`everybody is let in on ${host}, and nothing is written`, async () => {
      expect(await chosen({}, { host })).toMatchObject({
        isOpenByDefault: true,
        settings: undefined
      })
      expect(await readdir(folder)).not.toContain("development-key.json")
    })
  }

  it("the demo brings development tokens, or goes on without where no key can be kept", async () => {
    const file = join(folder, "no-folder")
    await writeFile(file, "")
    expect(await chosen({}, { demo: true, folder: file })).toMatchObject({
      ...{ isOpenByDefault: true, settings: undefined },
      problem: expect.stringContaining("no-folder")
    })
    const kept = join(folder, "demo")
    expect((await chosen({}, { demo: true, folder: kept })).settings).toHaveProperty("development")
    expect(await readdir(kept)).toEqual(["development-key.json"])
  })
})

describe("settings that do not fit", () => {
  const bad: ReadonlyArray<readonly [Partial<AuthInput>, string]> = [
    [{ auth: new Set(["jwt"]) }, "--auth jwt needs --jwt-issuer (or HOLDFAST_JWT_ISSUER)"],
    [{ auth: new Set(["jwt"]), jwtIssuer: issuerName }, "--auth jwt needs --jwt-audience"],
    [jwt, "needs the keys of the issuer: --jwks-url (or HOLDFAST_JWKS_URL)"],
    [
      { ...jwt, jwksFile: "no-such-file" },
      "--jwks-file no-such-file cannot be read: there is no such file"
    ],
    [{ ...jwt, jwksFile: "a", jwksUrl: new URL("https://a.example") }, "choose one of"],
    [{ jwtIssuer: issuerName }, "--jwt-issuer (or HOLDFAST_JWT_ISSUER) needs --auth jwt"],
    [{ auth: "none", jwksFile: "a" }, "--jwks-file (or HOLDFAST_JWKS_FILE) needs --auth jwt"],
    [{ auth: new Set(["keys"]), jwtRolesClaim: "a" }, "--jwt-roles-claim"],
    [{ auth: new Set(["certificates"]) }, "--auth certificates needs --client-certificates"],
    [{ ...jwt, clientCertificates: "a" }, "needs --auth certificates"],
    [{ forwardedHeader: "forwarded" }, "needs --trusted-proxies"]
  ]
  for (const [input, sentence] of bad) {
    it(`are refused: ${sentence}`, async () => {
      expect(await refusal(input)).toContain(sentence)
    })
  }

  it("are refused: keys of services in a database that ends with the process", async () => {
    const keys = { auth: new Set(["keys"] as const) }
    expect(await refusal(keys, { isMemory: true })).toContain("outlives the process")
    expect(await chosen(keys)).toMatchObject({ settings: { keys: true } })
  })

  const files: ReadonlyArray<readonly [string, string]> = [
    ["", "it is no JSON"],
    ["[]", "it is no JSON Web Key Set"],
    ['{"keys":[]}', "it has no key for RS256"],
    [keySetOf([makeKey("RS256", 1_024)]), "it has no key for RS256"],
    [
      JSON.stringify({ keys: [makeKey("EdDSA").privateKey.export({ format: "jwk" })] }),
      "it holds a private or a shared key"
    ]
  ]
  for (const [text, sentence] of files) {
    it(`are refused: a file of keys of which one says: ${sentence}`, async () => {
      const jwksFile = join(folder, "keys.json")
      await writeFile(jwksFile, text)
      const message = await refusal({ ...jwt, jwksFile })
      expect(message).toContain(`--jwks-file ${jwksFile} cannot be used: ${sentence}`)
      expect(message).not.toMatch(/"d":/)
    })
  }

  const names: ReadonlyArray<readonly [string, string]> = [
    ["{", "it is no JSON"],
    ["{}", "it names nobody"],
    ["[]", "it must be an object of names and their scopes"],
    [
      '{"DNS:a":["stock:read"],"catalog.internal":["stock:read"]}',
      '"catalog.internal" must be a name such as DNS:catalog.internal'
    ],
    ['{"DNS:a":["stock:read"],"DNS:b":[]}', '"DNS:b" must have a list of scopes'],
    ['{"DNS:a":"stock:read"}', '"DNS:a" must have a list of scopes'],
    [
      '{"DNS:a":["stock:read"],"DNS:b":["stock:read","stock:all"],"c":[]}',
      '"DNS:b" has the scope "stock:all", which is none of catalog:read, catalog:write'
    ],
    ['{"DNS:b":[7],"c":["stock:read"]}', '; "c" must be a name']
  ]
  for (const [text, sentence] of names) {
    it(`are refused: a file of certificates' names of which one says: ${sentence}`, async () => {
      const file = join(folder, "names.json")
      await writeFile(file, text)
      const input = { auth: new Set(["certificates"] as const), clientCertificates: file }
      expect(await refusal(input)).toContain(sentence)
    })
  }
})

it("several ways are in force together, each with its settings", async () => {
  const jwksFile = join(folder, "good.json")
  await writeFile(jwksFile, keySetOf([makeKey("ES256")]))
  const found = await chosen({
    ...{ ...jwt, jwksFile, auth: new Set(["jwt", "keys"] as const) },
    ...{ jwtRolesClaim: "realm_access.roles", jwtClockTolerance: 60_000, jwtType: "at+jwt" }
  })
  expect(found.settings).toMatchObject({
    keys: true,
    certificates: undefined,
    tokens: {
      rules: {
        toleranceSeconds: 60,
        isAccessTokenOnly: true,
        claims: { id: "sub", roles: "realm_access.roles", scopes: "scope", locations: undefined }
      }
    }
  })
})
