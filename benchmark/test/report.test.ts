import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { benchmarks } from "../src/benchmarks/benchmarks.ts"
import { median } from "../src/Contender.ts"
import { withReport } from "../src/documentation.ts"
import { isMet, type Report, toMarkdown } from "../src/Report.ts"

const report: Report = {
  name: "hot",
  title: "One hot SKU",
  about: "Everybody wants it.",
  ratioIs: "Holdfast is",
  rows: [
    { name: "Holdfast", perSecond: 20_000 },
    { name: "by hand", perSecond: 1_000, p50Micros: 850, ratio: 20 }
  ],
  aims: [
    { what: "against by hand", unit: "×", bound: { atLeast: 9 }, measured: 20 },
    { what: "against the ceiling", unit: "×", bound: { atLeast: 0.6 }, measured: 0.5 },
    { what: "against what is not there", unit: "×", bound: { atLeast: 1 }, measured: undefined }
  ]
}

const machine = {
  processor: "a processor",
  cores: 2,
  memoryGigabytes: 24,
  node: "24.21.0",
  postgres: "18.4",
  date: "2026-11-22"
}

describe("a report", () => {
  it("shows the columns that some row has, and how each aim fared", () => {
    expect(toMarkdown(report)).toBe(`### One hot SKU

Everybody wants it.

|          | per second |     p50 | Holdfast is |
| -------- | ---------: | ------: | ----------: |
| Holdfast |     20,000 |         |             |
| by hand  |      1,000 | 0.85 ms |        20 × |

- against by hand: aim ≥ 9 ×, **20 ×**, met
- against the ceiling: aim ≥ 0.6 ×, **0.5 ×**, missed
- against what is not there: aim ≥ 1 ×, **not measured**, open`)
  })

  it("does not call an aim met that was not measured", () => {
    expect(report.aims.map(isMet)).toEqual([true, false, undefined])
  })

  it("takes the place of the last one between its markers", () => {
    const page = "before\n<!-- bench:hot -->\nlast month\n<!-- /bench:hot -->\nafter"
    const written = withReport(page, report, machine)
    expect(written).toMatch(/^before\n<!-- bench:hot -->\n### One hot SKU/)
    expect(written).toMatch(/PostgreSQL 18\.4\*\n<!-- \/bench:hot -->\nafter$/)
    expect(written).not.toContain("last month")
    expect(withReport(written, report, machine)).toBe(written)
  })

  it("has a place in the documentation for every benchmark", () => {
    const page = readFileSync(new URL("../../docs/BENCHMARKS.md", import.meta.url), "utf8")
    for (const { name } of benchmarks) withReport(page, { ...report, name }, machine)
  })
})

it("takes the middle of what was measured, and the mean of two middles", () => {
  expect(median([5, 1, 3])).toBe(3)
  expect(median([4, 1, 3, 2])).toBe(2.5)
})
