/** One call with a message as JSON, to try a server out. A service of yours keeps a client instead. */
import {
  fromBinary,
  fromJson,
  type JsonObject,
  type JsonValue,
  toBinary,
  toJson
} from "@bufbuild/protobuf"
import { Client, credentials, Metadata } from "@grpc/grpc-js"
import { registry } from "../contract/services.ts"

const descriptorOf = (path: string) => {
  const [, service = "", name = ""] = /^\/?([\w.]+)[/.](\w+)$/.exec(path) ?? []
  const methods = registry.getService(service)?.methods
  const method = methods?.find((one) => one.name === name)
  if (method?.methodKind === "unary") return method
  if (method !== undefined)
    throw new Error(`${path} answers with a stream; grpcCall takes one answer`)
  throw new Error(
    methods === undefined
      ? `there is no method ${path}; name it as holdfast.inventory.v1.InventoryService/GetStock`
      : `there is no method ${path}; ${service} has ${methods.map((one) => one.name).join(", ")}`
  )
}

/**
 * Calls a method, such as `holdfast.inventory.v1.InventoryService/GetStock`, of a server in the clear at
 * `127.0.0.1:9090`. The message and the answer are JSON of protobuf, in which an int64 is a text. Rejects
 * with the error of grpc-js, which has `code`, `details` and `metadata`; a message that is none of the
 * method is not sent.
 */
export const grpcCall = async (
  address: string,
  path: string,
  message: JsonValue = {},
  headers: Readonly<Record<string, string>> = {}
): Promise<JsonObject> => {
  const { input, name, output, parent } = descriptorOf(path)
  const sent = Buffer.from(toBinary(input, fromJson(input, message)))
  const metadata = new Metadata()
  for (const [header, value] of Object.entries(headers)) metadata.set(header, value)
  const client = new Client(address, credentials.createInsecure())
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        `/${parent.typeName}/${name}`,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => toJson(output, fromBinary(output, bytes)) as JsonObject,
        sent,
        metadata,
        { deadline: Date.now() + 10_000 },
        (error, answer) => (error === null ? resolve(answer ?? {}) : reject(error))
      )
    })
  } finally {
    client.close()
  }
}
