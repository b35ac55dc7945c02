/**
 * The answer for an error of the Promise API, for hosts that call it in routes of their own: the
 * status, headers and body that the REST API would answer with.
 */
import { type AnyHoldfastError, type HoldfastErrorCode, isHoldfastError } from "@holdfast/core"
import { type CatalogRefusal, refusals as catalogRefusals } from "@holdfast/core/catalog"
import {
  type InventoryRefusal,
  refusals,
  StoreError,
  type StoreErrorReason
} from "@holdfast/core/inventory"
import {
  headersOf,
  type Problem,
  type ProblemAnswer,
  plainProblem,
  problemContentType,
  problemOfRefusal,
  refusalMembers,
  storeProblem,
  storeProblems
} from "./kit/Problem.ts"

/** A problem as the answer of a host: plain values, to be sent as they are. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The problem, with the fields of its refusal; for a JSON body. */
  readonly body: Problem & Readonly<Record<string, unknown>>
}

type AroundCode = Exclude<
  HoldfastErrorCode,
  CatalogRefusal["_tag"] | InventoryRefusal["_tag"] | StoreErrorReason
>

/** The failures around the store. Their reasons are for the log of the host. */
const around: { readonly [Code in AroundCode]: ProblemAnswer } = {
  StartFailed: {
    problem: plainProblem(503, "The inventory cannot be opened"),
    headers: { "retry-after": "2" }
  },
  CloseTimedOut: {
    problem: plainProblem(503, "The inventory was closed before every call was answered"),
    headers: { "retry-after": "2" }
  },
  Interrupted: storeProblem(
    new StoreError({ reason: "OutcomeUnknown", message: "The call was ended" })
  ),
  Defect: { problem: plainProblem(500) }
}

/** The address of the store at the end of a reason. It is for hosts, not for their callers. */
const placeAtEnd = / \(at [^()]+\)$/

const has = <Key extends string>(table: Readonly<Record<Key, unknown>>, key: string): key is Key =>
  Object.hasOwn(table, key)

const answerFor = ({ code, details, message }: AnyHoldfastError): ProblemAnswer => {
  if (has(refusals, code)) {
    // Another copy of core may give other details, so its own sentence is taken.
    const refusal = { _tag: code, ...details } as unknown as InventoryRefusal
    return { problem: refusalMembers(refusal, message), headers: headersOf(refusal) }
  }
  if (has(catalogRefusals, code)) {
    return { problem: problemOfRefusal(catalogRefusals, { _tag: code, ...details }, message) }
  }
  if (has(storeProblems, code)) {
    const reason = String(Object(details).reason ?? code).replace(placeAtEnd, "")
    return storeProblem(new StoreError({ reason: code, message: reason }))
  }
  // A newer copy of core may know codes that this one does not.
  return has(around, code) ? around[code] : { problem: plainProblem(500) }
}

/**
 * The answer for an error that the Promise API rejected with; undefined for anything else, such as
 * the reason of an aborted signal, which is yours to answer. It knows errors of any copy of core. A
 * 500 says nothing of its cause: log the error.
 *
 * ```ts
 * app.use((error, _request, response, next) => {
 *   const answer = problemFor(error)
 *   if (answer === undefined) return next(error)
 *   response.status(answer.status).set(answer.headers).send(JSON.stringify(answer.body))
 * })
 * ```
 */
export const problemFor = (error: unknown): ErrorAnswer | undefined => {
  if (!isHoldfastError(error)) return undefined
  const { headers, problem } = answerFor(error)
  return {
    status: problem.status,
    headers: { "content-type": problemContentType, ...headers },
    body: JSON.parse(JSON.stringify(problem))
  }
}
