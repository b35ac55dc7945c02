/**
 * What a search asks of the text of a product: that each of its words is there, whole, as a
 * beginning, as a part, or with one mistake. It is an expression over lexemes, so that every store
 * finds the same.
 */
import type { SearchPlace, SearchText } from "./SearchText.ts"
import { gramsOf, lexeme, normalised, type SearchWord, withEnds, wordsOf } from "./searchWords.ts"

/** The most words of a search. */
export const searchWordsMax = 16

/** A condition on the lexemes of a text. */
export type SearchCondition =
  | { readonly has: string }
  | { readonly begins: string }
  | { readonly all: ReadonlyArray<SearchCondition> }
  | { readonly any: ReadonlyArray<SearchCondition> }

/** A search, ready for a store. */
export interface SearchQuery {
  /** Every word as it was written: whole, as a beginning or as a part. */
  readonly exact: SearchCondition
  /** Every word as it was written, or with one mistake. What is found meets it. */
  readonly near: SearchCondition
  /** What the text itself must hold too. */
  readonly contained: ReadonlyArray<string>
}

/** How well a product is found: 0 by its names, 1 by other text, 2 with a mistake. */
export type SearchRank = 0 | 1 | 2

/** The fewest letters of a word that may have a mistake. */
const nearLengthMin = 6

const all = (conditions: ReadonlyArray<SearchCondition>): SearchCondition =>
  conditions.length === 1 && conditions[0] !== undefined ? conditions[0] : { all: conditions }

const any = (conditions: ReadonlyArray<SearchCondition>): SearchCondition =>
  conditions.length === 1 && conditions[0] !== undefined ? conditions[0] : { any: conditions }

const hasAll = (lexemes: ReadonlyArray<string>): SearchCondition =>
  all([...new Set(lexemes)].map((has) => ({ has })))

const exactly = ({ characters, isSpaced }: SearchWord): SearchCondition => {
  if (!isSpaced) {
    return characters.length === 1
      ? { begins: lexeme.pair(characters.join("")) }
      : hasAll(gramsOf(characters, 2).map(lexeme.pair))
  }
  const begins = { begins: lexeme.word(characters) }
  return characters.length < 3
    ? begins
    : any([begins, hasAll(gramsOf(characters, 3).map(lexeme.part))])
}

/** From how many letters on a word keeps enough of its parts when two letters are exchanged. */
const exchangeLengthMin = 8

/**
 * A word with one mistake: one letter more, less or another one changes at most three neighbours
 * among its parts of three letters, and two exchanged letters four. All others must be there.
 */
const nearly = ({ characters, isSpaced }: SearchWord): ReadonlyArray<SearchCondition> => {
  if (!isSpaced || characters.length < nearLengthMin) return []
  const parts = gramsOf(withEnds(characters), 3).map(lexeme.near)
  const lost = characters.length < exchangeLengthMin ? 3 : 4
  return Array.from({ length: parts.length - lost + 1 }, (_, start) =>
    hasAll([...parts.slice(0, start), ...parts.slice(start + lost)])
  )
}

/** The words of a search text. */
export const searchWordsOf = (text: string): ReadonlyArray<SearchWord> => wordsOf(normalised(text))

/** A search for a text, which has a letter or a digit. */
export const searchQueryOf = (text: string): SearchQuery => {
  const words = searchWordsOf(text)
  return {
    exact: all(words.map(exactly)),
    near: all(words.map((word) => any([exactly(word), ...nearly(word)]))),
    contained: words.flatMap(({ characters, isSpaced }) =>
      isSpaced || characters.length < 3 ? [] : [characters.join("")]
    )
  }
}

const meets = (
  condition: SearchCondition,
  lexemes: SearchText["lexemes"],
  isThere: (place: SearchPlace) => boolean
): boolean => {
  if ("has" in condition) {
    const place = lexemes.get(condition.has)
    return place !== undefined && isThere(place)
  }
  if ("begins" in condition) {
    for (const [found, place] of lexemes) {
      if (found.startsWith(condition.begins) && isThere(place)) return true
    }
    return false
  }
  return "all" in condition
    ? condition.all.every((one) => meets(one, lexemes, isThere))
    : condition.any.some((one) => meets(one, lexemes, isThere))
}

/** How well a search finds a text; undefined when it does not. */
export const searchRankOf = (
  { contained, exact, near }: SearchQuery,
  { lexemes, text }: SearchText
): SearchRank | undefined => {
  if (!contained.every((part) => text.includes(part))) return undefined
  if (meets(exact, lexemes, (place) => place === "NAME")) return 0
  if (meets(exact, lexemes, () => true)) return 1
  return meets(near, lexemes, () => true) ? 2 : undefined
}
