/** Answers that stay open, and keys that nobody can look up, with real servers and a real database. */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type PostgresServer, startPostgres } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import {
  audienceName,
  claimsWith,
  issuerName,
  keySetOf,
  makeKey,
  tokenOf
} from "./tokens/issuer.ts"

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

/** A stream that was opened, and what it said when it has ended. */
const open = async (url: string, bearer: string) => {
  const headers = { authorization: `Bearer ${bearer}` }
  const response = await fetch(`${url}/api/events/stream`, { headers })
  expect(response.status).toBe(200)
  return response.text()
}

describePostgres(18, "what stays open", () => {
  let postgres: PostgresServer
  let folder: string
  beforeAll(async () => {
    postgres = await startPostgres()
    folder = await mkdtemp(join(tmpdir(), "holdfast-open-"))
  })
  afterAll(async () => {
    await postgres.stop()
    await rm(folder, { recursive: true })
  })

  it("ends within 10 seconds after its token lapses", async () => {
    const key = makeKey("ES256")
    const keySet = join(folder, "jwks.json")
    await writeFile(keySet, keySetOf([key]))
    await using server = await startServer([
      ...["--memory", "--auth", "jwt", "--jwks-file", keySet, "--jwt-issuer", issuerName],
      ...["--jwt-audience", audienceName, "--jwt-clock-tolerance", "0s"]
    ])
    const lapsesAt = Math.floor(Date.now() / 1_000) + 3
    await open(server.url, tokenOf(key, claimsWith({ exp: lapsesAt })))
    const endedAfter = Date.now() - lapsesAt * 1_000
    expect(endedAfter).toBeGreaterThan(-1_000)
    // Ten seconds, and a machine that is busy with other tests.
    expect(endedAfter).toBeLessThan(20_000)
    expect(server.log()).toContain("nobody vouches for its sender")
  })

  it("ends within 15 seconds after its key is revoked; a database that is away is 503", async () => {
    const database = ["--database", postgres.url()]
    await using server = await startServer([...database, "--auth", "keys"])
    const make = async (name: string) => {
      const options = ["--name", name, "--scopes", "events:read,stock:read", "--json"]
      const { code, stdout } = await holdfast(["keys", "create", ...database, ...options])
      expect(code).toBe(0)
      return JSON.parse(stdout) as { readonly key: string; readonly keyId: string }
    }
    const [follower, other] = [await make("follower"), await make("other")]
    const stream = open(server.url, follower.key)
    const ask = (key: string) =>
      send(server.url, "GET", "/api/skus", undefined, { authorization: `Bearer ${key}` })
    expect((await ask(follower.key)).status).toBe(200)
    const revoked = await holdfast(["keys", "revoke", follower.keyId, ...database])
    expect(revoked.code).toBe(0)
    const revokedAt = Date.now()
    await stream
    expect(Date.now() - revokedAt).toBeLessThan(25_000)

    await postgres.kill9()
    const away = await ask(other.key)
    expect([away.status, away.body.type]).toEqual([503, "urn:holdfast:problem:store-unavailable"])
    expect(Number(away.headers.get("retry-after"))).toBeGreaterThan(0)
    expect(server.log()).not.toContain("GET /api/skus failed")
    await postgres.restart()
  })
})
