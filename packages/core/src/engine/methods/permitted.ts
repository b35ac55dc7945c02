/**
 * Asks for permission before an operation is done, when there is a principal to ask. Without one the
 * host is trusted, and nothing is asked.
 */
import * as Effect from "effect/Effect"
import { authorize, objectionTo, type Resource } from "../../access/authorize.ts"
import type { PermittedOperation } from "../../access/Permission.ts"
import type { Principal } from "../../access/Principal.ts"
import type { FieldIssue, InvalidInput } from "../../kernel/InvalidInput.ts"
import type { Forbidden, Unauthenticated } from "../../kernel/refusals.ts"
import { RequestCaller } from "../RequestCaller.ts"
import type { RequestOptions } from "../RequestOptions.ts"

/** Why an operation is not done for a principal. */
export type NotPermitted = Forbidden | Unauthenticated

/** Does the one thing for the host, and the other for a principal. */
export const byAsker = <A, E, R, A2, E2, R2>(
  trusted: () => Effect.Effect<A, E, R>,
  asked: (principal: Principal) => Effect.Effect<A2, E2, R2>
): Effect.Effect<A | A2, E | E2, R | R2> =>
  Effect.withFiber<A | A2, E | E2, R | R2>((fiber) => {
    const { principal } = fiber.getRef(RequestCaller)
    return principal === undefined ? trusted() : asked(principal)
  })

/** Does work if the principal may do the operation, as far as the request itself shows. */
export const ifPermitted = <A, E, R>(
  operation: PermittedOperation,
  work: (principal: Principal | undefined) => Effect.Effect<A, E, R>,
  resource?: Resource
): Effect.Effect<A, E | NotPermitted, R> =>
  byAsker(
    () => work(undefined),
    (principal): Effect.Effect<A, E | NotPermitted, R> => {
      const objection = objectionTo(principal, operation, resource)
      return objection === undefined ? work(principal) : Effect.fail(objection)
    }
  )

/** The names that only a host may give: those of who acts, and of whose keys they are. */
const namedBy = (
  command: object,
  options: RequestOptions | undefined,
  { id }: Principal
): ReadonlyArray<FieldIssue> => {
  const message = `is who asks, "${id}", and cannot be set; leave it out`
  const isAnothers = (actor: unknown) => typeof actor === "string" && actor !== id
  const { actor, lines } = command as { readonly actor?: unknown; readonly lines?: unknown }
  const inLines = Array.isArray(lines)
    ? lines.flatMap((line, index) =>
        isAnothers(Object(line).actor) ? [{ path: `lines.${index}.actor`, message }] : []
      )
    : []
  return [
    ...(isAnothers(actor) ? [{ path: "actor", message }] : []),
    ...inLines,
    ...(isAnothers(options?.actor) ? [{ path: "options.actor", message }] : []),
    ...(isAnothers(options?.caller) ? [{ path: "options.caller", message }] : [])
  ]
}

/** The command of a tag, and what it asks. */
interface PermittedCommands<Command extends { readonly _tag: string }> {
  readonly operationOf: { readonly [Tag in Command["_tag"]]: PermittedOperation }
  /** What a command itself says of the thing that it is about. */
  readonly resourceOf: (command: Command, principal: Principal) => Resource
}

/** Runs a command if the principal may give it. What a batch loads is asked about once more. */
export const permittedCommand =
  <Command extends { readonly _tag: string }, A, E>(
    { operationOf, resourceOf }: PermittedCommands<Command>,
    execute: (command: Command, options?: RequestOptions) => Effect.Effect<A, E>
  ) =>
  (command: Command, options?: RequestOptions): Effect.Effect<A, E | InvalidInput | NotPermitted> =>
    byAsker(
      () => execute(command, options),
      (principal): Effect.Effect<A, E | InvalidInput | NotPermitted> => {
        const operation = operationOf[command._tag as Command["_tag"]]
        const decision = authorize(principal, operation, resourceOf(command, principal))
        if (decision._tag === "Forbidden" || decision._tag === "Unauthenticated") {
          return Effect.fail(decision)
        }
        const issues = namedBy(command, options, principal)
        return issues.length > 0
          ? Effect.fail<InvalidInput>({ _tag: "InvalidInput", issues })
          : execute(command, options)
      }
    )

/** Methods that ask for permission before they read their input. */
export const permittedMethods = <
  Methods extends { readonly [name: string]: (...input: never) => Effect.Effect<unknown, unknown> }
>(
  rows: { readonly [Name in keyof Methods]: Pick<PermittedOperation, "permission"> },
  methods: Methods
): Methods =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => {
      const { permission } = rows[name] as Pick<PermittedOperation, "permission">
      return [name, (...input: never) => ifPermitted({ name, permission }, () => method(...input))]
    })
  ) as unknown as Methods
