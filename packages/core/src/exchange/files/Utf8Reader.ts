/**
 * Bytes as text, without hiding what is wrong with them. A decoder of the platform either fails on
 * a whole part, or puts a mark in place of broken bytes that good text may hold as well. Here a byte
 * that is no UTF-8 becomes a lone surrogate, which no valid text decodes to, so that the cell that
 * holds it can be named and the others are read.
 */

/** The lone surrogate of a byte that is no UTF-8. */
const brokenByte = (byte: number): string => String.fromCharCode(0xdc00 + byte)

/** How many bytes a character has that begins with this one; 0 when none begins so. */
const lengthOf = (first: number): number => {
  if (first < 0x80) return 1
  if (first >= 0xc2 && first <= 0xdf) return 2
  if (first >= 0xe0 && first <= 0xef) return 3
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0
}

const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80

/** How many bytes at the end begin a character whose other bytes are not there yet. */
const unfinishedIn = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (isContinuation(byte)) continue
    return lengthOf(byte) > back ? back : 0
  }
  return 0
}

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/** Reads parts of a text in UTF-8; a character may lie across two parts. */
export class Utf8Reader {
  private readonly strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  private rest: Uint8Array = new Uint8Array()

  /** The text of the next part, as far as its last whole character. */
  read(part: Uint8Array): string {
    const bytes = joined(this.rest, part)
    const end = bytes.length - unfinishedIn(bytes)
    this.rest = bytes.slice(end)
    return this.decode(bytes.subarray(0, end))
  }

  /** The text of the bytes that no character was made of, at the end. */
  end(): string {
    const rest = this.rest
    this.rest = new Uint8Array()
    return this.decode(rest)
  }

  private decode(bytes: Uint8Array): string {
    try {
      return this.strict.decode(bytes)
    } catch {
      return this.decodeOneByOne(bytes)
    }
  }

  private decodeOneByOne(bytes: Uint8Array): string {
    const parts: Array<string> = []
    for (let index = 0; index < bytes.length; ) {
      const first = bytes[index] ?? 0
      const length = lengthOf(first)
      const character = length > 1 ? this.characterAt(bytes, index, length) : undefined
      if (length === 1) parts.push(String.fromCharCode(first))
      else parts.push(character ?? brokenByte(first))
      index += character === undefined ? 1 : length
    }
    return parts.join("")
  }

  private characterAt(bytes: Uint8Array, index: number, length: number): string | undefined {
    try {
      return this.strict.decode(bytes.subarray(index, index + length))
    } catch {
      return undefined
    }
  }
}

/** The first byte in a text that is no UTF-8, or undefined. */
export const brokenByteIn = (text: string): number | undefined => {
  if (text.isWellFormed()) return undefined
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0xd800 && unit <= 0xdbff) index++
    else if (unit >= 0xdc80 && unit <= 0xdcff) return unit - 0xdc00
  }
  return undefined
}
