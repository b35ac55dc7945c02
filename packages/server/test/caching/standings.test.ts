/** What people are told of caches, of a Redis and of replicas that are away; a server is ready without them. */
import type { CursorDiagnosis, ReplicaStanding } from "@holdfast/adapter-pg/effect"
import type { CacheFollowerStatus, CachingStatus } from "@holdfast/core/caching"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { describe, expect, it, vi } from "vitest"
import { followerChecks } from "../../src/commands/diagnosis/cacheChecks.ts"
import type { DiagnosedContext } from "../../src/commands/diagnosis/diagnosisChecks.ts"
import { type Standings, standingNotes } from "../../src/serving/standings.ts"
import { get } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 })

const follower: CacheFollowerStatus = {
  context: "inventory",
  state: "FOLLOWING",
  position: 12,
  behindMillis: 90,
  lagMillis: 20,
  lagMillisMax: 300,
  problem: null
}

const replica: ReplicaStanding = {
  place: "127.0.0.1:2",
  state: "IN",
  why: null,
  lagMillis: 20,
  lagBytes: 0,
  answered: 5,
  passedOn: 0
}

const cached = (facts: Partial<CachingStatus>, following: Partial<CacheFollowerStatus> = {}) => ({
  cache: { isAway: false, followers: [{ ...follower, ...following }], ...facts } as CachingStatus
})

const notes = (standings: Partial<Standings>) =>
  standingNotes({ cache: undefined, redis: undefined, replicas: [], ...standings })

describe("what stands by", () => {
  it("is not spoken of while all is well", () => {
    expect(notes({})).toEqual([])
    expect(notes({ ...cached({}), replicas: [replica] })).toEqual([])
    expect(notes(cached({}, { state: "STANDING_BY", behindMillis: null }))).toEqual([])
  })

  it("is named when it is away, with what follows from it", () => {
    const lagging: ReplicaStanding = { ...replica, state: "LAGGING", why: "it is 9.0 s behind" }
    expect(notes({ replicas: [lagging, replica] })).toEqual([
      "the replica 127.0.0.1:2 is left out: it is 9.0 s behind"
    ])
    expect(notes(cached({}, { behindMillis: 61_000, problem: "the store is away" }))).toEqual([
      "copies of the inventory may be 61.0 s old: the store is away"
    ])
    expect(notes(cached({ isAway: true }))).toEqual([
      "the cache does not answer: reads go to the database"
    ])
    const redis = { where: "127.0.0.1:3", problem: "it refuses connections" } as Standings["redis"]
    expect(notes({ ...cached({ isAway: true }), redis })).toEqual([
      "Redis at 127.0.0.1:3 is not asked: it refuses connections"
    ])
  })
})

describe("who follows for a shared cache, as doctor says it", () => {
  const checked = (cursor: Partial<CursorDiagnosis> | undefined) => {
    const cursors = cursor === undefined ? [] : [{ name: "cache", ...cursor }]
    const facts = { tables: { cursors: [{ name: "kafka", lag: 9 }, ...cursors] } }
    const context = { context: "inventory", schema: "inventory", facts } as unknown
    return followerChecks([context as DiagnosedContext])[0]
  }

  it("is one of the servers, none, or nobody any more", () => {
    expect(checked({ lag: 0, owner: "shop-1", waitingSeconds: 0 })).toMatchObject({
      name: "cache of inventory",
      status: "ok",
      found: "followed by shop-1; copies are as new as the log"
    })
    expect(checked({ lag: 0, owner: null, waitingSeconds: 0 })?.status).toBe("ok")
    expect(checked({ lag: 1_200, owner: null, waitingSeconds: 90 })).toMatchObject({
      status: "warn",
      found: "nobody follows the log: 1,200 positions of the log behind, for 90 s"
    })
    expect(checked(undefined)).toMatchObject({ status: "ok" })
    const bare = { context: "catalog", schema: "catalog", facts: { tables: undefined } } as unknown
    expect(followerChecks([bare as DiagnosedContext])).toEqual([])
  })
})

describePostgres(18, "a server with a replica that is not there", () => {
  it("is ready, and says in its readiness which one it is", async () => {
    const { drop, url } = await freshDatabase()
    const dead = "postgres://reader:s3cret-word@127.0.0.1:1/shop"
    const env = { HOLDFAST_DATABASE: url, HOLDFAST_DATABASE_REPLICA: dead }
    try {
      await using server = await startServer(["--cache", "memory"], { env })
      const ready = await get(server.url, "/health/ready")
      expect(ready.status).toBe(200)
      expect(JSON.stringify(ready.body)).toContain("the replica 127.0.0.1:1 is left out: ")
      expect(JSON.stringify(ready.body)).not.toContain("s3cret")
    } finally {
      await drop()
    }
  })
})
