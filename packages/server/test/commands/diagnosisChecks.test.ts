import type {
  ContextDiagnosis,
  CursorDiagnosis,
  DatabaseDiagnosis,
  Diagnosis,
  TableDiagnosis
} from "@holdfast/adapter-pg/effect"
import { describe, expect, it } from "vitest"
import { checksOf } from "../../src/commands/diagnosis/diagnosisChecks.ts"

const cursor: CursorDiagnosis = {
  name: "kafka",
  position: 90,
  reached: 90,
  drawn: 100,
  standing: "FOLLOWS",
  lag: 10,
  waitingSeconds: 1,
  owner: "relay-1",
  deadLetters: 0
}

const tables: TableDiagnosis = {
  applied: [{ id: 1, name: "inventory" }],
  ahead: [],
  indexes: [],
  servers: [],
  missing: [],
  refusal: undefined,
  missingPartitions: [],
  defaultRows: { stockMovements: 0, events: 0 },
  unsweptHolds: 0,
  cursors: [cursor],
  webhooks: { paused: [], failed: 0 }
}

const followedBy = (facts: Partial<CursorDiagnosis>): Partial<Diagnosis> => ({
  tables: { ...tables, cursors: [cursor, { ...cursor, ...facts }] }
})

const healthy: Diagnosis = {
  version: 180_004,
  versionText: "18.4",
  isReplica: false,
  mayCreate: true,
  connections: 5,
  connectionsMax: 100,
  connectionsReserved: 3,
  oldestTransactionSeconds: 1,
  preparedTransactions: 0,
  clockSkewMillis: 3,
  roundTripMillis: 2,
  settings: [
    { name: "lock_timeout", value: "2s", wanted: "2s" },
    { name: "fsync", value: "on", wanted: null }
  ],
  tables
}

const place = { isEmbedded: false }

const inventoryOf = (facts: Partial<Diagnosis>) =>
  ({ context: "inventory", schema: "inventory", facts: { ...healthy, ...facts } }) as const

const catalogTables: ContextDiagnosis = {
  applied: [{ id: 1, name: "catalog" }],
  ahead: [],
  indexes: [],
  servers: [],
  missing: [],
  refusal: undefined,
  missingPartitions: [],
  defaultEvents: 0,
  cursors: [cursor],
  webhooks: { paused: [], failed: 0 }
}

const catalogOf = (facts: Partial<DatabaseDiagnosis<ContextDiagnosis>>) =>
  ({
    context: "catalog",
    schema: "catalog",
    facts: { ...healthy, tables: catalogTables, ...facts }
  }) as const

const problemsOf = (facts: Partial<Diagnosis>) =>
  checksOf([inventoryOf(facts)], place).filter(({ status }) => status !== "ok")

describe("the doctor", () => {
  it("finds nothing wrong with a healthy database", () => {
    expect(problemsOf({})).toEqual([])
  })

  it.each<readonly [string, Partial<Diagnosis>, "warn" | "fail", string]>([
    ["a server older than 15", { version: 140_010 }, "fail", "server version"],
    ["a replica", { isReplica: true }, "fail", "server role"],
    ["a schema that is not there", { tables: undefined }, "fail", "tables"],
    [
      "a migration that is missing",
      { tables: { ...tables, missing: [{ id: 2, name: "next" }] } },
      "fail",
      "tables"
    ],
    [
      "partitions that are not made ahead",
      { tables: { ...tables, missingPartitions: ["events_000001"] } },
      "warn",
      "partitions"
    ],
    [
      "rows in a default partition",
      { tables: { ...tables, defaultRows: { stockMovements: 1, events: 0 } } },
      "warn",
      "default partitions"
    ],
    ["holds that nobody sweeps", { tables: { ...tables, unsweptHolds: 4 } }, "warn", "sweeper"],
    ["a cursor that is far behind", followedBy({ lag: 10_001 }), "warn", "event cursors"],
    ["a cursor that is stuck", followedBy({ waitingSeconds: 61 }), "warn", "event cursors"],
    [
      "a cursor that nobody moves",
      followedBy({ owner: null, waitingSeconds: 11 }),
      "warn",
      "event cursors"
    ],
    [
      "a cursor beyond the end of the log",
      followedBy({ position: 101, standing: "RESTORED" }),
      "fail",
      "event cursors"
    ],
    [
      "a cursor whose events were dropped",
      followedBy({ standing: "LOST" }),
      "fail",
      "event cursors"
    ],
    ["dead letters", followedBy({ deadLetters: 3 }), "warn", "dead letters"],
    [
      "a webhook that was paused",
      {
        tables: {
          ...tables,
          webhooks: { paused: [{ webhookId: "a", because: "gone" }], failed: 0 }
        }
      },
      "warn",
      "webhooks"
    ],
    [
      "events that a webhook did not take",
      { tables: { ...tables, webhooks: { paused: [], failed: 2 } } },
      "warn",
      "webhooks"
    ],
    [
      "a setting that a pooler dropped",
      { settings: [{ name: "lock_timeout", value: "0", wanted: "2s" }] },
      "warn",
      "session settings"
    ],
    [
      "a server that does not wait for its disk",
      { settings: [{ name: "fsync", value: "off", wanted: null }] },
      "warn",
      "durability"
    ],
    ["clocks that differ", { clockSkewMillis: -5_000 }, "warn", "clock"],
    ["connections that run out", { connections: 95 }, "warn", "connections"],
    ["a prepared transaction", { preparedTransactions: 1 }, "warn", "transactions"],
    ["a transaction of an hour", { oldestTransactionSeconds: 3_600 }, "warn", "transactions"]
  ])("sees %s, and says what to do", (_, facts, status, name) => {
    const problems = problemsOf(facts)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ name, status })
    expect(problems[0]?.next).not.toBe("")
  })

  it("leaves a cursor alone that is between two owners, or has nothing to do", () => {
    expect(problemsOf(followedBy({ owner: null, waitingSeconds: 10 }))).toEqual([])
    expect(problemsOf(followedBy({ owner: null, lag: 0, waitingSeconds: 0 }))).toEqual([])
    expect(problemsOf({ tables: { ...tables, cursors: [] } })).toEqual([])
  })

  it("leaves a webhook alone that a person has paused", () => {
    const paused = [{ webhookId: "a", because: null }]
    const webhook = { ...cursor, name: "webhook-a", owner: null, waitingSeconds: 99 }
    const ofPaused = { ...tables, cursors: [webhook], webhooks: { paused, failed: 0 } }
    expect(problemsOf({ tables: ofPaused })).toEqual([])
    const ofActive = { ...ofPaused, webhooks: tables.webhooks }
    expect(problemsOf({ tables: ofActive })).toHaveLength(1)
  })

  it("says of each cursor what is wrong with it", () => {
    const all = [
      { ...cursor, owner: null, lag: 1, waitingSeconds: 300 },
      { ...cursor, name: "webhook", lag: 12_000, waitingSeconds: 61 },
      { ...cursor, name: "search", lag: 20_000 }
    ]
    const [problem] = problemsOf({ tables: { ...tables, cursors: all } })
    expect(problem?.found).toBe(
      "nobody moves kafka, which is 1 event behind and has not moved for 300 s; " +
        "webhook, moved by relay-1, is 12,000 events behind and has not moved for 61 s; " +
        "search is 20,000 events behind"
    )
  })

  it("names holdfast events forget for a cursor that events were dropped before, or that nobody moves", () => {
    const nextOf = (about: Partial<typeof cursor>) => problemsOf(followedBy(about))[0]?.next
    expect(nextOf({ standing: "LOST" })).toContain("holdfast events forget")
    const idle = { owner: null, lag: 1, waitingSeconds: 86_401 }
    expect(nextOf(idle)).toContain("holdfast events forget")
    expect(nextOf({ ...idle, waitingSeconds: 3_600 })).not.toContain("forget")
    expect(nextOf({ ...idle, name: "webhook-a" })).not.toContain("forget")
  })

  it("takes two spellings of one setting for the same", () => {
    const settings = [
      { name: "idle_in_transaction_session_timeout", value: "5000ms", wanted: "5s" }
    ]
    expect(problemsOf({ settings })).toEqual([])
  })

  it("judges an embedded database by its own promise", () => {
    const settings = [{ name: "fsync", value: "off", wanted: null }]
    const checks = checksOf([inventoryOf({ settings }), catalogOf({ settings })], {
      isEmbedded: true
    })
    expect(checks.every(({ status }) => status === "ok")).toBe(true)
    // Its server is stopped while it is looked at, so nobody could write these down.
    const lapsed = inventoryOf({ tables: { ...tables, unsweptHolds: 4 } })
    const [sweeper] = checksOf([lapsed], { isEmbedded: true }).filter(
      ({ name }) => name === "sweeper"
    )
    expect(sweeper).toMatchObject({
      status: "ok",
      found: expect.stringContaining("4 holds lapsed while no server ran")
    })
  })

  it("judges each context by its own tables, and the server once", () => {
    const checks = checksOf([inventoryOf({}), catalogOf({})], place)
    const names = checks.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => name.endsWith("tables"))).toEqual(["tables", "catalog tables"])
    expect(names.filter((name) => name.endsWith("clock"))).toEqual(["clock"])
    expect(names.filter((name) => name.endsWith("sweeper"))).toEqual(["sweeper"])
    expect(checks.every(({ status }) => status === "ok")).toBe(true)
  })

  it("says which context something is about, in the commands too", () => {
    const lost = { ...catalogTables, cursors: [{ ...cursor, standing: "LOST" as const }] }
    const problemsOfBoth = (facts: Partial<DatabaseDiagnosis<ContextDiagnosis>>) =>
      checksOf([inventoryOf({}), catalogOf(facts)], place).filter(({ status }) => status !== "ok")
    expect(problemsOfBoth({ tables: lost })).toEqual([
      expect.objectContaining({
        name: "catalog event cursors",
        next: expect.stringContaining("holdfast events reset --context catalog --to last")
      })
    ])
    expect(problemsOfBoth({ tables: undefined })).toEqual([
      {
        ...{ name: "catalog tables", status: "fail", found: "schema catalog is not there" },
        next: "run holdfast migrate"
      }
    ])
    expect(problemsOfBoth({ tables: { ...catalogTables, defaultEvents: 3 } })).toEqual([
      expect.objectContaining({
        name: "catalog default partitions",
        found: "3 events are in them"
      })
    ])
  })
})
