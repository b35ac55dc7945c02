/** When the commands of a story come, and with which ids. */
import * as DateTime from "effect/DateTime"
import type { Origin } from "../kernel/DomainEvent.ts"
import { commandIdFrom } from "../kernel/Identifier.ts"

/** The instant at which every story begins. */
export const beginning: DateTime.Utc = DateTime.makeUnsafe("2026-03-01T09:00:00.000Z")

/** Time stands still until a story says `later`; ids count up, so two runs of one story are equal. */
export class StoryTime {
  now: DateTime.Utc = beginning
  private commands = 0

  /** Lets time pass, in seconds. */
  later(seconds: number): this {
    this.now = DateTime.makeUnsafe(this.now.epochMilliseconds + seconds * 1000)
    return this
  }

  /** Where the next command comes from: ids that count up. */
  nextOrigin(): Origin {
    this.commands += 1
    const counter = new Uint8Array(8)
    new DataView(counter.buffer).setUint32(4, this.commands)
    return {
      commandId: commandIdFrom(this.now.epochMilliseconds, counter),
      correlationId: null,
      traceparent: null,
      actor: null
    }
  }
}
