/**
 * Names and descriptions in other languages, by locale. What a thing is called without a locale is in
 * the language of the host; a reader who asks for a locale gets the nearest text that there is.
 */
import * as Schema from "effect/Schema"

/** The most locales of one thing. */
export const localesMax = 50

/** The most code points of all translations of one thing together. */
export const translatedTextMax = 100_000

/** A language of BCP 47, with script and region on request, such as `ko`, `pt-BR` or `zh-Hant-TW`. */
export const Locale = Schema.String.check(
  Schema.isPattern(/^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$/u, {
    message: "must be a language with script and region on request, such as ko, pt-BR or zh-Hant-TW"
  })
).annotate({ identifier: "Locale" })

/** The texts of a product in one locale; null where there is none. */
export const Translation = Schema.Struct({
  name: Schema.NullOr(Schema.String),
  description: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Translation" })

/** The texts of a product by locale, in the order of the locales. */
export const Translations = Schema.Record(Schema.String, Translation)
export type Translations = typeof Translations.Type

/** The names of an option or a category by locale, in the order of the locales. */
export const TranslatedNames = Schema.Record(Schema.String, Schema.Struct({ name: Schema.String }))
export type TranslatedNames = typeof TranslatedNames.Type

type Texts = { readonly [field: string]: string | null }
type Changes = { readonly [locale: string]: { readonly [field: string]: string | null } | null }

const isNothing = (texts: Texts): boolean => Object.values(texts).every((text) => text === null)

/**
 * Translations with some of them changed: of a locale, what is left out stays; null clears a text, or
 * all of the locale. A locale without any text is gone. `bare` is what a new locale begins with.
 */
export const withTranslations = <T extends Texts>(
  before: { readonly [locale: string]: T },
  changes: Changes,
  bare: T
): { readonly [locale: string]: T } => {
  const after = new Map(Object.entries(before))
  for (const [locale, texts] of Object.entries(changes)) {
    const changed = { ...(after.get(locale) ?? bare), ...texts }
    if (texts === null || isNothing(changed)) after.delete(locale)
    else after.set(locale, changed)
  }
  return Object.fromEntries([...after].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What is wrong with so many translations, or undefined. */
export const tooManyTranslations = (translations: {
  readonly [locale: string]: Texts
}): string | undefined => {
  const locales = Object.keys(translations).length
  if (locales > localesMax) return `would have ${locales} locales; there may be ${localesMax}`
  return tooMuchText([translations])
}

/** What is wrong with the translations of things that are kept together, or undefined. */
export const tooMuchText = (
  things: ReadonlyArray<{ readonly [locale: string]: Texts }>
): string | undefined => {
  let length = 0
  for (const texts of things.flatMap((translations) => Object.values(translations))) {
    for (const text of Object.values(texts)) length += [...(text ?? "")].length
  }
  return length > translatedTextMax
    ? `would have ${length} code points; there may be ${translatedTextMax}`
    : undefined
}

/** A locale, then the more general ones: `zh-Hant-TW`, `zh-Hant`, `zh`. */
export const fallbackOf = (locale: string): ReadonlyArray<string> => {
  const parts = locale.split("-")
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("-"))
}

/** The text of a field in the nearest locale that has it, or the text without a locale. */
export const textIn = <Field extends string, Default extends string | null>(
  translations: { readonly [locale: string]: { readonly [F in Field]?: string | null } },
  field: Field,
  locale: string | undefined,
  otherwise: Default
): string | Default => {
  if (locale === undefined) return otherwise
  for (const candidate of fallbackOf(locale)) {
    const texts = Object.hasOwn(translations, candidate) ? translations[candidate] : undefined
    const text = texts?.[field]
    if (text !== undefined && text !== null) return text
  }
  return otherwise
}
