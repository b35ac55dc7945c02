/** Tokens that must not be taken are not, by a real server; and nobody learns from the answer why. */
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { inParallel, send } from "../../requests.ts"
import { type ServerProcess, startServer } from "../../ServerProcess.ts"
import { type Attacked, attackedKeys, attacks } from "./attacks.ts"
import {
  audienceName,
  claimsWith,
  issuerName,
  keySetOf,
  type Listening,
  listen,
  part,
  tokenOf
} from "./issuer.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const path = "/api/inventory/stock-status?skuIds=mug"

let attacked: Attacked
let issuer: Listening
let trap: Listening
let server: ServerProcess
beforeAll(async () => {
  const keys = attackedKeys()
  trap = await listen("{}")
  attacked = { ...keys, trap: trap.url }
  issuer = await listen(keySetOf(Object.values(keys)))
  server = await startServer([
    ...["--memory", "--auth", "jwt", "--jwt-issuer", issuerName],
    ...["--jwt-audience", audienceName, "--jwks-url", `${issuer.url}/jwks.json`],
    ...["--trusted-proxies", "127.0.0.1"]
  ])
  await server.logs("the keys of the issuer were read")
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await issuer[Symbol.asyncDispose]()
  await trap[Symbol.asyncDispose]()
})

const ask = (authorization: string | undefined) =>
  send(server.url, "GET", path, undefined, authorization === undefined ? {} : { authorization })

const withToken = (token: string) => ask(`Bearer ${token}`)

it("takes a good token of each algorithm, whatever the case of its scheme", async () => {
  for (const key of [attacked.rsa, attacked.ec, attacked.ed]) {
    expect((await withToken(tokenOf(key))).status).toBe(200)
  }
  expect((await ask(`bearer ${tokenOf(attacked.ec)}`)).status).toBe(200)
  const { status } = await withToken(tokenOf(attacked.ec, claimsWith(), { typ: "JWT" }))
  expect(status).toBe(200)
})

/** The one body, but for the id of the request. */
const refusal = {
  type: "urn:holdfast:problem:unauthenticated",
  title: "The request does not show who asks, or what it shows is not taken",
  status: 401,
  instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/)
}

it("logs the address of the client, as its trusted proxy says", async () => {
  const { status } = await send(server.url, "GET", path, undefined, {
    authorization: "Bearer made-up",
    "x-forwarded-for": "6.6.6.6, 198.51.100.7"
  })
  expect(status).toBe(401)
  await server.logs("198.51.100.7")
  expect(server.log()).not.toContain("6.6.6.6")
})

it("knows at least 28 attacks", () => {
  expect(attacks.size).toBeGreaterThanOrEqual(28)
})

for (const [name, attack] of attacks) {
  it(`refuses ${name}`, async () => {
    const { body, headers, status } = await withToken(attack(attacked))
    expect({ status, body }).toEqual({ status: 401, body: refusal })
    expect(headers.get("www-authenticate")).toBe('Bearer realm="holdfast", error="invalid_token"')
  })
}

it("refuses credentials that are no bearer tokens with the same body", async () => {
  const token = tokenOf(attacked.ec)
  const others = ["", "Bearer", token, `Basic ${part("ada:secret")}`, `Bearer ${token} ${token}`]
  for (const authorization of [...others, `Bearer ${token},${token}`, "Bearer hf_made-up"]) {
    const { body, status } = await ask(authorization)
    expect({ authorization, status, body }).toEqual({ authorization, status: 401, body: refusal })
  }
  expect((await ask(undefined)).status).toBe(401)
})

it("takes no token from the address or from a cookie", async () => {
  const token = tokenOf(attacked.ec)
  const inUrl = await send(server.url, "GET", `${path}&access_token=${token}`)
  const inCookie = await send(server.url, "GET", path, undefined, {
    cookie: `access_token=${token}`
  })
  expect([inUrl.status, inCookie.status]).toEqual([401, 401])
})

it("asks no address that a token names", () => {
  expect(trap.asked).toEqual([])
})

it("asks the issuer at most twice for key ids that nobody knows", async () => {
  const claims = part(JSON.stringify(claimsWith()))
  const kids = Array.from({ length: 1_000 }, (_, index) => index)
  const statuses = await inParallel(kids, 32, async (index) => {
    const header = part(JSON.stringify({ alg: "ES256", kid: `made-up-${index}` }))
    return (await withToken(`${header}.${claims}.${part(Buffer.alloc(64, 1))}`)).status
  })
  expect(new Set(statuses)).toEqual(new Set([401]))
  expect(issuer.asked.length).toBeLessThanOrEqual(2)
})

it("logs why, a few times a minute, and never a token", () => {
  const log = server.log()
  const lines = log.split("\n").filter((line) => line.includes("refused a request"))
  expect(lines.length).toBeGreaterThan(0)
  // The test may run over the end of a minute or two.
  expect(lines.length).toBeLessThanOrEqual(120)
  expect(log).toContain("its algorithm is none of RS256, ES256, EdDSA")
  expect(log).not.toMatch(/eyJ[\w-]{20}/)
})
