/** An export of the audit log: whole, cut, and made while the log goes on. */
import { expect, it } from "@effect/vitest"
import {
  type AuditLog,
  exportAudit,
  type ReadExport,
  readExport,
  type SealedText,
  sealAfter,
  sealedLogs,
  verifyLog
} from "@holdfast/core/audit"
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"

const at = DateTime.makeUnsafe("2026-11-26T12:00:00Z")

const recordAt = (position: number): SealedText => ({
  ...{ position, id: `id-${position}`, text: `{"n":${position}}`, movement: null },
  atMillis: at.epochMilliseconds
})

const unused = () => Effect.die("an export does not ask for it")

/** A log of records that are sealed by threes. */
const logOf = Effect.fnUntraced(function* (count: number) {
  const hash = yield* Digest.Digest
  const texts: Array<SealedText> = []
  const seals: Array<Effect.Success<ReturnType<typeof sealAfter>>> = []
  const write = (records: number) => {
    for (let n = 0; n < records; n++) texts.push(recordAt(texts.length + 1))
  }
  const seal = Effect.gen(function* () {
    const open = texts.slice(seals.length * 3, seals.length * 3 + 3)
    seals.push(yield* sealAfter(hash, "AUDIT", seals.at(-1) ?? null, open, at))
  })
  const change = (position: number) => {
    texts[position - 1] = { ...recordAt(position), text: '{"n":"another"}' }
  }
  write(count)
  while (seals.length * 3 + 3 <= count) yield* seal
  const audit: AuditLog = {
    ...{ list: unused, ofCommands: unused, keep: unused, deny: unused, senders: unused },
    ...{ lastSeal: unused, seal: unused },
    horizon: () => Effect.succeed({ position: 0, movementsFromMillis: null }),
    anchor: () => Effect.succeed(null),
    stray: () => Effect.succeed(null),
    texts: (log, { after, limit, upTo = Number.POSITIVE_INFINITY }) =>
      Effect.sync(() => {
        if (log === "EVENTS") return []
        return texts.filter((one) => one.position > after && one.position <= upTo).slice(0, limit)
      }),
    seals: (log, after, limit) =>
      Effect.sync(() => (log === "EVENTS" ? [] : seals.slice(after, after + limit)))
  }
  return { audit, change, seal, write }
})

const linesOf = (audit: AuditLog) => Stream.runCollect(exportAudit("inventory", audit))

const findingsOf = ({ source }: ReadExport) =>
  Effect.forEach(sealedLogs, (log) => Effect.map(verifyLog(source, log), ({ finding }) => finding))

const withHash = Effect.provide(Digest.layerWebCrypto)

it.effect("ends with what it counts, and is whole", () =>
  Effect.gen(function* () {
    const { audit } = yield* logOf(8)
    const lines = [...(yield* linesOf(audit))]
    const end = JSON.parse(lines.at(-1) as string)
    expect(end).toMatchObject({
      _tag: "end",
      logs: {
        EVENTS: { records: 0, seals: 0, lastSeal: null },
        AUDIT: { records: 8, seals: 2, lastSeal: { number: 2 } }
      }
    })
    const read = Result.getOrThrow(readExport([...lines, ""]))
    expect(yield* findingsOf(read)).toEqual([undefined, undefined])
  }).pipe(withHash)
)

it.effect("is found to be cut, at whatever line that was done", () =>
  Effect.gen(function* () {
    const { audit } = yield* logOf(8)
    const lines = [...(yield* linesOf(audit))]
    for (let kept = 1; kept < lines.length; kept++) {
      const read = readExport(lines.slice(0, kept))
      expect(Result.isFailure(read) && read.failure, `${kept} lines`).toEqual({
        line: kept + 1,
        message: expect.stringContaining("the export was cut")
      })
    }
    expect(Result.isFailure(readExport([]))).toBe(true)
  }).pipe(withHash)
)

it.effect("is found to lack any one of its lines", () =>
  Effect.gen(function* () {
    const { audit } = yield* logOf(8)
    const lines = [...(yield* linesOf(audit))]
    const kinds: Array<string> = []
    for (let gone = 1; gone < lines.length - 1; gone++) {
      const read = Result.getOrThrow(readExport(lines.toSpliced(gone, 1)))
      const [, finding] = yield* findingsOf(read)
      expect(finding, lines[gone]).toBeDefined()
      kinds.push(finding?.kind ?? "")
    }
    // A seal and the last of them; six records that are sealed, and two that are not.
    expect(kinds).toEqual(["SEAL_REMOVED", "CUT", ...Array(6).fill("REMOVED"), "CUT", "CUT"])
    expect(readExport([...lines, ...lines])).toEqual(
      Result.fail({ line: lines.length, message: "belongs to another export" })
    )
  }).pipe(withHash)
)

it.effect("is whole also when the log goes on and is sealed while it is made", () =>
  Effect.gen(function* () {
    const { audit, seal, write } = yield* logOf(6)
    let times = 0
    // Nothing more was there; but then it is, and is sealed before anything else is read.
    const goesOn = <A>(page: ReadonlyArray<A>) =>
      Effect.suspend(() => {
        if (page.length > 0) return Effect.void
        times++
        write(3)
        return Effect.provide(seal, Digest.layerWebCrypto)
      })
    const growing: AuditLog = {
      ...audit,
      texts: (log, range) =>
        Effect.tap(audit.texts(log, range), (page) =>
          log === "AUDIT" ? goesOn(page) : Effect.void
        ),
      seals: (log, ...range) =>
        Effect.tap(audit.seals(log, ...range), (page) =>
          log === "AUDIT" ? goesOn(page) : Effect.void
        )
    }
    const read = Result.getOrThrow(readExport([...(yield* linesOf(growing))]))
    expect(yield* findingsOf(read)).toEqual([undefined, undefined])
    expect(times).toBe(2)
  }).pipe(withHash)
)

const published = ({ audit }: { readonly audit: AuditLog }) => audit.seals("AUDIT", 0, 100)

it.effect("is not what was published when its end was written again and published once more", () =>
  Effect.gen(function* () {
    const first = yield* logOf(9)
    const before = yield* published(first)
    // The owner of the database drops the end, writes another one, and lets it be sealed and published.
    const second = yield* logOf(6)
    second.write(3)
    second.change(8)
    yield* second.seal
    const after = yield* published(second)
    expect(after.map(({ digest }, n) => digest === before[n]?.digest)).toEqual([true, true, false])
    for (const lines of [
      [...before, ...after.slice(2)],
      [...after.slice(2), ...before]
    ]) {
      const { finding } = yield* verifyLog(second.audit, "AUDIT", lines)
      expect(finding).toMatchObject({ kind: "SEAL_REWRITTEN", seal: 3 })
    }
    // The same seal may well be published twice.
    const whole = yield* verifyLog(first.audit, "AUDIT", [...before, ...before])
    expect([whole.finding, whole.compared]).toEqual([undefined, 3])
  }).pipe(withHash)
)

it.effect("is found to have a seal whose time is not that of its records", () =>
  Effect.gen(function* () {
    const { audit } = yield* logOf(6)
    const later = DateTime.add(at, { days: 1 })
    const moved: AuditLog = {
      ...audit,
      seals: (log, ...range) =>
        Effect.map(audit.seals(log, ...range), (seals) =>
          seals.map((seal) => (seal.number === 2 ? { ...seal, endedAt: later } : seal))
        )
    }
    const { finding } = yield* verifyLog(moved, "AUDIT")
    expect(finding).toMatchObject({ kind: "SEAL_CHANGED", seal: 2 })
  }).pipe(withHash)
)
