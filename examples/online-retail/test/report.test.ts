/** The report's parts and the progress line. */
import { expect, it } from "vitest"
import { progressText, showProgress } from "../src/progress.ts"
import { sparkline, stretchesOf } from "../src/report.ts"

it("draws each value by its share of the highest, and a dot for none", () => {
  expect(sparkline([0, 1, 50, 100, -3])).toBe("·▁▄█·")
  expect(sparkline([])).toBe("")
})

it("counts units by day, idle days too", () => {
  const units = new Map([
    ["2010-12-03", 7],
    ["2010-12-01", 2]
  ])
  expect(stretchesOf(units, "2010-12-01", "2010-12-03")).toEqual({
    per: "day",
    stretches: [
      { from: "2010-12-01", units: 2 },
      { from: "2010-12-02", units: 0 },
      { from: "2010-12-03", units: 7 }
    ]
  })
})

it("counts units by week when the period is long", () => {
  const units = new Map([
    ["2010-12-01", 1],
    ["2010-12-07", 2],
    ["2010-12-08", 4],
    ["2011-12-09", 8]
  ])
  const { per, stretches } = stretchesOf(units, "2010-12-01", "2011-12-09")
  expect(per).toBe("week")
  expect(stretches.length).toBe(54)
  expect([stretches[0], stretches[1], stretches[53]]).toEqual([
    { from: "2010-12-01", units: 3 },
    { from: "2010-12-08", units: 4 },
    { from: "2011-12-07", units: 8 }
  ])
})

const half = { linesDone: 1_500, linesTotal: 3_000, ordersDone: 70, elapsedMillis: 65_000 }

it("says how much is done, how fast, and the time left", () => {
  expect(progressText(half)).toBe(" 50 %  1,500 of 3,000 lines  70 orders  23 lines/s  1:05 left")
  expect(progressText({ ...half, linesDone: 0 })).toContain("--:-- left")
})

it("draws a bar over itself on a terminal, and whole lines elsewhere", () => {
  const drawn = (screen: { readonly isTTY?: boolean; readonly columns?: number }) => {
    const texts: Array<string> = []
    showProgress({ ...screen, write: (text) => texts.push(text) }, () => half).stop()
    return texts.join("")
  }
  expect(drawn({})).toBe(`${progressText(half)}\n`)
  const wide = drawn({ isTTY: true, columns: 120 })
  expect(wide).toBe(`\r${"█".repeat(15)}${"░".repeat(15)} ${progressText(half)}\u001b[K\n`)
  const narrow = drawn({ isTTY: true, columns: 40 })
  expect(narrow).toBe(`\r${progressText(half).slice(0, 39)}\u001b[K\n`)
})
