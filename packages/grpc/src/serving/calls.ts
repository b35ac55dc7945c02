/** Runs calls as effects: a call that its client gives up, or whose time is over, is interrupted. */
import type { Message } from "@bufbuild/protobuf"
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServerUnaryCall,
  type ServerWritableStream,
  status
} from "@grpc/grpc-js"
import type { StoreError } from "@holdfast/core/inventory"
import { counter, durationBuckets, histogram } from "@holdfast/core/metrics"
import type { AccessLogOptions } from "@holdfast/core/tracing"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { Refused } from "../status/statusOf.ts"
import { failureOf, inCallSpan, logged, nameCall } from "./callLog.ts"
import { unreadable } from "./definitions.ts"

/** Why a call was not answered, as far as its sender may know. */
export type CallFailure = Refused | StoreError

/** An answer, and whether it is that of an earlier call with the same key. */
export interface Answered {
  readonly message: Message
  readonly isReplayed: boolean
}

/** A call of either kind, as a handler sees it. */
export type SentCall = ServerUnaryCall<Message, Message> | ServerWritableStream<Message, Message>

/** What a call with one answer does. */
export type UnaryHandler = (
  request: Message,
  call: SentCall
) => Effect.Effect<Answered, CallFailure>

/** What a call with a stream of answers does. */
export type StreamHandler = (
  request: Message,
  call: SentCall
) => Stream.Stream<Message, CallFailure>

/** What a call goes through before its handler, such as the question of who sends it. */
export type Around = <A>(
  effect: Effect.Effect<A, CallFailure>,
  call: SentCall
) => Effect.Effect<A, CallFailure>

const calls = counter("holdfast_grpc_calls_total", "Calls over gRPC that have ended", {
  labels: ["method", "code"],
  seriesMax: 2_000
})

const durations = histogram(
  "holdfast_grpc_call_duration_seconds",
  "How long a call over gRPC with one answer took",
  { unit: "seconds", labels: ["method"], buckets: durationBuckets }
)

/** Counts calls in the registry of a context, by their methods: those that the server has. */
export const callMeter = (context: Context.Context<never>): Running["ended"] => {
  const [counted, timed] = [calls.in(context), durations.in(context)]
  return (call, code, begun) => {
    // `/holdfast.v1.InventoryService/Reserve` without its package.
    const method = call.getPath().replace(/^\/(?:[^/]*\.)?/, "")
    counted.with(method, status[code] ?? "UNKNOWN").add()
    if (begun !== undefined) timed.with(method).observe((performance.now() - begun) / 1_000)
  }
}

/** How calls are run. */
export interface Running {
  readonly fork: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
  /** How long a call with one answer may take, in milliseconds. */
  readonly callMillisMax: number
  /** Waits until streams have to end, since the server leaves. */
  readonly leaving: Effect.Effect<void>
  /** Counts a call that has ended; one with one answer gives when it began. */
  readonly ended: (call: Pick<SentCall, "getPath">, code: status, begun: number | undefined) => void
  /** Which calls get a line of log; none unless given. */
  readonly accessLog: AccessLogOptions | undefined
}

/** The time is over, and nobody knows whether it took effect. */
const tooLong: Refused = { _tag: "TookTooLong" }

/** Bytes that are no message of the method. */
export const noMessage: Refused = {
  _tag: "InvalidInput",
  issues: [{ path: "", message: "the message cannot be read" }]
}

/** Interrupts the work on a call that its client gives up. */
const whileWanted = <A, E>(call: SentCall, fiber: Fiber.Fiber<A, E>): Fiber.Fiber<A, E> => {
  call.on("cancelled", () => fiber.interruptUnsafe())
  if (call.cancelled) fiber.interruptUnsafe()
  return fiber
}

/** A handler with one answer, as grpc-js takes it. */
export const unary =
  (handler: UnaryHandler, around: Around, running: Running): handleUnaryCall<Message, Message> =>
  (call, done) => {
    const begun = performance.now()
    const handled = Effect.suspend(() =>
      call.request === unreadable ? Effect.fail(noMessage) : handler(call.request, call)
    )
    const answer = Effect.timeoutOrElse(around(handled, call), {
      duration: running.callMillisMax,
      orElse: () => Effect.fail(tooLong)
    })
    const named = nameCall(call)
    const work = inCallSpan(call, logged(named, answer, running))
    whileWanted(call, running.fork(work)).addObserver((exit) => {
      if (Exit.isFailure(exit)) {
        const failure = failureOf(exit.cause, named)
        running.ended(call, failure.code, begun)
        return done(failure)
      }
      running.ended(call, status.OK, begun)
      if (exit.value.isReplayed) {
        const head = new Metadata()
        head.set("idempotent-replayed", "true")
        call.sendMetadata(head)
      }
      done(null, exit.value.message)
    })
  }

/** Writes a message, and waits while the reader has too much before it. */
const write = (call: ServerWritableStream<Message, Message>, message: Message) =>
  Effect.suspend(() => {
    if (call.write(message)) return Effect.void
    return Effect.callback<void>((resume) => {
      const onward = () => resume(Effect.void)
      call.once("drain", onward)
      return Effect.sync(() => call.off("drain", onward))
    })
  })

/** The server leaves, so the stream goes on at another one. */
const leaves: Refused = { _tag: "Leaving", retryMillis: 1_000 }

/** A handler with a stream of answers, as grpc-js takes it. */
export const streaming =
  (
    handler: StreamHandler,
    around: Around,
    running: Running
  ): handleServerStreamingCall<Message, Message> =>
  (call) => {
    const sent = Effect.suspend(() =>
      call.request === unreadable
        ? Effect.fail(noMessage)
        : Stream.runForEach(handler(call.request, call), (message) => write(call, message))
    )
    const untilLeaving = Effect.raceFirst(
      sent,
      Effect.andThen(running.leaving, Effect.fail(leaves))
    )
    const named = nameCall(call)
    const accessLog = running.accessLog && { ...running.accessLog, slowMillis: undefined }
    const work = inCallSpan(call, logged(named, around(untilLeaving, call), { accessLog }))
    whileWanted(call, running.fork(work)).addObserver((exit) => {
      const failure = Exit.isSuccess(exit) ? undefined : failureOf(exit.cause, named)
      running.ended(call, failure?.code ?? status.OK, undefined)
      if (failure === undefined) call.end()
      else if (!call.cancelled) call.emit("error", failure)
    })
  }
