/**
 * Text as it is searched: the same for every store, since the application makes it. Letters are
 * compared without case, width and accents. Text that is written with spaces is found by its words.
 * Text that is written without them, such as Korean or Japanese, is found by its pairs of characters.
 */

/** The scripts that are written without spaces, or whose words are parts of longer ones. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]+/u

const runs = /[\p{L}\p{M}\p{N}]+/gu

/**
 * A letter of an alphabet with its accents. Marks of other scripts are letters of their own kind. To
 * look back from each mark to its letter would take a second for 10,000 marks in a row.
 */
const accented = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu

/** The most characters of a word that are compared. */
export const wordLengthMax = 64

/** Text without the differences that a search does not see. */
export const normalised = (text: string): string =>
  text.normalize("NFKC").toLowerCase().normalize("NFD").replace(accented, "$1").normalize("NFC")

/** A word, or a run of characters that are written without spaces. */
export interface SearchWord {
  readonly isSpaced: boolean
  /** Its characters, as code points. */
  readonly characters: ReadonlyArray<string>
}

/** The words of normalised text, in order. */
export const wordsOf = (text: string): ReadonlyArray<SearchWord> => {
  const words: Array<SearchWord> = []
  const add = (part: string, isSpaced: boolean) => {
    if (part === "") return
    const characters = [...part]
    words.push({ isSpaced, characters: isSpaced ? characters.slice(0, wordLengthMax) : characters })
  }
  for (const [run] of text.matchAll(runs)) {
    let rest = run
    for (let found = unspaced.exec(rest); found !== null; found = unspaced.exec(rest)) {
      add(rest.slice(0, found.index), true)
      add(found[0], false)
      rest = rest.slice(found.index + found[0].length)
    }
    add(rest, true)
  }
  return words
}

/** Every run of so many characters, in order; none when there are fewer. */
export const gramsOf = (characters: ReadonlyArray<string>, length: number): ReadonlyArray<string> =>
  Array.from({ length: Math.max(0, characters.length - length + 1) }, (_, start) =>
    characters.slice(start, start + length).join("")
  )

/** The lexemes by which a store finds text. Their first letters keep their kinds apart. */
export const lexeme = {
  word: (characters: ReadonlyArray<string>) => `w${characters.join("")}`,
  /** A pair of characters of unspaced text, or the last one alone. */
  pair: (characters: string) => `p${characters}`,
  /** Three characters of a word. */
  part: (characters: string) => `t${characters}`,
  /** Three characters of a word with its ends marked, for words that are not spelt right. */
  near: (characters: string) => `n${characters}`
}

/** The characters of a word with its ends marked. */
export const withEnds = (characters: ReadonlyArray<string>): ReadonlyArray<string> => [
  "0",
  ...characters,
  "0"
]
