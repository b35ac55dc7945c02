/** The questions about attributes: one of them, or a page of them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { after, orElse } from "../../engine/methods/questions.ts"
import { cursor, cutPage, pageSizeDefault, positionOf } from "../../kernel/Page.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { RefusalOf } from "../messages/CatalogError.ts"
import type { QueryAnswerOf, QueryOf } from "../messages/queryOperations.ts"
import type { CatalogReads } from "../ports/CatalogReads.ts"
import { type Attribute, AttributeCode } from "../state/Attribute.ts"
import { named, namedChoices } from "./productAnswers.ts"

const place = cursor(Schema.Struct({ code: AttributeCode }))

/** An attribute with its names in the language that is asked for. */
const viewIn = (locale: string | undefined) => (attribute: Attribute) =>
  namedChoices(named(attribute, locale), locale)

/** The answers, over the reads of a store. */
export const attributeAnswers = (reads: CatalogReads["Service"]) => ({
  attribute: ({
    attributeId,
    locale
  }: QueryOf<"attribute">): Effect.Effect<Attribute, RefusalOf<"AttributeNotFound"> | StoreError> =>
    Effect.flatMap(reads.attributes({ ids: [attributeId] }), ([attribute]) =>
      Effect.map(
        orElse(
          attribute,
          Effect.fail({
            _tag: "AttributeNotFound" as const,
            attributes: [attributeId],
            fields: ["attributeId"]
          })
        ),
        viewIn(locale)
      )
    ),
  attributes: ({
    codes,
    cursor: token,
    locale,
    size = pageSizeDefault
  }: QueryOf<"attributes">): Effect.Effect<
    QueryAnswerOf<"attributes">,
    RefusalOf<"InvalidInput"> | StoreError
  > =>
    after(positionOf(place, token), (position) => {
      const start = position?.code ?? null
      const read = reads.attributes(
        codes === undefined ? { after: start, limit: size + 1 } : { codes }
      )
      return Effect.map(read, (found) => {
        // Attributes of some codes are few, and cut here.
        const ahead = start === null ? found : found.filter(({ code }) => code > start)
        const { items, next } = cutPage(ahead, size, ({ code }) => place.encode({ code }))
        return { items: items.map(viewIn(locale)), next }
      })
    })
})
