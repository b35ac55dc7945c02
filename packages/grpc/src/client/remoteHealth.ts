/** Whether another Holdfast says that it is well, over `grpc.health.v1`. */
import * as Effect from "effect/Effect"
import { toolServices } from "../contract/services.ts"
import { type GrpcRemoteOptions, makeGrpcRemote } from "./remote.ts"

/** What keeps the other Holdfast from serving, in words; undefined when nothing does. */
export const grpcTrouble = <E = never>(
  options: GrpcRemoteOptions<E>
): Effect.Effect<string | undefined, E> =>
  Effect.scoped(
    Effect.gen(function* () {
      const call = yield* makeGrpcRemote("it", { ...options, retriesMax: 0 })
      const [check] = toolServices.health.methods
      if (check === undefined) return "there is no health"
      return yield* Effect.match(call(check, { service: "" }), {
        onFailure: ({ message }) => message,
        onSuccess: (answer) =>
          (answer as unknown as { readonly status: number }).status === 1
            ? undefined
            : "it is not ready"
      })
    })
  )
