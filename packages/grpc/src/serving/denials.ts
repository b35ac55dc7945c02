/** What is denied leaves a record in the audit log of the context that it was about. */
import { anonymousPrincipal, type Principal } from "@holdfast/core/access"
import { makeDenials, type RecordDenial, type Sender } from "@holdfast/core/audit"
import { CatalogLog } from "@holdfast/core/catalog"
import { layerDigest } from "@holdfast/core/engine"
import { InventoryLog } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { GrpcCall, GrpcSettings } from "./GrpcOptions.ts"
import type { Method } from "./Method.ts"

/** A call that was denied. */
export interface DeniedCall {
  readonly call: GrpcCall
  readonly method: Method
  /** Who asked; undefined when nobody vouches for them. */
  readonly principal: Principal | undefined
  readonly reason: string
  readonly sender: Sender
  /** The request, whose ids say what it was about. */
  readonly request: object
}

/** What a request names, as `SKU:mug`. */
const targetsIn = (request: object): ReadonlyArray<string> =>
  Object.entries(request).flatMap(([name, id]) =>
    typeof id === "string" && id !== "" && name.endsWith("Id")
      ? [`${name.slice(0, -2).toUpperCase()}:${id.slice(0, 255)}`]
      : []
  )

/** Makes what records denied calls; nothing where the host says so. */
export const makeDenialRecorder = ({ authenticate, recordDenials }: GrpcSettings) =>
  Effect.gen(function* () {
    const recorders = new Map<string, RecordDenial>()
    if (authenticate !== undefined && recordDenials) {
      const inventory = yield* Effect.serviceOption(InventoryLog)
      const catalog = yield* Effect.serviceOption(CatalogLog)
      if (Option.isSome(inventory)) {
        recorders.set("inventory", yield* makeDenials(inventory.value.audit))
      }
      if (Option.isSome(catalog)) recorders.set("catalog", yield* makeDenials(catalog.value.audit))
    }
    const [first] = recorders.values()
    return ({
      call,
      method,
      principal,
      reason,
      request,
      sender
    }: DeniedCall): Effect.Effect<void> => {
      const record = recorders.get(method.context) ?? first
      return record === undefined
        ? Effect.void
        : record({
            principal: principal ?? anonymousPrincipal,
            reason,
            sender,
            correlationId: call.headers["x-correlation-id"]?.slice(0, 255),
            operation: method.recordedAs,
            targets: targetsIn(request)
          })
    }
  }).pipe(Effect.provide(layerDigest))
