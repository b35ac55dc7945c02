/** The audit log as people read it: pages of records, each with where its request came from. */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { layerDigest } from "../access/layerDigest.ts"
import { Instant } from "../kernel/Instant.ts"
import type { InvalidInput } from "../kernel/InvalidInput.ts"
import { PageSize, pageSizeDefault } from "../kernel/Page.ts"
import type { StoreError } from "../kernel/StoreError.ts"
import { printable } from "../kernel/Text.ts"
import { KeyRing, type KeyRingService } from "../secrets/KeyRing.ts"
import type { AuditLog, KeptSender } from "./AuditLog.ts"
import { AuditRecord } from "./AuditRecord.ts"
import { type OperationNames, unknownOperation } from "./operationNames.ts"
import { openSender } from "./sender.ts"

const nullableText = Schema.NullOr(Schema.String)

/**
 * A record with where its request came from. `sender` is null when that was not kept or was erased, and
 * when it cannot be read; then `senderProblem` says why.
 */
export const AuditEntry = AuditRecord.mapFields(
  Struct.assign({
    sender: Schema.NullOr(Schema.Struct({ address: nullableText, userAgent: nullableText })),
    senderProblem: nullableText
  })
).annotate({ identifier: "AuditEntry" })
export interface AuditEntry extends Schema.Schema.Type<typeof AuditEntry> {}

const word = printable(1, 400)

const target = word.check(
  Schema.isPattern(/^[A-Z][A-Z_]*:./u, {
    message: "must be TYPE:id, such as SKU:mug, ORDER:order-1 or PRODUCT:p-1"
  })
)

/** Which records a page is asked for. All conditions hold at once. */
export const AuditPageQuery = Schema.Struct({
  principal: Schema.optionalKey(word.annotate({ description: "The id of who asked" })),
  operation: Schema.optionalKey(
    word.annotate({ description: "Such as ReserveStock or SkuHistory" })
  ),
  target: Schema.optionalKey(target.annotate({ description: "Such as SKU:mug or ORDER:order-1" })),
  from: Schema.optionalKey(Instant),
  until: Schema.optionalKey(Instant),
  before: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
  ),
  size: Schema.optionalKey(PageSize)
})
export interface AuditPageQuery extends Schema.Schema.Type<typeof AuditPageQuery> {}

/** A page of the audit log, the newest record first; `next` is the `before` of the next page. */
export const AuditPage = Schema.Struct({
  items: Schema.Array(AuditEntry),
  next: Schema.NullOr(Schema.Int)
}).annotate({ identifier: "AuditPage" })
export interface AuditPage extends Schema.Schema.Type<typeof AuditPage> {}

const noKeyRing = "this process has no key ring"

const opened = (
  keyRing: KeyRingService | undefined,
  hash: Digest.Digest["Service"],
  record: AuditRecord,
  kept: KeptSender | undefined
): Effect.Effect<AuditEntry> => {
  if (kept === undefined) return Effect.succeed({ ...record, sender: null, senderProblem: null })
  if (keyRing === undefined) {
    return Effect.succeed({ ...record, sender: null, senderProblem: noKeyRing })
  }
  return Effect.match(openSender(keyRing, hash, kept, record.senderDigest), {
    onSuccess: (sender) => ({ ...record, sender, senderProblem: null }),
    onFailure: ({ message }) => ({ ...record, sender: null, senderProblem: message })
  })
}

/** Records with where their requests came from. */
const entriesOf = Effect.fnUntraced(function* (
  audit: AuditLog,
  records: ReadonlyArray<AuditRecord>
): Effect.fn.Return<ReadonlyArray<AuditEntry>, StoreError, Digest.Digest> {
  const hash = yield* Digest.Digest
  const ring = yield* Effect.serviceOption(KeyRing)
  const keyRing = ring._tag === "Some" ? ring.value : undefined
  const sent = records.filter(({ senderDigest }) => senderDigest !== null)
  const kept = sent.length === 0 ? [] : yield* audit.senders(sent.map(({ auditId }) => auditId))
  const byId = new Map(kept.map((one) => [one.auditId, one]))
  return yield* Effect.forEach(records, (record) =>
    opened(keyRing, hash, record, byId.get(record.auditId))
  )
})

const endsFirst: InvalidInput = {
  _tag: "InvalidInput",
  issues: [{ path: "until", message: "must not be before from" }]
}

const isBackwards = ({ from, until }: AuditPageQuery): boolean =>
  from !== undefined && until !== undefined && until.epochMilliseconds < from.epochMilliseconds

/**
 * A page of an audit log; a key ring that is provided opens what is encrypted. Refuses an `until` before
 * `from`. Where the names of operations are given, each is found by all its names, and one that is not
 * among them is refused, unless there are records of it: an earlier release may have written them.
 */
export const auditPage = (
  audit: AuditLog,
  { size = pageSizeDefault, ...asked }: AuditPageQuery,
  names?: OperationNames
): Effect.Effect<AuditPage, InvalidInput | StoreError> =>
  Effect.gen(function* () {
    if (isBackwards(asked)) return yield* Effect.fail(endsFirst)
    const { operation } = asked
    const named = operation === undefined ? undefined : (names?.get(operation) ?? operation)
    const query = named === undefined ? asked : { ...asked, operation: named }
    const found = yield* audit.list({ ...query, limit: size + 1 })
    const isKnown = named === undefined || names === undefined || names.has(named)
    if (found.length === 0 && names !== undefined && !isKnown) {
      return yield* Effect.fail(unknownOperation(names))
    }
    const records = found.slice(0, size)
    const next = found.length > size ? (records.at(-1)?.position ?? null) : null
    return { items: yield* entriesOf(audit, records), next }
  }).pipe(Effect.provide(layerDigest))
