/**
 * What a request brings with it for its record in the audit log. It is known before the request waits
 * for its batch; what the request did is known in the batch.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import type { Principal } from "../access/Principal.ts"
import { nameOfKey, type RequestKey } from "../kernel/Receipt.ts"
import { StoreError } from "../kernel/StoreError.ts"
import type { KeyRingService } from "../secrets/KeyRing.ts"
import type { AuditPrincipal, SealedSender } from "./AuditRecord.ts"
import { type Sender, sealSender } from "./sender.ts"

/**
 * Which changes get a record. ALL of them; those of PRINCIPALS, which a host without a principal does
 * not pay for; or NONE.
 */
export type AuditPolicy = "ALL" | "PRINCIPALS" | "NONE"

/** Who asks for a change, for its record. */
export interface Asking {
  /** The id of the record; null for that of the command, which is known later. */
  readonly auditId: string | null
  readonly principal: AuditPrincipal
  readonly keyDigest: string | null
  readonly sender: SealedSender | null
}

/** Who sends a request, as far as a record says it. */
export interface AskingCaller {
  readonly principal?: Principal | undefined
  readonly sender?: Sender | undefined
  /** Who had the host do the work. Records name them; nobody asks them for permission again. */
  readonly askedBy?: Pick<AskingCaller, "principal" | "sender"> | undefined
}

/** The host of the engine, which asks without a principal. */
export const hostPrincipal: AuditPrincipal = { kind: "HOST", id: "" }

/** A principal as records name it. */
export const auditPrincipalOf = (principal: Principal | undefined): AuditPrincipal =>
  principal === undefined ? hostPrincipal : { kind: principal.kind, id: principal.id }

/** Whether a change that somebody asks for gets a record. */
export const isRecorded = (policy: AuditPolicy, { askedBy, principal }: AskingCaller): boolean =>
  policy === "ALL" || (policy === "PRINCIPALS" && (principal ?? askedBy?.principal) !== undefined)

const encoder = new TextEncoder()

/** Without its record a change does not happen, so a key that may not encrypt any more refuses it. */
const unavailable = (error: { readonly message: string }) =>
  new StoreError({ reason: "Unavailable", message: error.message })

/**
 * Makes what requests bring, for a policy: undefined for a request that gets no record. What needs no
 * digest and no encryption is made at once.
 */
export const askingFor = (
  policy: AuditPolicy,
  keyRing: KeyRingService | undefined,
  hash: Digest.Digest["Service"],
  nextId: () => string
): ((
  caller: AskingCaller,
  key: Pick<RequestKey, "caller" | "key"> | null
) => Effect.Effect<Asking | undefined, StoreError> | Asking | undefined) => {
  const keyDigestOf = (key: Pick<RequestKey, "caller" | "key"> | null) =>
    key === null
      ? Effect.succeed(null)
      : hash.digestHex(Digest.sha256, encoder.encode(nameOfKey(key)))
  const sealed = (auditId: string, sender: Sender | undefined) =>
    sender === undefined || keyRing === undefined
      ? Effect.succeed(null)
      : Effect.catchTag(sealSender(keyRing, hash, auditId, sender), "KeyExhausted", (error) =>
          Effect.fail(unavailable(error))
        )
  return (caller, key) => {
    if (!isRecorded(policy, caller)) return undefined
    const { askedBy, principal, sender } = caller
    const asked = { principal: auditPrincipalOf(principal ?? askedBy?.principal) }
    const isSent = sender !== undefined && keyRing !== undefined
    if (key === null && !isSent) return { ...asked, auditId: null, keyDigest: null, sender: null }
    // What is encrypted is bound to the id of its record.
    const auditId = isSent ? nextId() : null
    return Effect.gen(function* () {
      const keyDigest = yield* keyDigestOf(key)
      const kept = auditId === null ? null : yield* sealed(auditId, sender)
      return { ...asked, auditId, keyDigest, sender: kept }
    })
  }
}
