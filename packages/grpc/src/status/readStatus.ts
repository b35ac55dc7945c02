/** What a status says to its client: the name of the refusal and its fields. */
import { fromBinary } from "@bufbuild/protobuf"
import { type Any, anyUnpack } from "@bufbuild/protobuf/wkt"
import type { ServiceError } from "@grpc/grpc-js"
import { registry } from "../contract/services.ts"

/** What a status says. */
export interface StatusSaid {
  readonly code: number
  readonly message: string
  /** The name of the refusal, such as `INSUFFICIENT_STOCK`; undefined when it names none. */
  readonly reason: string | undefined
  /** The fields of the refusal, as texts. */
  readonly fields: Readonly<Record<string, string>>
}

/** Reads a status. What cannot be read of its details is left out. */
export const readStatus = ({ code, details, metadata }: ServiceError): StatusSaid => {
  const plain = { code, message: details, reason: undefined, fields: {} }
  const [bytes] = metadata.get("grpc-status-details-bin")
  const desc = registry.getMessage("google.rpc.Status")
  if (!Buffer.isBuffer(bytes) || desc === undefined) return plain
  try {
    const status = fromBinary(desc, bytes) as unknown as { readonly details: ReadonlyArray<Any> }
    for (const detail of status.details) {
      const info = anyUnpack(detail, registry)
      if (info?.$typeName !== "google.rpc.ErrorInfo") continue
      const { metadata: fields, reason } = info as unknown as {
        readonly reason: string
        readonly metadata: Readonly<Record<string, string>>
      }
      return { ...plain, reason, fields }
    }
  } catch {
    return plain
  }
  return plain
}
