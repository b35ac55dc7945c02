/**
 * Where a request came from, on its way into the audit log and back: encrypted under the key ring, and
 * bound to its record by a digest with a salt.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { StoreError } from "../kernel/StoreError.ts"
import { type KeyExhausted, type KeyRingService, SecretUnreadable } from "../secrets/KeyRing.ts"
import type { KeptSender } from "./AuditLog.ts"
import type { SealedSender } from "./AuditRecord.ts"

/** Where a request came from, as the door knows it. */
export interface Sender {
  readonly address: string | null
  readonly userAgent: string | null
}

/** The longest part of an address or an agent that is kept, in characters. */
const keptMax = 500

const canonical = ({ address, userAgent }: Sender): string =>
  JSON.stringify([address?.slice(0, keptMax) ?? null, userAgent?.slice(0, keptMax) ?? null])

const readSender = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Tuple([Schema.NullOr(Schema.String), Schema.NullOr(Schema.String)]))
)

const encoder = new TextEncoder()

const saltOf = (): string =>
  Array.from(globalThis.crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0")
  ).join("")

/** The column that the encrypted senders are in. */
export const senderColumn = "audit_private.ciphertext"

const placeOf = (auditId: string) => ({ column: senderColumn, row: auditId })

/** Seals a sender for a record. */
export const sealSender = Effect.fnUntraced(function* (
  keyRing: KeyRingService,
  hash: Digest.Digest["Service"],
  auditId: string,
  sender: Sender
): Effect.fn.Return<SealedSender, KeyExhausted | StoreError> {
  const plain = canonical(sender)
  const salt = saltOf()
  const digest = yield* hash.digestHex(Digest.sha256, encoder.encode(salt + plain))
  const ciphertext = yield* keyRing.encrypt(plain, placeOf(auditId))
  return { salt, keyId: keyRing.currentKeyId, ciphertext, digest }
})

/**
 * Opens a kept sender for a record that has `digest`. A sender that decrypts and does not have the digest
 * of its record is ALTERED.
 */
export const openSender = Effect.fnUntraced(function* (
  keyRing: KeyRingService,
  hash: Digest.Digest["Service"],
  { auditId, ciphertext, keyId, salt }: KeptSender,
  digest: string | null
): Effect.fn.Return<Sender, SecretUnreadable> {
  const plain = yield* keyRing.decrypt(ciphertext, placeOf(auditId))
  const found = yield* hash.digestHex(Digest.sha256, encoder.encode(salt + plain))
  const sender = readSender(plain)
  if (found !== digest || sender._tag === "None") {
    const message = "this sender is not the one that its record was written with"
    return yield* new SecretUnreadable({ reason: "ALTERED", keyId, message })
  }
  const [address, userAgent] = sender.value
  return { address, userAgent }
})
