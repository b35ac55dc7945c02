import { expect, it } from "@effect/vitest"
import { scopedRedis } from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { findingsOf, type RedisFacts } from "../src/checking/RedisReport.ts"
import { openRedis } from "../src/index.ts"

const good: RedisFacts = {
  version: "7.0.15",
  maxMemoryBytes: 268_435_456,
  evictionPolicy: "allkeys-lru",
  savesDumps: false,
  savesEveryWrite: false
}

/** The subjects that are not well. */
const troubles = (facts: Partial<RedisFacts>) =>
  findingsOf({ ...good, ...facts })
    .filter(({ level }) => level !== "ok")
    .map(({ level, subject }) => `${level} ${subject}`)

describe("what is said of a Redis", () => {
  it.each([
    [{}, []],
    [{ version: "5.0.14" }, ["problem version"]],
    [{ maxMemoryBytes: 0 }, ["advice maxmemory"]],
    [{ evictionPolicy: "noeviction" }, ["problem maxmemory-policy"]],
    [
      { evictionPolicy: "noeviction", maxMemoryBytes: 0 },
      ["advice maxmemory", "advice maxmemory-policy"]
    ],
    [{ evictionPolicy: "allkeys-random" }, ["problem maxmemory-policy"]],
    [{ evictionPolicy: "volatile-ttl" }, []],
    [{ savesDumps: true }, ["advice persistence"]],
    [{ savesEveryWrite: true }, ["advice persistence"]],
    [{ savesDumps: undefined }, ["advice persistence"]],
    [
      { version: undefined, maxMemoryBytes: undefined, evictionPolicy: undefined },
      ["advice version", "advice maxmemory", "advice maxmemory-policy"]
    ]
  ] satisfies ReadonlyArray<readonly [Partial<RedisFacts>, ReadonlyArray<string>]>)(
    "%o: %o",
    (facts, expected) => expect(troubles(facts)).toEqual(expected)
  )
})

describeRedis("a check of Redis", () => {
  it.live("finds what it is like, and says that it cannot be reached when it is gone", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* scopedRedis({
          settings: { maxmemory: "64mb", "maxmemory-policy": "allkeys-lru" }
        })
        const { check } = yield* openRedis(server.url, { timeoutMillis: 1_000 })
        const { findings, where } = yield* check
        expect(where).toBe(`127.0.0.1:${server.port}`)
        expect(findings.map(({ level, subject }) => `${level} ${subject}`)).toEqual([
          "ok reachable",
          "ok version",
          "ok maxmemory",
          "ok maxmemory-policy",
          "ok persistence"
        ])
        expect(findings[1]?.found).toMatch(/^\d+\.\d+\.\d+/)
        expect(findings[2]?.found).toBe("64 MiB")
        yield* Effect.promise(() => server.call("CONFIG", "SET", "maxmemory-policy", "noeviction"))
        expect((yield* check).findings[0]).toMatchObject({
          level: "problem",
          subject: "maxmemory-policy"
        })
        yield* Effect.promise(server.kill9)
        expect((yield* check).findings).toEqual([
          {
            level: "problem",
            subject: "reachable",
            found: expect.stringContaining(where),
            next: expect.stringMatching(/./)
          }
        ])
      })
    )
  )

  it.live("says what a user may not ask", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* scopedRedis()
        const rights = ["+@all", "-config"]
        yield* Effect.promise(() =>
          server.call("ACL", "SETUSER", "shop", "on", ">pass", "~*", "&*", ...rights)
        )
        const { check } = yield* openRedis(`redis://shop:pass@127.0.0.1:${server.port}`)
        const { findings } = yield* check
        expect(findings.filter(({ found }) => found.includes("not tell")).length).toBe(3)
      })
    )
  )
})
