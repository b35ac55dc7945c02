/** A client that knows nothing but the .proto files, for tests: values as JSON has them. */
import { create, type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf"
import {
  type ChannelCredentials,
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError
} from "@grpc/grpc-js"
import { operations as catalog } from "@holdfast/core/catalog"
import { operations as inventory } from "@holdfast/core/inventory"
import type * as Schema from "effect/Schema"
import { answerCodec, rpcOf } from "../src/contract/rpcs.ts"
import { registry, services } from "../src/contract/services.ts"
import { messageCodec, type Plain } from "../src/messages/messageCodec.ts"

/** How a call ended. */
export interface Ended {
  readonly code: number
  readonly message?: string
  /** The name of the refusal, such as INSUFFICIENT_STOCK. */
  readonly reason?: string | undefined
  readonly info?: Readonly<Record<string, string>> | undefined
  readonly retrySeconds?: number | undefined
  /** The id by which the lines of log of the call are found. */
  readonly requestId?: string | undefined
  readonly fields?: ReadonlyArray<string> | undefined
  readonly answer?: unknown
  readonly isReplayed?: boolean
}

type Details = { readonly [name: string]: never }

/** What a status says beside its code. */
export const readStatus = ({ code, details, metadata }: ServiceError): Ended => {
  const [bytes] = metadata.get("grpc-status-details-bin")
  const statusDesc = registry.getMessage("google.rpc.Status") as DescMessage
  const found: Record<string, Details> = {}
  if (Buffer.isBuffer(bytes)) {
    const status = fromBinary(statusDesc, bytes) as unknown as {
      readonly details: ReadonlyArray<{ readonly typeUrl: string; readonly value: Uint8Array }>
    }
    for (const { typeUrl, value } of status.details) {
      const name = typeUrl.slice(typeUrl.lastIndexOf("/") + 1)
      const desc = registry.getMessage(name) as DescMessage
      found[desc.name] = fromBinary(desc, value) as unknown as Details
    }
  }
  const { BadRequest, ErrorInfo, RequestInfo, RetryInfo } = found as {
    readonly RequestInfo?: { readonly requestId: string }
    readonly ErrorInfo?: { readonly reason: string; readonly metadata: Record<string, string> }
    readonly RetryInfo?: { readonly retryDelay: { readonly seconds: bigint } }
    readonly BadRequest?: { readonly fieldViolations: ReadonlyArray<{ readonly field: string }> }
  }
  return {
    code,
    message: details,
    reason: ErrorInfo?.reason,
    info: ErrorInfo?.metadata,
    requestId: RequestInfo?.requestId,
    retrySeconds: RetryInfo && Number(RetryInfo.retryDelay.seconds),
    fields: BadRequest?.fieldViolations.map(({ field }) => field)
  }
}

const tables = { inventory, catalog }

type Rows = Readonly<
  Record<
    string,
    { readonly input: Schema.Top; readonly answer: Schema.Top; readonly command?: string }
  >
>

const methodOf = (context: "inventory" | "catalog", name: string) => {
  const row = (tables[context] as unknown as Rows)[name]
  if (row === undefined) throw new Error(`no operation ${name}`)
  const service = services[context]
  const method = service.methods.find((one) => one.name === rpcOf(name, row.command !== undefined))
  if (method === undefined) throw new Error(`no method for ${name}`)
  return {
    path: `/${service.typeName}/${method.name}`,
    method,
    inputs: messageCodec(row.input.ast, method.input).codec,
    answers: answerCodec(row.answer.ast, method.output)
  }
}

export const metadataOf = (headers: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  return metadata
}

/** What is null in an input, by the paths that `clear` names. */
const clearedIn = (input: Plain): ReadonlyArray<string> =>
  Object.entries(input).flatMap(([name, value]) =>
    value === null || (Array.isArray(value) && value.length === 0)
      ? [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]
      : []
  )

/** A client of a server. */
export class TestClient {
  readonly client: Client

  constructor(address: string, channel: ChannelCredentials = credentials.createInsecure()) {
    this.client = new Client(address, channel)
  }

  /** Calls the method of an operation, with its input as the library takes it. */
  call(
    context: "inventory" | "catalog",
    name: string,
    input: object,
    headers: Readonly<Record<string, string>> = {},
    deadline?: number
  ): Promise<Ended> {
    const { answers, inputs, method, path } = methodOf(context, name)
    const message = inputs.toMessage(input as Plain)
    if (method.input.fields.some((field) => field.name === "clear")) {
      Object.assign(message, { clear: clearedIn(input as Plain) })
    }
    return new Promise((resolve) => {
      let isReplayed = false
      this.client
        .makeUnaryRequest(
          path,
          (it: Message) => Buffer.from(toBinary(method.input, it)),
          (bytes: Buffer) => fromBinary(method.output, bytes),
          message,
          metadataOf(headers),
          deadline === undefined ? {} : { deadline },
          (error, answer) =>
            resolve(
              error === null
                ? { code: 0, isReplayed, answer: answers.fromMessage(answer as Message) }
                : readStatus(error)
            )
        )
        .on("metadata", (head) => {
          isReplayed = head.get("idempotent-replayed")[0] === "true"
        })
    })
  }

  /** Calls any method with any bytes. */
  raw(path: string, bytes: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return new Promise((resolve) => {
      this.client.makeUnaryRequest(
        path,
        (it: Buffer) => it,
        (it: Buffer) => it,
        bytes,
        metadataOf(headers),
        (error, answer) => resolve(error === null ? { code: 0, answer } : readStatus(error))
      )
    })
  }

  /** Follows events. */
  events(
    input: object,
    headers: Readonly<Record<string, string>> = {}
  ): ClientReadableStream<Message> {
    const method = services.events.methods.find(({ name }) => name === "StreamEvents")
    if (method === undefined) throw new Error("no StreamEvents")
    return this.client.makeServerStreamRequest(
      `/${services.events.typeName}/StreamEvents`,
      (it: Message) => Buffer.from(toBinary(method.input, it)),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      create(method.input, { context: 1, ...input } as never),
      metadataOf(headers)
    )
  }

  close(): void {
    this.client.close()
  }
}

/** How a stream ended. */
export const endOf = (stream: ClientReadableStream<Message>): Promise<Ended> =>
  new Promise((resolve) => {
    stream.on("error", (error: ServiceError) => resolve(readStatus(error)))
    stream.on("end", () => resolve({ code: 0 }))
  })
