/** The methods of a context: each reads its message, asks the service, and writes the answer. */
import type { DescService, Message } from "@bufbuild/protobuf"
import type { ServerUnaryCall } from "@grpc/grpc-js"
import type { RequestOptions } from "@holdfast/core/engine"
import type { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answerCodec, rpcOf } from "../contract/rpcs.ts"
import { messageCodec, type Plain } from "../messages/messageCodec.ts"
import type { Refused } from "../status/statusOf.ts"
import type { Answered, UnaryHandler } from "./calls.ts"

/** A row of a table of operations, as far as a door needs it. */
interface Row {
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

const traceparentPattern = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** What the metadata says beside a command. A malformed traceparent is ignored, as over HTTP. */
const optionsOf = ({ metadata }: ServerUnaryCall<Message, Message>): RequestOptions | undefined => {
  const textOf = (name: string): string | undefined => {
    const [value] = metadata.get(name)
    return typeof value === "string" ? value : undefined
  }
  const idempotencyKey = textOf("idempotency-key")
  const correlationId = textOf("x-correlation-id")
  const traced = textOf("traceparent")
  const traceparent = traced !== undefined && traceparentPattern.test(traced) ? traced : undefined
  return idempotencyKey === undefined && correlationId === undefined && traceparent === undefined
    ? undefined
    : ({ idempotencyKey, correlationId, traceparent } as RequestOptions)
}

/** Operations that another service has, or that health answers. */
export const elsewhere: ReadonlySet<string> = new Set(["events", "ping"])

/** The handlers of a service, by the names of its methods. */
export const contextHandlers = (
  service: DescService,
  rows: Readonly<Record<string, Row>>,
  context: ContextService
): ReadonlyMap<string, UnaryHandler> => {
  const methods = new Map(service.methods.map((method) => [method.name, method]))
  const handlerOf = ([name, { answer, command, input }]: [string, Row]) => {
    const rpc = rpcOf(name, command !== undefined)
    const method = methods.get(rpc)
    if (method === undefined) throw new Error(`${service.typeName} has no method ${rpc}`)
    const { codec, faults } = messageCodec(input.ast, method.input)
    const answers = answerCodec(answer.ast, method.output)
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
    return [rpc, handler] as const
  }
  return new Map(
    Object.entries(rows)
      .filter(([name]) => !elsewhere.has(name))
      .map(handlerOf)
  )
}
