/** Reflection: tells tools such as grpcurl which services there are, and what their messages hold. */
import { create, type DescFile, type DescService, type Message, toBinary } from "@bufbuild/protobuf"
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt"
import { type ServerDuplexStream, status, type UntypedHandleCall } from "@grpc/grpc-js"
import { registry } from "../contract/services.ts"
import { statusOf } from "../status/statusOf.ts"
import { asSent } from "./callLog.ts"
import { noMessage } from "./calls.ts"
import { unreadable } from "./definitions.ts"

/** What a tool asks: one of these. */
interface Asked {
  readonly host: string
  readonly messageRequest: { readonly case: string | undefined; readonly value?: unknown }
}

/** The file itself, then every file that it needs. */
const withImports = (file: DescFile): ReadonlyArray<DescFile> => [
  ...new Set([file, ...file.dependencies.flatMap(withImports)])
]

const bytesOf = new Map<DescFile, ReadonlyArray<Uint8Array>>()

/** The file and what it needs, written once: anybody may ask for it as often as they like. */
const written = (file: DescFile): ReadonlyArray<Uint8Array> => {
  const known = bytesOf.get(file)
  if (known !== undefined) return known
  const bytes = withImports(file).map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto))
  bytesOf.set(file, bytes)
  return bytes
}

const fileOfSymbol = (symbol: string): DescFile | undefined => {
  const found = registry.get(symbol)
  if (found !== undefined) return found.kind === "extension" ? undefined : found.file
  // A method or a field is found by what it belongs to.
  const [, owner] = /^(.+)\.[^.]+$/.exec(symbol) ?? []
  const parent = owner === undefined ? undefined : registry.get(owner)
  return parent === undefined || parent.kind === "extension" ? undefined : parent.file
}

/** Handles a stream of questions about these services. */
export const reflectionOf = (
  own: DescService,
  served: ReadonlyArray<DescService>
): ReadonlyMap<string, UntypedHandleCall> => {
  const { output } = own.methods[0] as DescService["methods"][number]
  const refused = (errorCode: status, errorMessage: string) => ({
    case: "errorResponse",
    value: { errorCode, errorMessage }
  })
  const described = (file: DescFile | undefined, what: string) =>
    file === undefined
      ? refused(status.NOT_FOUND, `there is no ${what}`)
      : {
          case: "fileDescriptorResponse",
          value: { fileDescriptorProto: written(file) }
        }
  const answerTo = ({ case: kind, value }: Asked["messageRequest"]) => {
    const asked = String(value)
    if (kind === "listServices") {
      const service = served.map(({ typeName }) => ({ name: typeName }))
      return { case: "listServicesResponse", value: { service } }
    }
    if (kind === "fileByFilename") {
      return described(registry.getFile(asked), `file ${asked}`)
    }
    if (kind === "fileContainingSymbol") return described(fileOfSymbol(asked), asked)
    return refused(status.UNIMPLEMENTED, "extensions are not served: there are none")
  }
  const handle = (call: ServerDuplexStream<Message, Message>) => {
    call.on("data", (request: Message) => {
      if (request === unreadable) {
        call.emit("error", asSent(statusOf(noMessage)))
        return
      }
      const { host, messageRequest } = request as unknown as Asked
      const answer = {
        validHost: host,
        originalRequest: request,
        messageResponse: answerTo(messageRequest)
      }
      if (call.write(create(output, answer as Record<string, unknown>))) return
      // Who asks and does not read is asked nothing more: an answer is much larger than its question.
      call.pause()
      call.once("drain", () => call.resume())
    })
    call.on("end", () => call.end())
  }
  return new Map([["ServerReflectionInfo", handle as UntypedHandleCall]])
}
