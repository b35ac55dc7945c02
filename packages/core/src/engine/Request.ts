/** One command on its way through a batch, and the ways in which it may end there. */
import type { Span } from "effect/Tracer"
import type { Principal } from "../access/Principal.ts"
import type { Asking } from "../audit/asking.ts"
import type { Origin, Versions } from "../kernel/DomainEvent.ts"
import type { Receipt, RequestKey } from "../kernel/Receipt.ts"

/** One command, with where it came from and the key by which a repeat is known. */
export interface Request<Command = { readonly _tag: string }> {
  readonly command: Command
  readonly origin: Origin
  readonly key: RequestKey | null
  /** Who is asked for permission by what a batch loads; without one the host is trusted. */
  readonly principal?: Principal | undefined
  /** Who asked, for the record in the audit log; undefined when there is none. */
  readonly asking?: Asking | undefined
  /** The span that it is asked in; undefined when that is not sampled. */
  readonly span?: Span | undefined
  /** How often in a row it has made way for what seemed to be a batch of an engine. */
  readonly madeWay?: number
}

/**
 * How one request ended in a batch. `Again`: part of its work is done, and the request goes once
 * more, under another command id, since events of this one are written.
 */
export type Outcome<Answer, Refusal> =
  | { readonly _tag: "Answered"; readonly answer: Answer }
  | { readonly _tag: "Replayed"; readonly receipt: Receipt }
  | { readonly _tag: "Refused"; readonly refusal: Refusal }
  | { readonly _tag: "Again" }
  | { readonly _tag: "Defect"; readonly defect: unknown }

/** An answer, and whether it is the first one to an idempotency key, given back. */
export interface Executed<Answer> {
  readonly answer: Answer
  readonly isReplayed: boolean
  /** The versions that it made, by what they are of; none for an answer that is given back. */
  readonly versions?: (() => Versions) | undefined
}
