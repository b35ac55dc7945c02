/**
 * Records of what people manage: webhooks, cursors, keys, imports. These changes are no commands, so their
 * stores take the record with the change, and write both in one transaction or neither.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { layerDigest } from "../../access/layerDigest.ts"
import { keptRecord } from "../../audit/AuditRecord.ts"
import { askingFor } from "../../audit/asking.ts"
import type { ManagedOperation } from "../../audit/auditOperations.ts"
import type { ManagementRecord } from "../../kernel/ManagementRecord.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { keepable } from "../../kernel/Text.ts"
import { KeyRing } from "../../secrets/KeyRing.ts"
import { callerUnderWay } from "../RequestCaller.ts"

/** A change that somebody makes by hand. */
export interface ManagedChange {
  /** Such as `CreateWebhook`. */
  readonly operation: ManagedOperation
  /** What it is about, as `TYPE:id`. */
  readonly targets: ReadonlyArray<string>
  /** The idempotency key, with the name of its caller in it. */
  readonly key?: string | undefined
}

/** Makes the record of a change by the sender of the request under way; undefined where none is kept. */
export type RecordManagement = (
  change: ManagedChange
) => Effect.Effect<ManagementRecord | undefined, StoreError>

/** Keeps no records. */
export const noManagementRecords: RecordManagement = () => Effect.undefined

/**
 * Makes the way to such records. There are few of these changes, so all of them are recorded, those of a host that names no principal too.
 * With a key ring, the address and the agent of the request are encrypted under it.
 */
export const makeManagementRecords: Effect.Effect<RecordManagement> = Effect.gen(function* () {
  const hash = yield* Digest.Digest
  const keyRing = Option.getOrUndefined(yield* Effect.serviceOption(KeyRing))
  const newId = () => globalThis.crypto.randomUUID()
  const askingOf = askingFor("ALL", keyRing, hash, newId)
  return Effect.fnUntraced(function* ({ key, operation, targets }: ManagedChange) {
    const { actor, askedBy, principal, sender } = yield* callerUnderWay
    const by = {
      principal: principal ?? askedBy?.principal,
      sender: sender ?? askedBy?.sender
    }
    const asked = askingOf(by, key === undefined ? null : { caller: "", key })
    const asking = Effect.isEffect(asked) ? yield* asked : asked
    if (asking === undefined) return undefined
    const auditId = asking.auditId ?? newId()
    const text = keptRecord({
      ...asking,
      auditId,
      actor: by.principal?.id ?? actor ?? null,
      operation,
      targets: targets.map(keepable),
      commandId: null,
      correlationId: null
    })
    return { auditId, text, sender: asking.sender }
  })
}).pipe(Effect.provide(layerDigest))
