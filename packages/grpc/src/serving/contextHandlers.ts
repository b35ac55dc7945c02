/** The methods of a context: each reads its message, asks the service, and writes the answer. */
import type { DescService } from "@bufbuild/protobuf"
import type { PermittedOperation } from "@holdfast/core/access"
import { recordedName } from "@holdfast/core/audit"
import type { RequestOptions } from "@holdfast/core/engine"
import type { StoreError } from "@holdfast/core/inventory"
import { readTraceparent } from "@holdfast/core/tracing"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answerCodec, rpcOf } from "../contract/rpcs.ts"
import { messageCodec, type Plain } from "../messages/messageCodec.ts"
import type { Refused } from "../status/statusOf.ts"
import type { Answered, SentCall, UnaryHandler } from "./calls.ts"
import type { Method } from "./Method.ts"

/** A row of a table of operations, as far as a door needs it. */
export interface Row {
  readonly permission: PermittedOperation["permission"]
  readonly input: Schema.Top
  readonly answer: Schema.Top
  readonly command?: string
}

/** What a context does for its methods. */
export interface ContextService {
  /** Executes the command of a tag. */
  readonly execute: (
    input: Plain & { readonly _tag: string },
    options: RequestOptions | undefined
  ) => Effect.Effect<
    { readonly answer: unknown; readonly isReplayed: boolean },
    Refused | StoreError
  >
  /** Answers the question of a name. */
  readonly ask: (name: string, input: Plain) => Effect.Effect<unknown, Refused | StoreError>
}

/** What the metadata says beside a command. A malformed traceparent is ignored, as over HTTP. */
const optionsOf = ({ metadata }: SentCall): RequestOptions | undefined => {
  const textOf = (name: string): string | undefined => {
    const [value] = metadata.get(name)
    return typeof value === "string" ? value : undefined
  }
  const idempotencyKey = textOf("idempotency-key")
  const correlationId = textOf("x-correlation-id")
  const traced = textOf("traceparent")
  const traceparent = readTraceparent(traced) === undefined ? undefined : traced
  return idempotencyKey === undefined && correlationId === undefined && traceparent === undefined
    ? undefined
    : ({ idempotencyKey, correlationId, traceparent } as RequestOptions)
}

/** Operations that have no method of their own in their context, and why. */
export const elsewhere: ReadonlyMap<string, string> = new Map([
  ["events", "EventsService has the logs of both contexts"],
  ["customer", "what is kept about a customer is read for one order at a time, over REST"],
  ["eraseCustomer", "what is kept about a customer is erased over REST and the command line"],
  ["ping", "grpc.health.v1.Health says whether the stores answer"],
  ["expireLapsed", "the server does it by itself"],
  ["reconcile", "it reads every level at once; ReconcilePart goes through them by parts"]
])

/** A handler, and what is known of its method. */
export interface ContextHandler {
  readonly handler: UnaryHandler
  readonly method: Method
}

/** The handlers of a service, by the names of its methods. */
export const contextHandlers = (
  service: DescService,
  rows: Readonly<Record<string, Row>>,
  context: ContextService & Pick<Method, "context">
): ReadonlyMap<string, ContextHandler> => {
  const methods = new Map(service.methods.map((method) => [method.name, method]))
  const handlerOf = ([name, row]: [string, Row]): readonly [string, ContextHandler] => {
    const { answer, command, input, permission } = row
    const rpc = rpcOf(name, command !== undefined)
    const desc = methods.get(rpc)
    if (desc === undefined) throw new Error(`${service.typeName} has no method ${rpc}`)
    const { codec, faults } = messageCodec(input.ast, desc.input)
    const answers = answerCodec(answer.ast, desc.output)
    const wrong = [...faults, ...answers.faults]
    if (wrong.length > 0) throw new Error(`${rpc} does not fit its operation: ${wrong.join("; ")}`)
    const encode = Schema.encodeUnknownSync(answer as Schema.Codec<unknown, unknown>)
    const answered = (value: unknown, isReplayed: boolean): Answered => ({
      message: answers.toMessage(encode(value)),
      isReplayed
    })
    const handler: UnaryHandler =
      command === undefined
        ? (request) =>
            Effect.map(context.ask(name, codec.fromMessage(request)), (value) =>
              answered(value, false)
            )
        : (request, call) =>
            Effect.map(
              context.execute({ ...codec.fromMessage(request), _tag: command }, optionsOf(call)),
              ({ answer, isReplayed }) => answered(answer, isReplayed)
            )
    const method: Method = {
      context: context.context,
      operation: { name, permission },
      kind: command === undefined ? "reads" : "writes",
      recordedAs: recordedName(name, row)
    }
    return [rpc, { handler, method }]
  }
  return new Map(
    Object.entries(rows)
      .filter(([name]) => !elsewhere.has(name))
      .map(handlerOf)
  )
}
