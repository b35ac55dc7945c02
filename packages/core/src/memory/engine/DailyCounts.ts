/** Counts by day and id, of a store in memory. */
import { dayText, type RankingQuery } from "../../kernel/ReportDays.ts"
import { compareTexts } from "../../kernel/Text.ts"

/** How often something happened to an id, and the sum of its units. */
interface Sum {
  count: number
  units: number
}

/** What happened how often to which id on which day. */
export class DailyCounts {
  private readonly days = new Map<number, Map<string, Sum>>()

  /** Counts something of an id on a day. */
  add(day: number, id: string, units = 0): void {
    const sums = this.days.get(day) ?? new Map<string, Sum>()
    this.days.set(day, sums)
    const sum = sums.get(id) ?? { count: 0, units: 0 }
    sums.set(id, { count: sum.count + 1, units: sum.units + units })
  }

  /** The ids with the most units in some days, then with the highest counts, then by id. */
  most({ from, limit, to }: RankingQuery): ReadonlyArray<{ readonly id: string } & Readonly<Sum>> {
    const found = new Map<string, Sum>()
    for (const [number, sums] of this.days) {
      const day = dayText(number)
      if (day < from || day > to) continue
      for (const [id, { count, units }] of sums) {
        const sum = found.get(id) ?? { count: 0, units: 0 }
        found.set(id, { count: sum.count + count, units: sum.units + units })
      }
    }
    return [...found]
      .map(([id, sum]) => ({ id, ...sum }))
      .sort((a, b) => b.units - a.units || b.count - a.count || compareTexts(a.id, b.id))
      .slice(0, limit)
  }
}
