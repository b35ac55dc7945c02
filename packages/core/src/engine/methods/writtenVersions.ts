/**
 * The versions that commands made, by what they are of: `sku:ID`, `product:ID` and so on, the words of
 * the events' aggregates in small letters. A reader who demands them sees what was written.
 */
import type { DomainEvent } from "../../kernel/DomainEvent.ts"

/** Versions by what they are of. */
export type Versions = ReadonlyMap<string, number>

const none: Versions = new Map()

/** The aggregates whose versions a reader may demand, by the words of the envelope. */
const demandable: ReadonlySet<string> = new Set(["SKU", "LOCATION", "PRODUCT", "CATEGORY"])

/** The versions that each command of a batch made; they are looked for when somebody asks first. */
export const versionsByCommand = (
  events: ReadonlyArray<DomainEvent<string, unknown>>
): ((commandId: string) => Versions) => {
  let found: Map<string, Map<string, number>> | undefined
  const index = () => {
    const all = new Map<string, Map<string, number>>()
    for (const { aggregateId, aggregateType, commandId, version } of events) {
      if (!demandable.has(aggregateType)) continue
      const versions = all.get(commandId) ?? new Map<string, number>()
      // Events of one aggregate come in the order of their versions.
      versions.set(`${aggregateType.toLowerCase()}:${aggregateId}`, version)
      all.set(commandId, versions)
    }
    return all
  }
  return (commandId) => {
    found ??= index()
    return found.get(commandId) ?? none
  }
}
