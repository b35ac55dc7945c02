/**
 * Problems: the answers to requests that were not granted, after RFC 9457. Every problem has a
 * stable `type`, a title and its status; a refusal also carries the fields that core gives it, so a
 * caller never has to parse a sentence.
 */
import {
  type InventoryRefusal,
  refusals,
  type StoreError,
  type StoreErrorReason,
  sentenceOf
} from "@holdfast/core/inventory"

/** The media type of every answer of status 400 and above. */
export const problemContentType = "application/problem+json"

/** The stable `type` of a problem, from its slug. */
export const problemType = (slug: string): string => `urn:holdfast:problem:${slug}`

/** A problem as it goes over the wire; a refusal adds its own fields. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string | undefined
}

/** A problem, and the headers that go with it. */
export interface ProblemAnswer {
  readonly problem: Problem
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The advice that goes with a write whose answer did not arrive. */
export const retryAdvice =
  "If this request writes, send it again with the same Idempotency-Key: " +
  "it takes effect once, and the repeat gets the first answer."

const internalError = {
  status: 500,
  slug: "internal-error",
  title: "Something went wrong on our side"
} as const

/**
 * How each failure of the store is reported. `retryAfterSeconds` is how long the caller should
 * wait.
 */
export const storeProblems: {
  readonly [Reason in StoreErrorReason]: {
    readonly status: 410 | 429 | 500 | 503
    readonly slug: string
    readonly title: string
    readonly retryAfterSeconds?: number
  }
} = {
  Overloaded: {
    status: 429,
    slug: "overloaded",
    title: "Too many requests are waiting",
    retryAfterSeconds: 1
  },
  Unavailable: {
    status: 503,
    slug: "store-unavailable",
    title: "The store cannot be reached",
    retryAfterSeconds: 2
  },
  Busy: { status: 503, slug: "store-busy", title: "The store is busy", retryAfterSeconds: 1 },
  TimedOut: { status: 503, slug: "timed-out", title: "It took too long", retryAfterSeconds: 1 },
  OutcomeUnknown: {
    status: 503,
    slug: "outcome-unknown",
    title: "The store did not say whether it took effect",
    retryAfterSeconds: 1
  },
  AnswerUnreadable: {
    status: 410,
    slug: "answer-unreadable",
    title: "The first request took effect, but its answer can no longer be read"
  },
  Closed: {
    status: 503,
    slug: "shutting-down",
    title: "The server is shutting down",
    retryAfterSeconds: 2
  },
  Rejected: internalError,
  TransactionUnusable: internalError
}

/**
 * Fields of refusals that a problem has under another name, since it has a `type` and a `status` of
 * its own.
 */
const wireNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AttributeNotForType: { type: "productType" },
  ProductConflict: { status: "productStatus" },
  MappingsMismatch: { type: "productType" }
}

/** The field's name on the wire. The `status` of a refusal is that of a hold unless it is named. */
export const wireNameOf = (tag: string, field: string): string =>
  wireNames[tag]?.[field] ?? (field === "status" ? "reservationStatus" : field)

/** How the refusals of a context go over the wire: each has a status, a slug and a title. */
export type RefusalKinds = Readonly<
  Record<string, { readonly status: number; readonly slug: string; readonly title: string }>
>

/**
 * The problem of a refusal of any context: type, title, status and a sentence, then the refusal's
 * own fields.
 */
export const problemOfRefusal = (
  kinds: RefusalKinds,
  refusal: { readonly _tag: string },
  detail?: string
): Problem => {
  const kind = kinds[refusal._tag]
  if (kind === undefined) throw new Error(`no problem is known for the refusal ${refusal._tag}`)
  const { slug, status, title } = kind
  const members: Record<string, unknown> = { type: problemType(slug), title, status }
  if (detail !== undefined) members["detail"] = detail
  for (const [field, value] of Object.entries(refusal)) {
    if (field !== "_tag") members[wireNameOf(refusal._tag, field)] = value
  }
  return members as unknown as Problem
}

/** The problem of a refusal of the inventory. */
export const refusalMembers = (
  refusal: InventoryRefusal,
  detail: string = sentenceOf(refusal)
): Problem => problemOfRefusal(refusals, refusal, detail)

/** The problem of a store that could not do what it was asked. */
export const storeProblem = ({ message, reason }: StoreError): ProblemAnswer => {
  const { retryAfterSeconds, slug, status, title } = storeProblems[reason]
  const problem = { type: problemType(slug), title, status }
  if (status === 500) return { problem }
  if (retryAfterSeconds === undefined) {
    return { problem: { ...problem, detail: message, reason } as Problem }
  }
  return {
    problem: { ...problem, detail: `${message}. ${retryAdvice}`, reason } as Problem,
    headers: { "retry-after": String(retryAfterSeconds) }
  }
}

/** How who asks may say who they are, when nobody has asked for something else. */
export const challenge = 'Bearer realm="holdfast"'

/** The headers that go with a refusal. */
export const headersOf = ({ _tag }: { readonly _tag: string }): ProblemAnswer["headers"] =>
  _tag === "Unauthenticated" ? { "www-authenticate": challenge } : undefined

/** The problem of a refusal or of a failed store. */
export const problemOf = (error: InventoryRefusal | StoreError): ProblemAnswer =>
  error._tag === "StoreError"
    ? storeProblem(error)
    : { problem: refusalMembers(error), headers: headersOf(error) }

/** Problems that are about the request's form, by their status. */
export const plainProblems: Readonly<Record<number, readonly [slug: string, title: string]>> = {
  400: ["invalid-input", "The request cannot be read"],
  401: ["unauthenticated", "The request does not show who asks, or what it shows is not taken"],
  404: ["not-found", "There is nothing at this path"],
  405: ["method-not-allowed", "This path does not take this method"],
  408: ["request-timeout", "The request arrived too slowly"],
  413: ["content-too-large", "The body is too large"],
  414: ["uri-too-long", "The address is too long"],
  415: ["unsupported-media-type", "The body has a media type that this path does not take"],
  429: ["rate-limited", "Too many requests"],
  431: ["header-fields-too-large", "The headers are too large"],
  500: ["internal-error", "Something went wrong on our side"],
  503: ["store-unavailable", "The server cannot answer now"]
}

/** Gives every 400 at least one issue, even when no field is to blame. */
const issuesOf = (status: number, message: string) =>
  status === 400 ? { issues: [{ path: "", message }] } : undefined

/** The problem of a status that says all there is to say. */
export const plainProblem = (status: number, detail?: string): Problem => {
  const [slug, title] = plainProblems[status] ?? ["other", "The request was not granted"]
  const problem = { type: problemType(slug), title, status, ...issuesOf(status, detail ?? title) }
  return detail === undefined ? problem : { ...problem, detail }
}

/** The answer to a failed request of a context of your own. */
export const answerFor = (
  kinds: RefusalKinds,
  error: { readonly _tag: string } | StoreError
): ProblemAnswer =>
  "reason" in error
    ? storeProblem(error)
    : {
        problem: problemOfRefusal(
          { ...kinds, InvalidInput: refusals.InvalidInput },
          error,
          Object(error).message
        )
      }
