/** Runs calls as effects: a call that its client gives up, or whose deadline is over, is interrupted. */

import type { Message } from "@bufbuild/protobuf"
import {
  type handleUnaryCall,
  Metadata,
  type ServerUnaryCall,
  type sendUnaryData,
  status
} from "@grpc/grpc-js"
import type { StoreError } from "@holdfast/core/inventory"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type CallStatus, internal, type Refused, statusOf } from "../status/statusOf.ts"

/** An answer, and what its head says. */
export interface Answered {
  readonly message: Message
  readonly isReplayed: boolean
}

/** What a call does. */
export type UnaryHandler = (
  request: Message,
  call: ServerUnaryCall<Message, Message>
) => Effect.Effect<Answered, Refused | StoreError>

/** Starts effects in the services of the door. */
export type Fork = <A, E>(
  effect: Effect.Effect<A, E>
) => {
  readonly interruptUnsafe: () => void
  readonly addObserver: (observer: (exit: Exit.Exit<A, E>) => void) => void
}

const failureOf = ({ code, details, message }: CallStatus) => {
  const metadata = new Metadata()
  if (details !== undefined) metadata.set("grpc-status-details-bin", Buffer.from(details))
  return { code, details: message, metadata }
}

const gone: CallStatus = {
  code: status.CANCELLED,
  message: "The call was ended",
  details: undefined
}

/** The status of a call that failed. A bug of ours is logged. */
export const statusOfCause = (cause: Cause.Cause<Refused | StoreError>, fork: Fork): CallStatus => {
  if (Cause.hasInterruptsOnly(cause)) return gone
  const failure = cause.reasons.find(Cause.isFailReason)
  const found = failure === undefined ? internal : statusOf(failure.error)
  if (found.code === status.INTERNAL) {
    fork(Effect.logError("a gRPC call could not be answered", cause))
  }
  return found
}

/** A handler as grpc-js takes it. */
export const unary =
  (handler: UnaryHandler, fork: Fork): handleUnaryCall<Message, Message> =>
  (call, done: sendUnaryData<Message>) => {
    const fiber = fork(handler(call.request, call))
    call.on("cancelled", () => fiber.interruptUnsafe())
    fiber.addObserver((exit) => {
      if (Exit.isFailure(exit)) return done(failureOf(statusOfCause(exit.cause, fork)))
      if (exit.value.isReplayed) {
        const head = new Metadata()
        head.set("idempotent-replayed", "true")
        call.sendMetadata(head)
      }
      done(null, exit.value.message)
    })
  }
