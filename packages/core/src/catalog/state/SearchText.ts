/**
 * What a product is found by: its names first, then its options, codes, text attributes and
 * descriptions, in all languages. At most 64 KiB of text counts; what lies beyond is not found.
 */
import type { Product } from "./Product.ts"
import { gramsOf, lexeme, normalised, withEnds, wordsOf } from "./searchWords.ts"

/** The most bytes of text by which one product is found. */
export const searchedBytesMax = 65_536

/**
 * The most bytes that the lexemes of one product take in a store. They can take sixteen times the
 * bytes of their text, and PostgreSQL refuses 1 MiB of them.
 */
export const lexemesBytesMax = 1_000_000

/** What a store keeps beside a lexeme: how often and where it stands, at an even address. */
const bytesBesideLexeme = 5

/** Where a lexeme stands: in a name, or elsewhere. */
export type SearchPlace = "NAME" | "ELSEWHERE"

/** The text of a product as a store keeps it for searches. */
export interface SearchText {
  /** Every lexeme, with the best place at which it stands. */
  readonly lexemes: ReadonlyMap<string, SearchPlace>
  /** The normalised text, in which the order of characters can be checked. */
  readonly text: string
}

interface Piece {
  readonly text: string
  readonly place: SearchPlace
  /** Whether parts of its words are found, and words that are not spelt right. */
  readonly byParts: boolean
}

const piecesOf = (product: Product): ReadonlyArray<Piece> => {
  const { attributes, description, externalId, name, options, slug, translations } = product
  const texts = Object.values(translations)
  const piece =
    (place: SearchPlace, byParts: boolean) =>
    (text: string | null): ReadonlyArray<Piece> =>
      text === null || text === "" ? [] : [{ text, place, byParts }]
  const named = piece("NAME", true)
  const coded = piece("ELSEWHERE", true)
  const described = piece("ELSEWHERE", false)
  return [
    ...named(name),
    ...texts.flatMap((text) => named(text.name)),
    ...[externalId, slug].flatMap(coded),
    ...Object.values(attributes).flatMap((value) =>
      typeof value === "string" ? coded(value) : []
    ),
    ...options.flatMap((option) => [
      ...coded(option.externalId),
      ...option.skuMappings.flatMap(({ skuId }) => coded(skuId)),
      ...coded(option.name),
      ...Object.values(option.translations).flatMap((text) => coded(text.name))
    ]),
    ...described(description),
    ...texts.flatMap((text) => described(text.description))
  ]
}

const bytesOf = (character: string): number => {
  const code = character.codePointAt(0) ?? 0
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
}

const bytesIn = (text: string): number => {
  let bytes = 0
  for (const character of text) bytes += bytesOf(character)
  return bytes
}

/** As much of a text as has so many bytes. */
const upToBytes = (text: string, bytesMax: number): string => {
  if (text.length * 3 <= bytesMax) return text
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += bytesOf(character)
    if (bytes > bytesMax) break
    end += character.length
  }
  return text.slice(0, end)
}

const lexemesOf = (text: string, byParts: boolean): ReadonlyArray<string> =>
  wordsOf(text).flatMap(({ characters, isSpaced }) => {
    if (!isSpaced) {
      const last = characters.slice(-1).map(lexeme.pair)
      return [...gramsOf(characters, 2).map(lexeme.pair), ...last]
    }
    const word = lexeme.word(characters)
    return byParts
      ? [
          word,
          ...gramsOf(characters, 3).map(lexeme.part),
          ...gramsOf(withEnds(characters), 3).map(lexeme.near)
        ]
      : [word]
  })

/** The text by which a product is found. */
export const searchTextOf = (product: Product): SearchText => {
  const lexemes = new Map<string, SearchPlace>()
  const texts: Array<string> = []
  let bytesLeft = searchedBytesMax
  let lexemesBytesLeft = lexemesBytesMax
  for (const { byParts, place, text } of piecesOf(product)) {
    const kept = upToBytes(normalised(text), bytesLeft)
    if (kept === "") continue
    bytesLeft -= bytesIn(kept) + 1
    texts.push(kept)
    for (const found of lexemesOf(kept, byParts)) {
      const known = lexemes.get(found)
      if (known === undefined) lexemesBytesLeft -= bytesIn(found) + bytesBesideLexeme
      if (lexemesBytesLeft < 0) break
      if (known !== "NAME") lexemes.set(found, place)
    }
    if (bytesLeft <= 0 || lexemesBytesLeft < 0) break
  }
  return { lexemes, text: texts.join("\n") }
}

/** Whether a change of a product changes what it is found by. */
export const isFoundOtherwise = (before: Product, after: Product): boolean =>
  JSON.stringify(piecesOf(before)) !== JSON.stringify(piecesOf(after))
