/**
 * Many commands in one transaction of their own: to write all of them or none, or to learn what
 * would become of them and write nothing. They are decided by the same rules, and in the order in
 * which they are given, each over what the ones before it did.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import { layerDigest } from "../../access/layerDigest.ts"
import { type AuditPolicy, askingFor } from "../../audit/asking.ts"
import type { RequestKey } from "../../kernel/Receipt.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { CommandIds } from "../CommandIds.ts"
import { recorded } from "../commitBatch.ts"
import type { Domain, DomainTypes, OutcomeOf, StoreOf } from "../Domain.ts"
import { fingerprintOf } from "../fingerprint.ts"
import type { Request } from "../Request.ts"
import { RequestCaller } from "../RequestCaller.ts"

/** How commands are decided together. */
export interface TogetherOptions<T extends DomainTypes> {
  /** Whether to write, once everything is decided. */
  readonly mayWrite: (outcomes: ReadonlyArray<OutcomeOf<T>>) => boolean
  /** What is loaded, with more that is not there yet but would be. */
  readonly loadedWith?: (loaded: T["loaded"]) => T["loaded"]
  /** Looks at what was decided, written or not. */
  readonly decided?: (changes: T["changes"]) => void
}

/** A command, and the key by which a repeat of it is known. */
export interface KeyedCommand<Command> {
  readonly command: Command
  readonly key?: Pick<RequestKey, "caller" | "key"> | undefined
}

/** Whether a command would take effect, or has. */
export const isAnswered = (outcome: { readonly _tag: string }): boolean =>
  outcome._tag === "Answered" || outcome._tag === "Replayed"

/**
 * Decides commands together over a store, in one transaction: their outcomes, in order. Nothing is
 * written unless `mayWrite` says so. `policy` says which changes get a record in the audit log.
 */
export const decideTogether = <T extends DomainTypes>(
  domain: Domain<T>,
  store: StoreOf<T>,
  policy: AuditPolicy = "PRINCIPALS"
) => {
  const requestsOf = Effect.fnUntraced(function* (
    commands: ReadonlyArray<KeyedCommand<T["request"]["command"]>>
  ) {
    const ids = yield* CommandIds
    const digest = yield* Digest.Digest
    const { askedBy, principal } = yield* RequestCaller
    // Nobody has sent a request of its own for each of them.
    const askingOf = askingFor(policy, undefined, digest, ids.next)
    return yield* Effect.forEach(
      commands,
      Effect.fnUntraced(function* ({
        command,
        key: named = null
      }): Effect.fn.Return<Request, StoreError> {
        const asked = askingOf({ principal, askedBy }, named)
        const asking = Effect.isEffect(asked) ? yield* asked : asked
        const key =
          named === null ? null : { ...named, fingerprint: yield* fingerprintOf(digest, command) }
        const actor = principal?.id ?? null
        const origin = { commandId: ids.next(), correlationId: null, traceparent: null, actor }
        return { command, origin, key, asking }
      })
    )
  })
  return Effect.fnUntraced(function* (
    commands: ReadonlyArray<KeyedCommand<T["request"]["command"]>>,
    { decided, loadedWith, mayWrite }: TogetherOptions<T>
  ): Effect.fn.Return<ReadonlyArray<OutcomeOf<T>>, StoreError> {
    if (commands.length === 0) return []
    const ids = yield* CommandIds
    const requests = yield* Effect.provide(requestsOf(commands), layerDigest)
    const decide = (read: T["loaded"]) => {
      const loaded = loadedWith === undefined ? read : loadedWith(read)
      const decision = domain.fold(loaded, requests)
      decided?.(decision.changes)
      return mayWrite(decision.answer)
        ? recorded(domain, decision, requests)
        : { changes: domain.fold(read, []).changes, answer: decision.answer }
    }
    return yield* Effect.catch(
      store.transact(domain.scopeOf(ids.next(), requests), decide),
      (error) => Effect.fail(error._tag === "Contended" ? error.error : error)
    )
  })
}
