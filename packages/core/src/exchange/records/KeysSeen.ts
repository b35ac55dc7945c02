/**
 * The keys that a file has had so far, and the line of each, in 16 bytes a key: a file of a million
 * records costs some 32 MiB, however long its keys are. A key is kept as two hashes of 32 bits; that
 * two of a million keys have both in common is as likely as one in thirty million.
 */
import { hashOf } from "../../kernel/Identifier.ts"

const slotsAtFirst = 1_024

/** Keys with their lines. */
export class KeysSeen {
  private slots = new Uint32Array(slotsAtFirst * 3)
  private size = 0

  /** The line of a key that was seen before; else it is kept with this line, from 1. */
  lineBefore(key: string, line: number): number | undefined {
    const first = hashOf(key)
    const second = hashOf(`${key.length} ${[...key].reverse().join("")}`)
    const known = this.place(first, second, line)
    if (known !== undefined) return known
    this.size += 1
    if (this.size * 3 > this.slots.length / 2) this.grow()
    return undefined
  }

  private place(first: number, second: number, line: number): number | undefined {
    const { slots } = this
    const count = slots.length / 3
    for (let slot = first % count; ; slot = (slot + 1) % count) {
      const known = slots[slot * 3 + 2] ?? 0
      if (known === 0) {
        slots.set([first, second, line], slot * 3)
        return undefined
      }
      if (slots[slot * 3] === first && slots[slot * 3 + 1] === second) return known
    }
  }

  private grow(): void {
    const before = this.slots
    this.slots = new Uint32Array(before.length * 2)
    for (let index = 0; index < before.length; index += 3) {
      const [first = 0, second = 0, line = 0] = before.subarray(index, index + 3)
      if (line !== 0) this.place(first, second, line)
    }
  }
}
