/** Attributes that contract tests make, of their own. */
import * as Effect from "effect/Effect"
import { Catalog } from "../../../catalog/services/Catalog.ts"
import type { InputOf } from "../../../catalog/services/catalogMethods.ts"
import type { Attribute } from "../../../catalog/state/Attribute.ts"
import { Stage } from "../../contract/Stage.ts"

/** Choices of these values. */
export const choicesOf = (...values: ReadonlyArray<string>) => values.map((value) => ({ value }))

/** Makes an attribute of its own, a CHOICE of three colours unless its kind says otherwise. */
export const freshAttribute = (
  details: Partial<InputOf<"CreateAttribute">> = {}
): Effect.Effect<Attribute, never, Catalog | Stage> =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const { fresh } = yield* Stage
    const { kind = "CHOICE" } = details
    return yield* Effect.orDie(
      catalog.createAttribute({
        code: fresh("attribute"),
        name: "An attribute",
        kind,
        ...(kind === "CHOICE" ? { choices: choicesOf("red", "green", "blue") } : {}),
        ...details
      })
    )
  })
