/** What a store promises of the records of what people manage, and of the cursor of the sealer. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { layerDigest } from "../../access/layerDigest.ts"
import type { Principal } from "../../access/Principal.ts"
import type { ManagedOperation } from "../../audit/auditOperations.ts"
import { sealedLogs } from "../../audit/Seal.ts"
import { verifyLog } from "../../audit/verify.ts"
import { makeManagementRecords } from "../../engine/methods/managementRecords.ts"
import { asHost, RequestCaller } from "../../engine/RequestCaller.ts"
import type { Cursors } from "../../events/Cursors.ts"
import { redriveDeadLetters } from "../../events/relay/redriveDeadLetters.ts"
import { sealerCursor } from "../../events/relay/reservedCursors.ts"
import { sealAll, sealOn } from "../../events/sealing/sealer.ts"
import type { WebhookSender } from "../../events/webhooks/WebhookSender.ts"
import { makeWebhookManagement } from "../../events/webhooks/webhookManagement.ts"
import { makeWebhookSending } from "../../events/webhooks/webhookSending.ts"
import type { LogIt } from "./cursorTests.ts"
import { LogSubject } from "./LogSubject.ts"

const by = (id: string) => {
  const principal: Principal = { id, kind: "USER", roles: ["ADMIN"] }
  return Effect.provideService(RequestCaller, { caller: id, principal })
}

const sender: WebhookSender = {
  objectionTo: () => undefined,
  send: () =>
    Effect.succeed({ httpStatus: 204, problem: null, durationMillis: 1, retryAfterMillis: null })
}

const url = "https://shop.example/hooks"

/** What the audit log has of a principal, the oldest first: the operation and its targets. */
const recordedOf = (principal: string) =>
  Effect.map(
    Effect.flatMap(LogSubject, ({ log }) => log.audit.list({ principal, limit: 1_000 })),
    (records) =>
      [...records].reverse().map(({ operation, targets }) => `${operation} ${targets.join(" ")}`)
  )

const taken = (cursors: Cursors, name: string, kind: "PUBLISHER" | "WEBHOOK" = "PUBLISHER") =>
  Effect.flatMap(
    cursors.take(name, { kind, from: "FIRST", owner: "a test", leaseMillis: 5_000 }),
    (lease) =>
      lease === null ? Effect.die(new Error("the cursor is taken")) : Effect.succeed(lease)
  )

const webhooks = (it: LogIt): void => {
  it.effect("keeps a record with each change of a webhook, and none where nothing is changed", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      const ann = fresh("ann")
      const record = yield* makeManagementRecords
      const { change, create, remove, replay, rotateSecret } = makeWebhookManagement(log, sender, {
        record,
        webhooksMax: 1_000
      })
      const { redeliver } = makeWebhookSending(log, sender, { record })
      const { webhookId } = yield* by(ann)(create({ url }, fresh("key")))
      yield* append(fresh("sent"), 1)
      const head = yield* log.head
      const [event] = yield* log.read(head - 1, 1)
      if (event === undefined) return expect.unreachable()
      const at = event.timestamp
      yield* log.webhooks.note(webhookId, [
        {
          ...{ position: event.position, eventId: event.eventId, eventType: event.eventType },
          ...{ aggregateId: event.aggregateId, status: "FAILED", tries: 1, firstTriedAt: at },
          ...{ lastTriedAt: at, nextTryAt: null, httpStatus: 500, problem: "it answered with 500" },
          ...{ durationMillis: 1, replays: 1 }
        }
      ])
      yield* by(ann)(change(webhookId, { description: "the till" }))
      const key = fresh("key")
      yield* by(ann)(rotateSecret(webhookId, {}, key))
      yield* by(ann)(rotateSecret(webhookId, {}, key))
      yield* by(ann)(redeliver(webhookId, [event.position]))
      yield* by(ann)(replay(webhookId, head))
      yield* by(ann)(remove(webhookId))
      yield* Effect.flip(by(ann)(remove(webhookId)))
      const target = `WEBHOOK:${webhookId}`
      const wanted = [
        ...["CreateWebhook", "ChangeWebhook", "RotateWebhookSecret", "RedeliverToWebhook"],
        ...["ReplayWebhook", "RemoveWebhook"]
      ].map((operation) => `${operation} ${target}`)
      expect(yield* recordedOf(ann)).toEqual(wanted)
      const [created] = yield* log.audit.list({ target, operation: "CreateWebhook", limit: 9 })
      expect(created).toMatchObject({
        commandId: null,
        eventPositions: [],
        outcome: "DONE",
        actor: ann
      })
      expect(created?.keyDigest).toMatch(/^[0-9a-f]{64}$/)
      yield* sealAll(log)
      expect(yield* recordedOf(ann)).toEqual(wanted)
      const verdicts = yield* Effect.forEach(sealedLogs, (which) => verifyLog(log.audit, which))
      expect(verdicts.map(({ finding }) => finding)).toEqual([undefined, undefined])
    }).pipe(Effect.provide(layerDigest))
  )

  it.effect("keeps one record of a webhook that is made twice with one key", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const bob = fresh("bob")
      const record = yield* makeManagementRecords
      const { create, remove } = makeWebhookManagement(log, sender, { record, webhooksMax: 1_000 })
      const key = fresh("key")
      const { webhookId } = yield* by(bob)(create({ url }, key))
      yield* by(bob)(create({ url }, key))
      expect(yield* recordedOf(bob)).toEqual([`CreateWebhook WEBHOOK:${webhookId}`])
      yield* remove(webhookId)
    })
  )
}

const cursorRecords = (it: LogIt): void => {
  it.effect(
    "keeps a record with what is done to a cursor, and with each dead letter redriven",
    () =>
      Effect.gen(function* () {
        const { append, fresh, log } = yield* LogSubject
        const { cursors } = log
        const [cid, name] = [fresh("cid"), fresh("cursor")]
        const record = yield* makeManagementRecords
        const change = (operation: ManagedOperation) =>
          record({ operation, targets: [`CURSOR:${name}`] })
        yield* append(fresh("letter"), 1)
        const head = yield* log.head
        const [event] = yield* log.read(head - 1, 1)
        if (event === undefined) return expect.unreachable()
        const { eventId, position } = event
        const lease = yield* taken(cursors, name)
        const deadLetters = [{ position, eventId, cause: "no" }]
        yield* cursors.advance(lease, { position, eventId, deadLetters })
        yield* by(cid)(
          Effect.gen(function* () {
            yield* redriveDeadLetters(log, { publish: () => Effect.void }, name, record)
            yield* redriveDeadLetters(log, { publish: () => Effect.void }, name, record)
            yield* cursors.reset(name, position - 1, yield* change("ResetCursor"))
            yield* Effect.flip(cursors.reset(name, 1e9, yield* change("ResetCursor")))
            yield* cursors.adopt(name, yield* change("AdoptLog"))
            yield* cursors.forget(name, yield* change("ForgetCursor"))
            yield* Effect.flip(cursors.forget(name, yield* change("ForgetCursor")))
          })
        )
        expect(yield* recordedOf(cid)).toEqual([
          `RedriveDeadLetter CURSOR:${name} EVENT:${eventId}`,
          `ResetCursor CURSOR:${name}`,
          `AdoptLog CURSOR:${name}`,
          `ForgetCursor CURSOR:${name}`
        ])
      })
  )
}

const onBehalf = (it: LogIt): void => {
  it.effect("names who had the host do the work", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      const eve = fresh("eve")
      const about = fresh("asked")
      yield* append(about, 1)
      yield* by(eve)(asHost(append(about, 2)))
      const kept = yield* log.audit.list({ principal: eve, limit: 9 })
      expect(
        kept.map(({ eventPositions, principal }) => [principal, eventPositions.length])
      ).toEqual([
        [{ kind: "USER", id: eve }, 1],
        [{ kind: "USER", id: eve }, 1]
      ])
    })
  )
}

const sealing = (it: LogIt): void => {
  it.effect("seals on after its last seal when its cursor cannot go on", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      yield* append(fresh("sealed"), 1)
      yield* sealAll(log)
      const lease = yield* log.cursors.take(sealerCursor, {
        ...{ kind: "SUBSCRIPTION", from: "FIRST", owner: "a test", leaseMillis: 1_000 }
      })
      if (lease === null) return expect.unreachable()
      yield* log.cursors.suspend(lease, 1e9)
      yield* append(fresh("sealed"), 1)
      const head = yield* log.head
      yield* Effect.raceFirst(
        sealOn(log, { intervalMillis: 5 }),
        Effect.repeat(
          Effect.tap(log.audit.lastSeal("EVENTS"), () => log.head),
          { until: (seal) => seal?.lastPosition === head }
        )
      )
      const cursor = (yield* log.cursors.list).find(({ name }) => name === sealerCursor)
      expect(cursor?.standing).toBe("FOLLOWS")
      const verdict = yield* verifyLog(log.audit, "EVENTS")
      expect(verdict.finding).toBe(undefined)
      yield* log.cursors.forget(sealerCursor)
    }).pipe(Effect.provide(layerDigest))
  )
}

/** Declares what a store promises of what people manage. */
export const managementTests = (it: LogIt): void => {
  webhooks(it)
  cursorRecords(it)
  onBehalf(it)
  sealing(it)
}
