/** What a store promises of the audit log: a record with each change, denied attempts, and seals. */
import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { layerDigest } from "../../access/layerDigest.ts"
import type { Principal } from "../../access/Principal.ts"
import type { AuditQuery } from "../../audit/AuditLog.ts"
import { makeDenials } from "../../audit/denials.ts"
import { sealedLogs } from "../../audit/Seal.ts"
import { verifyLog } from "../../audit/verify.ts"
import { RequestCaller } from "../../engine/RequestCaller.ts"
import { sealAll } from "../../events/sealing/sealer.ts"
import type { LogIt } from "./cursorTests.ts"
import { LogSubject } from "./LogSubject.ts"

const manager = (id: string): Principal => ({ id, kind: "USER", roles: ["MANAGER"] })

const by = (id: string) =>
  Effect.provideService(RequestCaller, { caller: id, principal: manager(id) })

const everything: AuditQuery = { limit: 1_000 }

/** Everything that is certain, sealed. */
const sealed = Effect.flatMap(LogSubject, ({ log }) => Effect.provide(sealAll(log), layerDigest))

const verdicts = Effect.flatMap(LogSubject, ({ log }) =>
  Effect.provide(
    Effect.forEach(sealedLogs, (which) => verifyLog(log.audit, which)),
    layerDigest
  )
)

const records = (it: LogIt): void => {
  it.effect("keeps a record with each change that a principal makes, and names its events", () =>
    Effect.gen(function* () {
      const { append, eventType, fresh, log } = yield* LogSubject
      const [ann, about] = [fresh("ann"), fresh("audited")]
      yield* append(about, 1)
      yield* by(ann)(append(about, 3))
      const kept = yield* log.audit.list({ ...everything, principal: ann })
      expect(kept).toHaveLength(3)
      const events = yield* log.read(0, 100_000)
      for (const record of kept) {
        const own = events.filter(({ position }) => record.eventPositions.includes(position))
        expect(own.map((event) => event.eventType)).toEqual([eventType])
        expect(own.map((event) => event.commandId)).toEqual([record.commandId])
        expect(record.targets).toEqual([`${own[0]?.aggregateType}:${about}`])
        expect(record.principal).toEqual({ kind: "USER", id: ann })
        expect(record.at).toEqual(own[0]?.timestamp)
        expect(record.outcome).toBe("DONE")
      }
      expect(new Set(kept.map(({ operation }) => operation)).size).toBe(1)
    })
  )

  it.effect("names the events of a change also in a batch of several who ask, or nobody does", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      const ida = fresh("ida")
      const abouts = Array.from({ length: 6 }, (_, n) => fresh(`beside-${n}`))
      for (const about of abouts) yield* append(about, 1)
      yield* Effect.forEach(
        abouts,
        (about, n) => (n % 2 === 1 ? append(about, 1) : by(ida)(append(about, 1))),
        { concurrency: "unbounded" }
      )
      const kept = yield* log.audit.list({ ...everything, principal: ida })
      expect(kept).toHaveLength(3)
      const events = yield* log.read(0, 100_000)
      for (const { commandId, eventPositions } of kept) {
        const own = events.filter((event) => event.commandId === commandId)
        expect(own.length).toBeGreaterThan(0)
        expect(eventPositions).toEqual(own.map(({ position }) => position))
      }
    })
  )

  it.effect("keeps no record of what the host does by itself, unless it asks for that", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      const before = yield* log.audit.list(everything)
      yield* append(fresh("unaudited"), 2)
      expect(yield* log.audit.list(everything)).toEqual(before)
    })
  )

  it.effect("finds records by their commands", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      const bob = fresh("bob")
      const about = fresh("audited")
      yield* append(about, 1)
      yield* by(bob)(append(about, 3))
      const kept = yield* log.audit.list({ ...everything, principal: bob })
      const [one, , other] = kept.map(({ commandId }) => commandId as string)
      const found = yield* log.audit.ofCommands([one as string, other as string])
      expect(new Set(found)).toEqual(new Set([kept[0], kept[2]]))
    })
  )
}

const questions = (it: LogIt): void => {
  it.effect("finds records by principal, operation, target and time, sealed or not, in pages", () =>
    Effect.gen(function* () {
      const { advance, append, fresh, log } = yield* LogSubject
      const [cleo, dan, one, other] = [fresh("cleo"), fresh("dan"), fresh("one"), fresh("other")]
      yield* append(one, 1)
      yield* append(other, 1)
      yield* by(cleo)(append(one, 2))
      yield* sealed
      yield* advance("10 minutes")
      yield* by(dan)(append(one, 2))
      yield* by(cleo)(append(other, 1))
      const ofCleo = yield* log.audit.list({ ...everything, principal: cleo })
      expect(ofCleo).toHaveLength(3)
      const target = ofCleo.at(-1)?.targets[0] as string
      const ofOne = yield* log.audit.list({ ...everything, target })
      expect(ofOne.map(({ principal }) => principal.id)).toEqual([dan, dan, cleo, cleo])
      const { operation } = ofOne[0] as { readonly operation: string }
      const both = { ...everything, principal: dan, target, operation }
      expect(yield* log.audit.list(both)).toEqual(ofOne.slice(0, 2))
      expect(yield* log.audit.list({ ...both, operation: "NoSuchThing" })).toEqual([])
      const at = ofOne[0]?.at as DateTime.Utc
      const minuteBefore = DateTime.subtract(at, { minutes: 5 })
      const since = { ...everything, target, from: minuteBefore }
      expect(yield* log.audit.list(since)).toEqual(ofOne.slice(0, 2))
      expect(yield* log.audit.list({ ...everything, target, until: minuteBefore })).toEqual(
        ofOne.slice(2)
      )
      const paged: Array<unknown> = []
      let before = Number.MAX_SAFE_INTEGER
      for (let page = 0; page < 4; page++) {
        const [record] = yield* log.audit.list({ target, before, limit: 1 })
        paged.push(record)
        before = record?.position ?? 0
      }
      expect(paged).toEqual(ofOne)
      expect(yield* log.audit.list({ target, before, limit: 1 })).toEqual([])
    })
  )

  it.effect("keeps denied attempts, and where they came from", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const eve = fresh("eve")
      const auditId = globalThis.crypto.randomUUID()
      const sender = { salt: "s1", keyId: "k1", ciphertext: "c1", digest: "d1" }
      const attempt = {
        ...{ auditId, principal: { kind: "USER", id: eve }, operation: "AdjustStock", sender },
        ...{ targets: ["SKU:mug"], correlationId: null, reason: "may not change stock", dropped: 7 }
      }
      yield* log.audit.deny([attempt])
      const [kept] = yield* log.audit.list({ ...everything, principal: eve })
      expect(kept).toMatchObject({
        ...{ auditId, outcome: "DENIED", operation: "AdjustStock", targets: ["SKU:mug"] },
        ...{ reason: "may not change stock", dropped: 7, senderDigest: "d1", eventPositions: [] }
      })
      expect(yield* log.audit.senders([auditId, globalThis.crypto.randomUUID()])).toEqual([
        { auditId, salt: "s1", keyId: "k1", ciphertext: "c1" }
      ])
    })
  )
}

const seals = (it: LogIt): void => {
  it.effect("seals, and finds, denied attempts at whatever was sent", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const gil = manager(fresh("gil"))
      const denied = yield* makeDenials(log.audit)
      const sent = { operation: "AdjustStock", reason: "may not change stock" }
      yield* denied({ ...sent, principal: gil, targets: ["SKU:\u0000", "SKU:\ud83d"] })
      const asked = { ...everything, principal: gil.id }
      const unsealed = yield* log.audit.list(asked)
      expect(unsealed.map(({ outcome }) => outcome)).toEqual(["DENIED"])
      yield* sealed
      expect(yield* log.audit.list(asked)).toEqual(unsealed)
      expect((yield* verdicts).map(({ finding }) => finding)).toEqual([undefined, undefined])
    }).pipe(Effect.scoped, Effect.provide(layerDigest))
  )

  it.effect("seals both logs in blocks of a chain, which fits what was sealed", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      yield* by(fresh("fay"))(append(fresh("sealed"), 300))
      const made = yield* sealed
      expect(new Set(made.map((seal) => seal.log))).toEqual(new Set(sealedLogs))
      expect(Math.max(...made.map(({ leaves }) => leaves.length))).toBe(256)
      expect(yield* sealed).toEqual([])
      const events = yield* log.read(0, 100_000)
      const kept = yield* log.audit.list(everything)
      const [ofEvents, ofRecords] = yield* verdicts
      expect([ofEvents?.finding, ofRecords?.finding]).toEqual([undefined, undefined])
      expect(ofEvents?.records).toBe(events.length)
      expect(ofRecords?.records).toBe(kept.length)
      const last = yield* log.audit.lastSeal("EVENTS")
      expect(yield* log.audit.seals("EVENTS", (last?.number ?? 0) - 1, 10)).toEqual([last])
    })
  )

  it.effect("keeps one seal of a number", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      yield* append(fresh("sealed"), 1)
      yield* sealed
      const last = yield* log.audit.lastSeal("EVENTS")
      if (last === null) return yield* Effect.die(new Error("nothing was sealed"))
      expect(yield* log.audit.seal({ ...last, digest: "f".repeat(64) })).toBe(false)
      expect(yield* log.audit.lastSeal("EVENTS")).toEqual(last)
    })
  )
}

/** Declares what a store promises of the audit log. */
export const auditTests = (it: LogIt): void => {
  records(it)
  questions(it)
  seals(it)
}
