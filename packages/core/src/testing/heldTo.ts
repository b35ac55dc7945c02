/** A service of commands whose every refusal is compared with the table of operations. */
import * as Effect from "effect/Effect"

type Run = (...asked: ReadonlyArray<never>) => Effect.Effect<unknown, { readonly _tag: string }>

/**
 * The methods of a service, by the command behind each, and `execute`: each fails with a defect when
 * it is refused with what `mustBeInRow` throws about.
 */
export const heldTo = <Tag extends string, Refusal extends { readonly _tag: string }>(
  service: object,
  methodTags: Readonly<Record<string, Tag>>,
  mustBeInRow: (command: Tag, refusal: Refusal) => void
): object => {
  const runs = service as Readonly<Record<string, Run>>
  const held =
    (tag: Tag, run: Run | undefined): Run =>
    (...asked) =>
      Effect.tapError(run?.(...asked) ?? Effect.die(`no method runs ${tag}`), (error) =>
        Effect.sync(() => {
          if (error._tag !== "StoreError") mustBeInRow(tag, error as Refusal)
        })
      )
  const methods = Object.entries(methodTags).map(([name, tag]) => [name, held(tag, runs[name])])
  const execute = (command: { readonly _tag: Tag }, about: unknown) =>
    held(command._tag, runs["execute"])(command as never, about as never)
  return { ...Object.fromEntries(methods), execute }
}
