/**
 * What is kept about the customer of an order is read and erased, each with a record of who did it in the
 * audit log, unless the log keeps no records at all.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { AuditDraft } from "../../../audit/AuditRecord.ts"
import { type AuditPolicy, askingFor } from "../../../audit/asking.ts"
import { CommandIds } from "../../../engine/CommandIds.ts"
import { ifPermitted } from "../../../engine/methods/permitted.ts"
import { callerUnderWay } from "../../../engine/RequestCaller.ts"
import { type RequestOptions, readOptions } from "../../../engine/RequestOptions.ts"
import type { OrderId } from "../../../kernel/Identifier.ts"
import * as InvalidInput from "../../../kernel/InvalidInput.ts"
import type { StoreError } from "../../../kernel/StoreError.ts"
import type { KeyRingService, SecretUnreadable } from "../../../secrets/KeyRing.ts"
import type { InventoryRefusal, RefusalOf } from "../../messages/InventoryError.ts"
import { customerOperations } from "../../messages/operations.ts"
import type { CustomerStore } from "../../ports/CustomerStore.ts"
import type { CustomerData } from "../../state/PlacedOrder.ts"
import { keyRingMissing, placeOfCustomer } from "./keepingCustomers.ts"

type Rows = typeof customerOperations

/** One method an operation: it validates its input first. */
export type CustomerMethods = {
  readonly [Name in keyof Rows]: (
    input: Rows[Name]["input"]["Encoded"],
    options?: RequestOptions
  ) => Effect.Effect<Rows[Name]["answer"]["Type"], InventoryRefusal | StoreError>
}

/** What the methods are made over. */
export interface CustomerMethodsOptions {
  readonly store: CustomerStore
  readonly keyRing: KeyRingService | undefined
  readonly policy: AuditPolicy | undefined
}

const unreadable =
  (orderId: OrderId) =>
  ({
    keyId,
    reason
  }: Pick<SecretUnreadable, "keyId" | "reason">): RefusalOf<"CustomerUnreadable"> => ({
    _tag: "CustomerUnreadable",
    orderId,
    reason,
    keyId
  })

/** Makes the record of a request; null when none is kept. */
const recordMaker = Effect.fnUntraced(function* ({
  keyRing,
  policy
}: Pick<CustomerMethodsOptions, "keyRing" | "policy">) {
  const ids = yield* CommandIds
  const digest = yield* Digest.Digest
  // To read about customers is rare, so a host without a principal gets a record too.
  const askingOf = askingFor(policy === "NONE" ? "NONE" : "ALL", keyRing, digest, ids.next)
  return Effect.fnUntraced(function* (
    operation: string,
    orderId: OrderId,
    options: RequestOptions
  ): Effect.fn.Return<AuditDraft | null, StoreError> {
    const sender = yield* callerUnderWay
    const asked = askingOf(sender, null)
    const asking = Effect.isEffect(asked) ? yield* asked : asked
    if (asking === undefined) return null
    const commandId = ids.next()
    return {
      auditId: asking.auditId ?? commandId,
      principal: asking.principal,
      actor: sender.principal?.id ?? options.actor ?? sender.actor ?? null,
      operation,
      targets: [`ORDER:${orderId}`],
      commandId,
      correlationId: options.correlationId ?? null,
      keyDigest: null,
      sender: asking.sender
    }
  })
})

/** What was encrypted, read; a text that is no JSON was not encrypted here. */
const readPlain = (plain: string): CustomerData | undefined => {
  try {
    return JSON.parse(plain) as CustomerData
  } catch {
    return undefined
  }
}

/** Makes the methods over what keeps the data. */
export const customerMethods = Effect.fnUntraced(function* (
  options: CustomerMethodsOptions
): Effect.fn.Return<CustomerMethods, never, Digest.Digest> {
  const { keyRing, store } = options
  const recordOf = yield* recordMaker(options)
  /** Reads what is asked, asks for permission, and makes the record. */
  const asked =
    <Name extends keyof Rows>(
      name: Name,
      work: (
        orderId: OrderId,
        record: AuditDraft | null
      ) => Effect.Effect<Rows[Name]["answer"]["Type"], InventoryRefusal | StoreError>
    ) =>
    (input: unknown, about: RequestOptions = {}) =>
      ifPermitted({ name, permission: customerOperations[name].permission }, () =>
        Effect.gen(function* () {
          const { orderId } = yield* Effect.fromResult(reading[name](input))
          const read = yield* Effect.fromResult(readOptions(about))
          const record = yield* recordOf(customerOperations[name].record, orderId, read)
          return yield* work(orderId, record)
        })
      )
  return {
    customer: asked("customer", (orderId, record) =>
      Effect.gen(function* () {
        if (keyRing === undefined) return yield* Effect.fail(keyRingMissing)
        const kept = yield* store.read(orderId, record)
        if (kept === undefined) {
          return yield* Effect.fail({ _tag: "CustomerNotFound" as const, orderId })
        }
        const plain = yield* Effect.mapError(
          keyRing.decrypt(kept.ciphertext, placeOfCustomer(orderId)),
          unreadable(orderId)
        )
        const customer = readPlain(plain)
        if (customer === undefined) {
          return yield* Effect.fail(unreadable(orderId)({ reason: "MALFORMED", keyId: "" }))
        }
        return { orderId, customer, changedAt: kept.changedAt }
      })
    ),
    eraseCustomer: asked("eraseCustomer", (orderId, record) =>
      Effect.map(store.erase(orderId, record), (isErased) => ({ orderId, isErased }))
    )
  }
})

const readerOf = (name: keyof Rows) =>
  InvalidInput.reader(
    customerOperations[name].input as Schema.Codec<{ readonly orderId: OrderId }, unknown>
  )

const reading: { readonly [Name in keyof Rows]: ReturnType<typeof readerOf> } = {
  customer: readerOf("customer"),
  eraseCustomer: readerOf("eraseCustomer")
}
