/** What it costs the reserve route to know who asks, to record it, and to count it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { exportJWK, generateKeyPair, SignJWT } from "jose"
import type { Benchmark } from "../../Bench.ts"
import { race } from "../../Contender.ts"
import { deployedServer, httpContender } from "../../http/childProcess.ts"
import { aimAt, rowsOfShares } from "../reservations.ts"

/** Keep-alive connections of the load generator, each of another person. */
const connections = 64

const issuer = "https://issuer.example"
const audience = "holdfast"

/** An issuer's key set in a file, and a token for each person. */
const makeIssuer = async () => {
  const { privateKey, publicKey } = await generateKeyPair("ES256")
  const key = { ...(await exportJWK(publicKey)), kid: "bench", alg: "ES256", use: "sig" }
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"))
  const file = join(folder, "jwks.json")
  writeFileSync(file, JSON.stringify({ keys: [key] }))
  const people = Array.from({ length: connections }, (_, index) => `person-${index}`)
  const tokenOf = (id: string) =>
    new SignJWT({ roles: ["USER"] })
      .setProtectedHeader({ alg: "ES256", kid: "bench" })
      .setSubject(id)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime("2h")
      .sign(privateKey)
  return { file, folder, tokens: await Promise.all(people.map(tokenOf)) }
}

const without = "without"
const withTokens = "a JWT each"
const withRecords = "a record each"
const withLimits = "limits"
const withAll = "all three"

/** The reserve route, open and guarded. */
export const access: Benchmark = {
  name: "access",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const { file, tokens } = yield* Effect.acquireRelease(
      Effect.promise(makeIssuer),
      ({ folder }) => Effect.sync(() => rmSync(folder, { recursive: true }))
    )
    const auth = [
      ...["--auth", "jwt", "--jwks-file", file],
      ...["--jwt-issuer", issuer, "--jwt-audience", audience]
    ]
    const open = ["--auth", "none"]
    const unrecorded = ["--audit", "none"]
    const counted = [
      ...["--limit-address-writes", "1000000/s"],
      ...["--limit-principal-writes", "1000000/s"]
    ]
    const ways = [
      { name: without, flags: [...open, ...unrecorded] },
      { name: withTokens, flags: [...auth, ...unrecorded] },
      { name: withRecords, flags: open },
      { name: withLimits, flags: [...open, ...unrecorded, ...counted] },
      { name: withAll, flags: [...auth, ...counted] }
    ]
    const contenders = yield* Effect.forEach(ways, ({ flags, name }, index) =>
      Effect.gen(function* () {
        const server = yield* deployedServer(
          ...["--database", yield* copy(`access_${index}`)],
          ...flags
        )
        const ask = { reserveOf: skuCount, tokens: flags.includes("jwt") ? tokens : [] }
        return httpContender(name, server, ask, connections)
      })
    )
    const medians = yield* race(contenders, bench.race)
    return {
      name: "access",
      title: "Who asks, recorded and counted",
      about:
        `${connections} keep-alive connections reserve, each of another person, on PostgreSQL: without, ` +
        "with an ES256 token on each request, with a record of the audit log for each change, with limits " +
        "for addresses and principals, and with all three.",
      ratioIs: "of without",
      rows: rowsOfShares(medians, without),
      aims: [aimAt(medians, [withAll, without], "all three against without", 0.85)]
    }
  })
}
