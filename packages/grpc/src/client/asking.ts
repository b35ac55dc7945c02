/** Asks another Holdfast a question of a context, as its tables of operations have it. */
import { operations as catalog } from "@holdfast/core/catalog"
import { StoreError } from "@holdfast/core/engine"
import { operations as inventory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answerCodec, rpcOf } from "../contract/rpcs.ts"
import { services } from "../contract/services.ts"
import { messageCodec, type Plain } from "../messages/messageCodec.ts"
import { type RemoteCall, storeErrorOf } from "./remote.ts"

const tables = { inventory, catalog } as const

/** The answer of an operation. */
type AnswerOf<
  Name extends keyof (typeof tables)[Context],
  Context extends keyof typeof tables
> = (typeof tables)[Context][Name] extends {
  readonly answer: { readonly Type: infer A }
}
  ? A
  : never

/** A question that is ready to be asked; made once, since making its codecs takes time. */
export const question = <
  Context extends keyof typeof tables,
  Name extends keyof (typeof tables)[Context] & string
>(
  context: Context,
  name: Name
): ((
  call: RemoteCall,
  what: string,
  input: Plain
) => Effect.Effect<AnswerOf<Name, Context>, StoreError>) => {
  const row = tables[context][name] as unknown as {
    readonly input: Schema.Top
    readonly answer: Schema.Codec<AnswerOf<Name, Context>>
  }
  const rpc = rpcOf(name, false)
  const method = services[context].methods.find((one) => one.name === rpc)
  if (method === undefined) throw new Error(`there is no method ${rpc}`)
  const { codec } = messageCodec(row.input.ast, method.input)
  const { fromMessage } = answerCodec(row.answer.ast, method.output)
  const decode = Schema.decodeUnknownSync(row.answer)
  return (call, what, input) =>
    call(method, codec.toMessage(input)).pipe(
      Effect.mapError((failure) => storeErrorOf(what, failure)),
      // A later release may have words that this one does not know.
      Effect.flatMap((message) =>
        Effect.try({
          try: () => decode(fromMessage(message)),
          catch: (cause) =>
            new StoreError({
              reason: "Unavailable",
              message: `${what} answered what this release cannot read`,
              cause
            })
        })
      )
    )
}
