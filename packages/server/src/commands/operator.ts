/** Who works on a database with a command: the audit log names them so. */
import { RequestCaller } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"

/** The operator at the machine, whom nobody asks for permission: they have the database. */
const operator = { id: "cli", kind: "SERVICE", roles: [] } as const

/** Does work in the name of the host, for the operator: records name the service `cli`. */
export const asOperator: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> =
  Effect.provideService(RequestCaller, { caller: "", askedBy: { principal: operator } })
