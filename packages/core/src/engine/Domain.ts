/**
 * What a context brings to the engine: its commands, what they touch, and how a batch of them is
 * decided. All of it is pure. What the engine makes of it: idempotency, group commit, a batch that
 * sheds its blocked commands, and safety when the answer to COMMIT is lost.
 */
import type * as Schema from "effect/Schema"
import type { RecordRules } from "../audit/draftRecords.ts"
import { nameOfKey } from "../kernel/Receipt.ts"
import type { BatchDecision, BatchStore } from "./BatchStore.ts"
import type { Outcome, Request } from "./Request.ts"
import type { RequestNames } from "./WaitingRoom.ts"

/** The types of a context. */
export interface DomainTypes {
  readonly request: Request
  readonly answer: unknown
  readonly refusal: unknown
  readonly scope: unknown
  readonly loaded: unknown
  readonly changes: unknown
  /** What a store reports about locks that others hold. */
  readonly locked: unknown
  /** A lock that a batch may have to wait for. */
  readonly obstacle: unknown
}

/** The store of a context. */
export type StoreOf<T extends DomainTypes> = BatchStore<
  T["scope"],
  T["loaded"],
  T["changes"],
  T["locked"],
  T["obstacle"]
>

/** How one request ended. */
export type OutcomeOf<T extends DomainTypes> = Outcome<T["answer"], T["refusal"]>

/** What a context brings to the engine. */
export interface Domain<T extends DomainTypes> {
  /** What metrics call the context; `other` unless given. */
  readonly name?: string
  /** The codec of each command's answer, as receipts keep it. */
  readonly answerOf: { readonly [tag: string]: Schema.Top }
  /** What one batch touches. The id is chosen before the first try and stays at every retry. */
  readonly scopeOf: (batchId: string, requests: ReadonlyArray<T["request"]>) => T["scope"]
  /** Decides on the requests of a batch, in order, over what the store loaded. */
  readonly fold: (
    loaded: T["loaded"],
    requests: ReadonlyArray<T["request"]>
  ) => BatchDecision<T["changes"], ReadonlyArray<OutcomeOf<T>>>
  /** The lane of a command. Commands that meet in one lane share batches; only speed needs it. */
  readonly laneOf: (command: T["request"]["command"]) => number
  /** How many lines a command stands for in the bounds of a batch. */
  readonly weightOf: (command: T["request"]["command"]) => number
  /** What records of the audit log say of its commands, beside what the engine knows. */
  readonly recordRules?: RecordRules
  /** How requests that want locks of others leave their batch. Without these rules, none leaves. */
  readonly shedding?: SheddingRules<T>
}

/** What the engine asks when a blocked request leaves its batch and others must stay behind it. */
export interface SheddingRules<T extends DomainTypes> {
  /** The names, beside its key, by which later requests queue behind a waiting one. */
  readonly claimsOf: (request: T["request"]) => ReadonlyArray<string>
  /** All names that a request touches, its key aside. */
  readonly touchesOf: (request: T["request"]) => ReadonlyArray<string>
  /** The lock of others that keeps a request from being decided, if there is one. */
  readonly obstacleOf: (request: T["request"], locked: T["locked"]) => T["obstacle"] | undefined
  /** The name of an obstacle, the same for every request that touches it. */
  readonly nameOfObstacle: (obstacle: T["obstacle"]) => string
  /** Whether a batch of an engine holds it, so that it will soon be free. */
  readonly isBrief: (obstacle: T["obstacle"], locked: T["locked"]) => boolean
}

const nameOf = ({ key }: Request): ReadonlyArray<string> =>
  key === null ? [] : [`key ${nameOfKey(key)}`]

/** The names that keep the requests of a context in order behind one that waits. */
export const requestNames = <T extends DomainTypes>({
  shedding
}: Domain<T>): RequestNames<T["request"]> => ({
  claims: (request) => [...nameOf(request), ...(shedding?.claimsOf(request) ?? [])],
  touches: (request) => [...nameOf(request), ...(shedding?.touchesOf(request) ?? [])]
})
