/**
 * A Holdfast that is reached over gRPC, for the other context's questions to it. Every call is a read, so
 * it may be sent again: each try has a time limit, failures of the network are tried again a few times,
 * and a circuit breaker lets a server that is away alone for a while. Calls fail with `StoreError`; they
 * never wait for long.
 */
import { create, type DescMethod, fromBinary, type Message, toBinary } from "@bufbuild/protobuf"
import {
  type CallOptions,
  Client,
  credentials,
  Metadata,
  type ServiceError,
  status
} from "@grpc/grpc-js"
import { StoreError, type StoreErrorReason } from "@holdfast/core/engine"
import { traceparentOf } from "@holdfast/core/tracing"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { readStatus, type StatusSaid } from "../status/readStatus.ts"

/** What a TLS connection is made with, in PEM; what is left out is that of Node. */
export interface PeerCertificates {
  readonly ca?: ReadonlyArray<string> | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** Where the other Holdfast is, and how patient its callers are. */
export interface GrpcRemoteOptions<E = never> {
  /** Where it is: `grpc://inventory:9090` in the clear, `grpcs://inventory:9090` over TLS. */
  readonly url: string | URL
  /** What is shown there as `authorization: Bearer`, such as the key of a service. */
  readonly bearer?: Redacted.Redacted | undefined
  /** Gives the certificates of TLS, now and whenever they have changed; those of Node unless given. */
  readonly certificates?:
    | ((use: (certificates: PeerCertificates) => void) => Effect.Effect<void, E, Scope.Scope>)
    | undefined
  /** How long one try may take, in milliseconds: 1,000. */
  readonly tryMillisMax?: number | undefined
  /** How often a call is tried again when the network fails, or no answer comes: 2. */
  readonly retriesMax?: number | undefined
  /** After so many calls in a row that failed, no call is sent for a while: 5. */
  readonly failuresMax?: number | undefined
  /** How long no call is sent then, in milliseconds, before one finds out how things are: 5,000. */
  readonly openMillis?: number | undefined
}

/** Why a call was not answered. */
export interface RemoteFailure extends StatusSaid {
  readonly _tag: "RemoteFailure"
}

/** Sends one call to the other Holdfast. */
export type RemoteCall = (
  method: DescMethod,
  request: object
) => Effect.Effect<Message, RemoteFailure | StoreError>

/** A pause before another try, in milliseconds. */
const pauseMillis = 50

/** Codes of a server that is away or too busy; all else is an answer. */
const away: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.INTERNAL,
  status.UNKNOWN
])

const isAway = ({ code }: RemoteFailure): boolean => away.has(code)

const reasons: ReadonlyMap<string, StoreErrorReason> = new Map([
  ["OVERLOADED", "Overloaded"],
  ["UNAVAILABLE", "Unavailable"],
  ["BUSY", "Busy"],
  ["TIMED_OUT", "TimedOut"]
])

const unavailable = (what: string, words: string) =>
  new StoreError({ reason: "Unavailable", message: `${what} does not answer: ${words}` })

/** What was not answered as the failure of a store; a `StoreError` of the server is taken over. */
export const storeErrorOf = (what: string, failure: RemoteFailure | StoreError): StoreError => {
  if (failure instanceof StoreError) return failure
  const reason = reasons.get(failure.reason ?? "")
  return reason === undefined
    ? unavailable(what, failure.message)
    : new StoreError({ reason, message: failure.message })
}

const targetOf = (url: string | URL): { readonly target: string; readonly isSecure: boolean } => {
  const { host, protocol } = new URL(url)
  return { target: host, isSecure: protocol === "grpcs:" }
}

/** What a channel does by itself is done here: proxies of the environment are for other traffic. */
const channelOptions = {
  "grpc.enable_retries": 0,
  "grpc.enable_http_proxy": 0,
  "grpc.max_receive_message_length": 64 * 1_024 * 1_024
}

const makeClient = (target: string, certificates: PeerCertificates | undefined): Client => {
  if (certificates === undefined) {
    return new Client(target, credentials.createInsecure(), channelOptions)
  }
  const { ca, cert, key } = certificates
  const bytes = (text: string | undefined) => (text === undefined ? null : Buffer.from(text))
  const channel = credentials.createSsl(bytes(ca?.join("\n")), bytes(key), bytes(cert))
  return new Client(target, channel, channelOptions)
}

/** A client that is made again whenever its certificates change. */
const currentClient = <E>({ certificates, url }: GrpcRemoteOptions<E>) =>
  Effect.gen(function* () {
    const { isSecure, target } = targetOf(url)
    let client = makeClient(target, isSecure ? {} : undefined)
    yield* Effect.addFinalizer(() => Effect.sync(() => client.close()))
    if (isSecure && certificates !== undefined) {
      yield* certificates((now) => {
        const before = client
        client = makeClient(target, now)
        before.close()
      })
    }
    return () => client
  })

const send = (
  client: Client,
  { input, name, output, parent }: DescMethod,
  request: object,
  { metadata, ...options }: CallOptions & { readonly metadata: Metadata }
): Effect.Effect<Message, RemoteFailure> =>
  Effect.callback((resume) => {
    const failed = (error: ServiceError) =>
      resume(Effect.fail({ _tag: "RemoteFailure", ...readStatus(error) }))
    const path = `/${parent.typeName}/${name}`
    const encode = (message: Message) => Buffer.from(toBinary(input, message))
    const decode = (bytes: Buffer): Message => fromBinary(output, bytes)
    const message = create(input, request as Record<string, unknown>)
    if (
      parent.method[`${name.slice(0, 1).toLowerCase()}${name.slice(1)}`]?.methodKind === "unary"
    ) {
      const call = client.makeUnaryRequest(
        path,
        encode,
        decode,
        message,
        metadata,
        options,
        (error, answer) =>
          error === null ? resume(Effect.succeed(answer as Message)) : failed(error)
      )
      return Effect.sync(() => call.cancel())
    }
    const stream = client.makeServerStreamRequest(path, encode, decode, message, metadata, options)
    stream.on("error", failed)
    stream.once("end", () =>
      resume(
        Effect.fail({
          _tag: "RemoteFailure",
          code: status.UNAVAILABLE,
          message: "the stream ended before it began",
          reason: undefined,
          fields: {}
        })
      )
    )
    stream.once("data", (first: Message) => {
      resume(Effect.succeed(first))
      stream.cancel()
    })
    return Effect.sync(() => stream.cancel())
  })

/** Makes the way to another Holdfast; `what` names it in messages. */
export const makeGrpcRemote = Effect.fnUntraced(function* <E>(
  what: string,
  options: GrpcRemoteOptions<E>
): Effect.fn.Return<RemoteCall, E, Scope.Scope> {
  const {
    bearer,
    failuresMax = 5,
    openMillis = 5_000,
    retriesMax = 2,
    tryMillisMax = 1_000
  } = options
  const breaker = yield* Effect.provide(
    CircuitBreaker.make({
      tripPolicy: CircuitBreaker.consecutive(failuresMax),
      openDuration: openMillis
    }),
    CircuitBreaker.layerStoreMemory()
  )
  const client = yield* currentClient(options)
  const once = (method: DescMethod, request: object) =>
    Effect.withFiber<Message, RemoteFailure>((fiber) => {
      const metadata = new Metadata()
      const span = fiber.cache.span
      if (span !== undefined) metadata.set("traceparent", traceparentOf(span))
      if (bearer !== undefined) metadata.set("authorization", `Bearer ${Redacted.value(bearer)}`)
      return send(client(), method, request, { metadata, deadline: Date.now() + tryMillisMax })
    })
  return (method, request) =>
    once(method, request).pipe(
      Effect.retry({
        while: isAway,
        times: retriesMax,
        schedule: Schedule.exponential(pauseMillis)
      }),
      (tried) =>
        breaker.execute(tried, {
          key: what,
          classify: (exit) =>
            Exit.isFailure(exit) &&
            exit.cause.reasons.some((one) => one._tag === "Fail" && isAway(one.error))
              ? CircuitBreaker.failure()
              : CircuitBreaker.success
        }),
      Effect.mapError((error) =>
        error._tag === "RemoteFailure"
          ? error
          : unavailable(what, "it failed several times in a row, and is not asked for some seconds")
      )
    )
})
