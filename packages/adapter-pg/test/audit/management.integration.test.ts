/** What people manage, and its record: both are written, or neither; and what is old is dropped up to an anchor. */
import { inspect } from "node:util"
import { expect, it } from "@effect/vitest"
import { ApiKeys } from "@holdfast/core/access"
import {
  AccessAudit,
  exportAudit,
  type ManagedOperation,
  prunableUpTo,
  readExport,
  sealAll,
  sealedLogs,
  verifyLog
} from "@holdfast/core/audit"
import { makeManagementRecords, RequestCaller } from "@holdfast/core/engine"
import { makeWebhookManagement, replayWebhook, type WebhookDelivery } from "@holdfast/core/events"
import { ImportJobs } from "@holdfast/core/exchange"
import { Inventory, InventoryLog } from "@holdfast/core/inventory"
import { KeyUsage } from "@holdfast/core/secrets"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { vi } from "vitest"
import {
  layerAccessAudit,
  layerAccessMigrations,
  layerApiKeys,
  layerImportJobs,
  layerKeyUsage,
  layerMigrations,
  layerPostgres,
  layerStorage,
  pruneAuditLog
} from "../../src/effect.ts"
import { type Connected, connectedTo } from "../engines.ts"

vi.setConfig({ testTimeout: 120_000 })

const engineAt = (url: string) =>
  Layer.mergeAll(
    Inventory.layer({ audit: "ALL" }).pipe(Layer.provideMerge(layerStorage())),
    layerApiKeys(),
    layerAccessAudit(),
    layerImportJobs({ schema: "inventory" }),
    layerKeyUsage({ schema: "inventory" })
  ).pipe(
    Layer.provide(Layer.merge(layerMigrations(), layerAccessMigrations())),
    Layer.provideMerge(layerPostgres({ url })),
    Layer.provideMerge(Digest.layerWebCrypto)
  )

const by = Effect.provideService(RequestCaller, {
  caller: "",
  askedBy: { principal: { id: "cli", kind: "SERVICE", roles: [] } }
})

const sender = { objectionTo: () => undefined, send: () => Effect.die("nothing is sent here") }

const url = "https://shop.example/hooks"

const tried = DateTime.makeUnsafe("2026-11-26T12:00:00Z")

/** An event that waits for another try. */
const waiting: WebhookDelivery = {
  ...{ position: 1, eventId: "0199c0de-1111-7000-8000-000000000001" as never, eventType: "a.b" },
  ...{ aggregateId: "one", tries: 3, firstTriedAt: tried, lastTriedAt: tried },
  status: "WAITING",
  ...{ nextTryAt: tried, httpStatus: null, problem: "no", durationMillis: 5, replays: 0 }
}

const newKey = (digit: string) => ({
  ...{ keyId: crypto.randomUUID(), name: "till", hash: digit.repeat(64), expiresAt: null },
  scopes: ["stock:read"] as const
})

const countOf = (sql: Connected, table: string) =>
  Effect.map(sql(`select count(*)::int as count from ${table}`), ([row]) => row?.["count"])

/** The first row of what changes, as text. */
const stateOf = (sql: Connected) =>
  Effect.map(
    sql(`select (select json_agg(w order by webhook_id)::text from inventory.webhooks w) as webhooks,
      (select json_agg(c.* order by name)::text from inventory.event_cursors c) as cursors,
      (select json_agg(i order by import_id)::text from inventory.imports i) as imports,
      (select json_agg(k order by key_id)::text from access.api_keys k) as keys,
      (select json_agg(d)::text from inventory.webhook_deliveries d) as deliveries,
      (select json_agg(u)::text from inventory.key_usage u) as usage`),
    ([row]) => row
  )

/** Everything that is managed, as it was made. */
const managed = Effect.gen(function* () {
  const log = yield* InventoryLog
  const record = yield* makeManagementRecords
  const management = makeWebhookManagement(log, sender, { record })
  const keys = yield* ApiKeys
  const imports = yield* ImportJobs
  const usage = yield* KeyUsage
  const keyRecord = (operation: ManagedOperation, keyId: string) =>
    record({ operation, targets: [`API_KEY:${keyId}`] })
  const importId = crypto.randomUUID()
  const importRecord = (operation: ManagedOperation) =>
    record({ operation, targets: [`IMPORT:${importId}`] })
  const job = {
    ...{ importId, kind: "skus" as const, fingerprint: "f", source: "skus.csv", bytesTotal: 1 }
  }
  return { log, record, management, keys, imports, usage, keyRecord, importId, importRecord, job }
})

describePostgres(18, "what people manage", () => {
  it.live("does not change when its record cannot be written, whatever it is", () =>
    Effect.gen(function* () {
      const database = yield* scopedDatabase({ version: 18 })
      yield* Effect.gen(function* () {
        const sql = yield* connectedTo(database)
        const world = yield* managed
        const { imports, importId, importRecord, job, keyRecord, keys, log, management } = world
        const { webhookId } = yield* by(management.create({ url }))
        yield* log.webhooks.note(webhookId, [waiting])
        const key = newKey("a")
        yield* by(
          Effect.flatMap(keyRecord("CreateApiKey", key.keyId), (one) => keys.create(key, one))
        )
        yield* by(Effect.flatMap(importRecord("StartImport"), (one) => imports.create(job, one)))
        yield* by(world.usage.reserve("k1", 10))
        yield* world.usage.reserve("k1", 10)
        const audited = yield* log.audit.list({ limit: 9 })
        expect(
          audited.map(({ operation, principal, targets }) => [operation, principal.id, ...targets])
        ).toEqual([
          ["BeginKey", "", "KEY:k1"],
          ["StartImport", "cli", `IMPORT:${importId}`],
          ["CreateWebhook", "cli", `WEBHOOK:${webhookId}`]
        ])
        const access = yield* AccessAudit
        expect(yield* access.list({ principal: "cli", limit: 9 })).toMatchObject([
          { operation: "CreateApiKey", targets: [`API_KEY:${key.keyId}`] }
        ])
        const before = yield* stateOf(sql)
        for (const schema of ["inventory", "access"]) {
          yield* sql(`alter table ${schema}.audit rename to audit_away`)
        }
        const cursor = `webhook-${webhookId}`
        const reset = yield* world.record({ operation: "ResetCursor", targets: [cursor] })
        const other = newKey("b")
        const attempts: Record<string, Effect.Effect<unknown, unknown>> = {
          create: management.create({ url }, "a key"),
          change: management.change(webhookId, { description: "other" }),
          resume: management.change(webhookId, { status: "ACTIVE" }),
          secret: management.rotateSecret(webhookId, {}),
          replay: replayWebhook(log, webhookId, 0, world.record),
          remove: management.remove(webhookId),
          reset: log.cursors.reset(cursor, 0, reset),
          forget: log.cursors.forget(cursor, reset),
          adopt: log.cursors.adopt(cursor, reset),
          createKey: Effect.flatMap(keyRecord("CreateApiKey", other.keyId), (one) =>
            keys.create(other, one)
          ),
          revokeKey: Effect.flatMap(keyRecord("RevokeApiKey", key.keyId), (one) =>
            keys.revoke(key.keyId, one)
          ),
          resumeImport: Effect.flatMap(importRecord("ResumeImport"), (one) =>
            imports.resume(importId, one)
          ),
          startImport: Effect.flatMap(importRecord("StartImport"), (one) =>
            imports.create({ ...job, importId: crypto.randomUUID() }, one)
          ),
          beginKey: world.usage.reserve("k2", 10)
        }
        for (const [name, attempt] of Object.entries(attempts)) {
          expect((yield* Effect.exit(by(attempt)))._tag, name).toBe("Failure")
        }
        // A webhook that was not made leaves the place in the log from which it would have begun.
        yield* sql(`delete from inventory.event_cursors where name <> '${cursor}'`)
        expect(yield* stateOf(sql)).toEqual(before)
      }).pipe(Effect.provide(engineAt(database)))
    })
  )

  it.live("is sealed in the log of access too, where it is about a key of a service", () =>
    Effect.gen(function* () {
      const database = yield* scopedDatabase({ version: 18 })
      yield* Effect.gen(function* () {
        const sql = yield* connectedTo(database)
        const { keyRecord, keys } = yield* managed
        const audit = yield* AccessAudit
        const key = newKey("a")
        for (const [operation, change] of [
          ["CreateApiKey", keys.create] as const,
          [
            "RevokeApiKey",
            (of: typeof key, one: Parameters<typeof keys.revoke>[1]) => keys.revoke(of.keyId, one)
          ] as const
        ]) {
          const record = yield* by(keyRecord(operation, key.keyId))
          yield* change(key, record)
        }
        const made = yield* sealAll({ audit, context: "access" })
        expect(made.map(({ leaves, log }) => [log, leaves.length])).toEqual([["AUDIT", 2]])
        const check = verifyLog(audit, "AUDIT")
        expect((yield* check).finding).toBe(undefined)
        expect(
          (yield* audit.list({ target: `API_KEY:${key.keyId}`, limit: 9 })).map(
            ({ operation }) => operation
          )
        ).toEqual(["RevokeApiKey", "CreateApiKey"])
        yield* sql("set session_replication_role = replica")
        yield* sql("delete from access.audit where record ->> 'operation' = 'RevokeApiKey'")
        expect((yield* check).finding).toMatchObject({ kind: "REMOVED", log: "AUDIT" })
      }).pipe(Effect.provide(engineAt(database)))
    })
  )
})

/** Receipts of one SKU, sealed 100 records a block. */
const history = Effect.fnUntraced(function* (count: number) {
  const inventory = yield* Inventory
  const log = yield* InventoryLog
  yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug" })
  for (let n = 0; n < count; n++) {
    yield* inventory.receive({ skuId: "mug", quantity: 1 })
    yield* sealAll(log)
  }
  return log
})

const exported = Effect.fnUntraced(function* () {
  const log = yield* InventoryLog
  const lines = yield* Stream.runCollect(exportAudit("inventory", log.audit))
  return Result.getOrThrow(readExport([...lines])).source
})

const findings = Effect.gen(function* () {
  const log = yield* InventoryLog
  return yield* Effect.forEach(sealedLogs, (which) => verifyLog(log.audit, which))
})

describePostgres(18, "an audit log over years", () => {
  it.live("drops what is old, sealed and exported, and is checked from its anchor on", () =>
    Effect.gen(function* () {
      const database = yield* scopedDatabase({ version: 18 })
      yield* Effect.gen(function* () {
        const sql = yield* connectedTo(database)
        const log = yield* history(6)
        const { audit } = log
        const far = DateTime.makeUnsafe("2999-01-01T00:00:00Z")
        const early = yield* exported()
        for (let n = 0; n < 2; n++) {
          yield* (yield* Inventory).receive({ skuId: "mug", quantity: 1 })
          yield* sealAll(log)
        }
        // Not before it is old, not what is in no export, and not the last seal.
        expect(yield* prunableUpTo(audit, early, "AUDIT", DateTime.makeUnsafe(0))).toMatchObject({
          number: 0
        })
        expect(yield* prunableUpTo(audit, early, "AUDIT", far)).toMatchObject({ number: 6 })
        expect(yield* prunableUpTo(audit, yield* exported(), "AUDIT", far)).toMatchObject({
          number: 7
        })
        // Events are dropped by prune; until then their seals stay.
        expect(yield* prunableUpTo(audit, early, "EVENTS", far)).toMatchObject({ number: 0 })
        for (const table of ["audit", "audit_marks", "seals"]) {
          const refused = yield* Effect.flip(sql(`delete from inventory.${table}`))
          expect(inspect(refused, { depth: 9 })).toContain(`DELETE of ${table} is refused`)
        }
        const whole = yield* findings
        const seal5 = (yield* audit.seals("AUDIT", 4, 1))[0]
        const pruned = yield* by(pruneAuditLog("inventory", audit, "AUDIT", 5))
        expect(pruned).toMatchObject({
          records: 6,
          seals: 5,
          anchor: { number: 5, digest: seal5?.digest }
        })
        const after = yield* findings
        expect(after.map(({ finding }) => finding)).toEqual([undefined, undefined])
        expect(after[1]).toMatchObject({ records: 3, seals: (whole[1]?.seals ?? 0) - 5 })
        expect(yield* countOf(sql, "inventory.audit")).toBe(4)
        expect(
          yield* countOf(sql, `inventory.audit_marks where position <= ${seal5?.lastPosition}`)
        ).toBe(0)
        expect(yield* audit.list({ operation: "PruneAudit", limit: 9 })).toMatchObject([
          { principal: { kind: "SERVICE", id: "cli" }, targets: ["LOG:AUDIT", "SEAL:5"] }
        ])
        // Seals go on, and an export from now on is checked offline.
        yield* sealAll(log)
        const offline = yield* verifyLog(yield* exported(), "AUDIT")
        expect([offline.finding, offline.records]).toEqual([undefined, 4])
        // A published seal is held against the anchor, and a record behind it was inserted.
        const forged = { log: "AUDIT", number: 5, digest: "f".repeat(64) } as const
        expect((yield* verifyLog(audit, "AUDIT", [forged])).finding).toMatchObject({
          kind: "SEAL_REWRITTEN",
          seal: 5
        })
        yield* sql("set session_replication_role = replica")
        yield* sql(
          "insert into inventory.audit select 3, record, event_positions, created_at from inventory.audit limit 1"
        )
        expect((yield* verifyLog(audit, "AUDIT")).finding).toMatchObject({
          kind: "INSERTED",
          position: 3
        })
        yield* sql("delete from inventory.audit where position = 3")
        yield* sql("update inventory.seal_anchors set digest = reverse(digest)")
        expect((yield* verifyLog(audit, "AUDIT")).finding).toMatchObject({
          kind: "SEAL_CHANGED",
          seal: 6
        })
      }).pipe(Effect.provide(engineAt(database)))
    })
  )

  it.live("drops nothing of a history that was edited, nor by an export that was", () =>
    Effect.gen(function* () {
      const database = yield* scopedDatabase({ version: 18 })
      yield* Effect.gen(function* () {
        const sql = yield* connectedTo(database)
        const { audit } = yield* history(4)
        const copy = yield* exported()
        const far = DateTime.makeUnsafe("2999-01-01T00:00:00Z")
        const edited = {
          ...copy,
          texts: (...asked: Parameters<typeof copy.texts>) =>
            Effect.map(copy.texts(...asked), (texts) => texts.slice(1))
        }
        expect(yield* prunableUpTo(audit, edited, "AUDIT", far)).toMatchObject({
          ...{ _tag: "Broken", place: "export" }
        })
        yield* sql("set session_replication_role = replica")
        yield* sql(
          "update inventory.audit set created_at = created_at + interval '1 s' where position = (select min(position) from inventory.audit)"
        )
        expect(yield* prunableUpTo(audit, copy, "AUDIT", far)).toMatchObject({
          ...{ _tag: "Broken", place: "database", finding: { kind: "CHANGED" } }
        })
      }).pipe(Effect.provide(engineAt(database)))
    })
  )
})
