/**
 * What this process has written lately, so that who reads it here by an id gets nothing older from a
 * replica: a SKU, a product or a category, an order or a hold of which an event tells. Lists that name no
 * id may lag. Other processes know nothing of it; there a reader demands the versions that it has seen.
 */
import type { MinVersions } from "@holdfast/core/caching"
import type { DomainEvent } from "@holdfast/core/engine"
import type { Query } from "../connection/Query.ts"

/** The most ids that are remembered; the oldest are forgotten first. */
const idsMax = 10_000

interface Written {
  readonly at: number
  /** The versions that came of it, by what they are of: `sku:ID`. */
  readonly versions: Map<string, number>
}

/** Where events name what they are about, beside their aggregate. */
const namedBy = ["orderId", "reservationId", "replaces"] as const

const idsOf = ({ aggregateId, payload }: DomainEvent<string, unknown>): ReadonlyArray<string> => {
  const named = Object(payload) as Readonly<Record<string, unknown>>
  const others = namedBy.map((field) => named[field])
  return [aggregateId, ...others.filter((id) => typeof id === "string")]
}

const textsOf = ({ params }: Query): ReadonlyArray<unknown> =>
  params.flatMap(({ type, value }) =>
    type === "text" || type === "text[]" ? (value as string | null | ReadonlyArray<string>) : []
  )

/** The versions that this process made lately, by the ids that they are read by. */
export class OwnWrites {
  private readonly keptMillis: number
  /** In the order in which they were written. */
  private readonly byId = new Map<string, Written>()

  /** Whatever a replica shows after so long, it has. */
  constructor(keptMillis: number) {
    this.keptMillis = keptMillis
  }

  /** Notes the events of a batch that was committed. */
  note(events: ReadonlyArray<DomainEvent<string, unknown>>): void {
    const at = performance.now()
    for (const event of events) {
      const name = `${event.aggregateType.toLowerCase()}:${event.aggregateId}`
      for (const id of idsOf(event)) {
        const versions = this.written(id, at)?.versions ?? new Map<string, number>()
        versions.set(name, event.version)
        this.byId.delete(id)
        this.byId.set(id, { at, versions })
      }
    }
    for (const [id, written] of this.byId) {
      if (this.byId.size <= idsMax && at - written.at <= this.keptMillis) break
      this.byId.delete(id)
    }
  }

  /** What queries have to show at least: what was seen, and what was written of the ids that they name. */
  seenBy(queries: ReadonlyArray<Query>, seen: MinVersions): MinVersions {
    if (this.byId.size === 0) return seen
    const now = performance.now()
    let all: Map<string, number> | undefined
    for (const id of queries.flatMap(textsOf)) {
      const written = typeof id === "string" ? this.written(id, now) : undefined
      if (written === undefined) continue
      all ??= new Map(seen)
      for (const [name, version] of written.versions) {
        all.set(name, Math.max(version, all.get(name) ?? 0))
      }
    }
    return all ?? seen
  }

  private written(id: string, now: number): Written | undefined {
    const found = this.byId.get(id)
    return found !== undefined && now - found.at <= this.keptMillis ? found : undefined
  }
}
