/**
 * Refusals as statuses of gRPC, with the details that any client can read: `ErrorInfo` with the name of
 * the refusal and its fields, and where they fit `BadRequest`, `PreconditionFailure` and `RetryInfo`; and
 * `RequestInfo` with the id by which its lines of log are found.
 */
import { create, type DescMessage, type Message, toBinary } from "@bufbuild/protobuf"
import { anyPack } from "@bufbuild/protobuf/wkt"
import { status } from "@grpc/grpc-js"
import { refusals as catalogRefusals, sentenceOf as saysCatalog } from "@holdfast/core/catalog"
import {
  refusals,
  StoreError,
  type StoreErrorReason,
  sentenceOf as saysInventory
} from "@holdfast/core/inventory"
import { registry } from "../contract/services.ts"

/** A refusal of any context. */
export interface Refused {
  readonly _tag: string
  readonly [field: string]: unknown
}

/** What a call ends with when it is not answered. */
export interface CallStatus {
  readonly code: status
  readonly message: string
  /** The encoded `google.rpc.Status`, for the trailer `grpc-status-details-bin`. */
  readonly details: Uint8Array | undefined
}

type Fields = Record<string, unknown>

const messageOf = (name: string): DescMessage => {
  const desc = registry.getMessage(`google.rpc.${name}`)
  if (desc === undefined) throw new Error(`there is no message google.rpc.${name}`)
  return desc
}

const known = {
  status: messageOf("Status"),
  errorInfo: messageOf("ErrorInfo"),
  requestInfo: messageOf("RequestInfo"),
  retryInfo: messageOf("RetryInfo"),
  badRequest: messageOf("BadRequest"),
  precondition: messageOf("PreconditionFailure")
}

/** Details stay under the 16 KiB of trailers that other runtimes take: the first lines are named. */
const namedMax = 20

/** The longest text of one field of a refusal among the metadata. */
const metadataMax = 1_000

const codesByStatus: ReadonlyMap<number, status> = new Map([
  [400, status.INVALID_ARGUMENT],
  [401, status.UNAUTHENTICATED],
  [403, status.PERMISSION_DENIED],
  [404, status.NOT_FOUND],
  [409, status.FAILED_PRECONDITION],
  [410, status.OUT_OF_RANGE],
  [412, status.ABORTED],
  [422, status.INVALID_ARGUMENT],
  [503, status.UNAVAILABLE]
])

/** Refusals that gRPC has a better word for than their status says. */
const codesByTag: ReadonlyMap<string, status> = new Map([
  ["BalanceOutOfRange", status.OUT_OF_RANGE],
  ...Object.keys({ ...refusals, ...catalogRefusals }).flatMap((tag) =>
    tag.endsWith("Taken") ? [[tag, status.ALREADY_EXISTS] as const] : []
  )
])

const codesOfStore: { readonly [Reason in StoreErrorReason]: readonly [status, number?] } = {
  Overloaded: [status.RESOURCE_EXHAUSTED, 1],
  Unavailable: [status.UNAVAILABLE, 2],
  Busy: [status.UNAVAILABLE, 1],
  TimedOut: [status.UNAVAILABLE, 1],
  OutcomeUnknown: [status.UNAVAILABLE, 1],
  AnswerUnreadable: [status.DATA_LOSS],
  Closed: [status.UNAVAILABLE, 2],
  Rejected: [status.INTERNAL],
  TransactionUnusable: [status.INTERNAL]
}

/** `InsufficientStock` as `INSUFFICIENT_STOCK`. */
const reasonOf = (tag: string): string => tag.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()

const packed = (detail: Message) => {
  const desc = registry.getMessage(detail.$typeName)
  if (desc === undefined) throw new Error(`there is no message ${detail.$typeName}`)
  return anyPack(desc, detail)
}

const encoded = (code: status, message: string, details: ReadonlyArray<Message>): CallStatus => ({
  code,
  message,
  details: toBinary(
    known.status,
    create(known.status, {
      code,
      message,
      details: details.map(packed)
    } as Fields)
  )
})

/** The status with the id of its call. Encoded messages one after another are one with the details of both. */
export const withRequestId = (found: CallStatus, requestId: string): CallStatus => {
  const detail = packed(create(known.requestInfo, { requestId } as Fields))
  if (found.details === undefined) {
    const { code, message } = found
    const details = [detail]
    return {
      ...found,
      details: toBinary(known.status, create(known.status, { code, message, details } as Fields))
    }
  }
  const more = toBinary(known.status, create(known.status, { details: [detail] } as Fields))
  return { ...found, details: Buffer.concat([found.details, more]) }
}

const metadataOf = (fields: object): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      if (value === null || value === undefined) return []
      const text = typeof value === "string" ? value : JSON.stringify(value)
      return text.length > metadataMax ? [] : [[name, text]]
    })
  )

/** The longest name of a field, and the longest words about it, among the details. */
const nameMax = 100
const wordsMax = 200

/** A text that fits into the trailers: a sender may name a field by as much as a request holds. */
const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…`.toWellFormed() : text

/** A line that is short, as it stands in `InsufficientStock`. */
interface ShortLine {
  readonly skuId: string
  readonly available: number
  readonly requested: number
}

const fieldDetails = (refusal: Refused): ReadonlyArray<Message> => {
  const { issues, lines } = refusal as {
    readonly issues?: ReadonlyArray<{ readonly path: string; readonly message: string }>
    readonly lines?: ReadonlyArray<ShortLine>
  }
  if (refusal._tag === "InvalidInput" && issues !== undefined) {
    const fieldViolations = issues.slice(0, namedMax).map(({ message, path }) => ({
      field: cut(path, nameMax),
      description: cut(message, wordsMax)
    }))
    return [create(known.badRequest, { fieldViolations } as Fields)]
  }
  if (refusal._tag === "InsufficientStock" && lines !== undefined) {
    const violations = lines.slice(0, namedMax).map(({ available, requested, skuId }) => ({
      type: "STOCK",
      subject: skuId,
      description: `${available} available of ${requested}`
    }))
    return [create(known.precondition, { violations } as Fields)]
  }
  return []
}

const infoOf = (reason: string, fields: object): Message =>
  create(known.errorInfo, {
    reason: reasonOf(reason),
    domain: "holdfast",
    metadata: metadataOf(fields)
  } as Fields)

/** When to try again, in whole seconds, as `Retry-After` says it. */
const retryAfter = (millis: unknown): ReadonlyArray<Message> =>
  typeof millis !== "number"
    ? []
    : [
        create(known.retryInfo, {
          retryDelay: { seconds: BigInt(Math.max(1, Math.ceil(millis / 1_000))), nanos: 0 }
        } as Fields)
      ]

const ofStore = ({ message, reason }: StoreError): CallStatus => {
  const [code, seconds] = codesOfStore[reason]
  if (code === status.INTERNAL) return internal
  const retry = retryAfter(seconds === undefined ? undefined : seconds * 1_000)
  return encoded(code, message, [infoOf(reason, {}), ...retry])
}

/** How a bug of ours ends: it says nothing. Its cause is in the log. */
export const internal: CallStatus = {
  code: status.INTERNAL,
  message: "Something went wrong on our side",
  details: undefined
}

const allRefusals: Readonly<Record<string, { readonly status: number; readonly title: string }>> = {
  ...catalogRefusals,
  ...refusals
}

/** What only this door refuses, or says in words of its own. */
const ofDoor: Readonly<Record<string, readonly [status, string]>> = {
  Unauthenticated: [
    status.UNAUTHENTICATED,
    "The call does not show who asks, or what it shows is not taken"
  ],
  ServiceNotFound: [status.NOT_FOUND, "No such service"],
  TooManyRequests: [status.RESOURCE_EXHAUSTED, "Too many requests"],
  TooManyCalls: [status.UNAVAILABLE, "Too many calls are under way"],
  TooManyStreams: [status.RESOURCE_EXHAUSTED, "Too many event streams are open"],
  Leaving: [status.UNAVAILABLE, "The server is about to stop; go on at another one"],
  PositionBeyondLog: [status.FAILED_PRECONDITION, "The log has not reached this position"],
  TookTooLong: [
    status.DEADLINE_EXCEEDED,
    "It took too long. If it writes, send it again with the same idempotency-key: it takes effect once."
  ]
}

/** The longest message, in UTF-16: on the wire each of its bytes may take three. */
const messageMax = 500

/** What a refusal says to a person, as REST does. */
const sentenceOf = (refusal: Refused): string => {
  const sentence = Object.hasOwn(refusals, refusal._tag)
    ? saysInventory(refusal as never)
    : saysCatalog(refusal as never)
  const short = sentence.length > messageMax ? `${sentence.slice(0, messageMax - 1)}…` : sentence
  return short.toWellFormed()
}

/** The status of a refusal, or of a store that could not do what it was asked. */
export const statusOf = (failure: Refused | StoreError): CallStatus => {
  if (failure instanceof StoreError) return ofStore(failure)
  const { _tag, ...fields } = failure as Refused
  const [code, title] = ofDoor[_tag] ?? []
  if (code !== undefined && title !== undefined) {
    const { retryMillis, ...rest } = fields
    return encoded(code, title, [infoOf(_tag, rest), ...retryAfter(retryMillis)])
  }
  const kind = allRefusals[_tag]
  if (kind === undefined) return internal
  const found = codesByTag.get(_tag) ?? codesByStatus.get(kind.status) ?? status.UNKNOWN
  // What stands in a detail of its own does not stand twice; how many there are, is.
  const { issues, lines, ...rest } = fields as { issues?: Array<unknown>; lines?: Array<unknown> }
  const count = issues?.length ?? lines?.length
  return encoded(found, sentenceOf(failure as Refused), [
    infoOf(_tag, count === undefined ? rest : { ...rest, count }),
    ...fieldDetails(failure as Refused)
  ])
}
