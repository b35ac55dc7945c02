/** What a call throws. */

/** Why a call was not answered. */
export type NotAnswered = "network" | "timed-out" | "unavailable" | "too-many" | "unexpected"

/** What a server says of a call that it neither answers nor refuses. */
export interface Fault {
  readonly type?: string
  readonly title?: string
  readonly detail?: string
  readonly status?: number
}

/**
 * A call that was neither answered nor refused, after all its tries. Where it was a command, nobody knows
 * whether it took effect: send it again with the same key, which is `idempotencyKey`.
 */
export class CallNotAnswered extends Error {
  override readonly name = "CallNotAnswered"
  readonly reason: NotAnswered
  readonly status: number | undefined
  readonly fault: Fault | undefined
  /** The key under which it was sent; undefined where it had none. */
  readonly idempotencyKey: string | undefined

  constructor(
    reason: NotAnswered,
    message: string,
    more: {
      readonly cause?: unknown
      readonly status?: number | undefined
      readonly fault?: Fault | undefined
      readonly idempotencyKey?: string | undefined
    } = {}
  ) {
    super(message, { cause: more.cause })
    this.reason = reason
    this.status = more.status
    this.fault = more.fault
    this.idempotencyKey = more.idempotencyKey
  }
}

/** A refusal, thrown: by `answerOf`, and by a stream of events, which has no result. */
export class RefusalThrown<
  Refusal extends { readonly problem: string; readonly title: string } = {
    readonly problem: string
    readonly title: string
  }
> extends Error {
  override readonly name = "RefusalThrown"
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(`${refusal.problem}: ${(refusal as { detail?: string }).detail ?? refusal.title}`)
    this.refusal = refusal
  }
}
