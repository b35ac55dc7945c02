/** The flags of the command line. */
import { expect, it } from "vitest"
import { readOptions, UsageError } from "../src/options.ts"

it("replays December in memory by default", () => {
  expect(readOptions([], "/shop")).toEqual({
    file: undefined,
    url: undefined,
    folder: undefined,
    json: false,
    help: false,
    concurrency: 32,
    limit: undefined,
    tightPercent: 100
  })
})

it("sees paths from where the user stands", () => {
  const options = readOptions(["--", "--file", "year.csv.gz", "--folder", "/stock"], "/shop")
  expect([options.file, options.folder]).toEqual(["/shop/year.csv.gz", "/stock"])
})

it.each([
  [["--concurrency", "0"], /--concurrency must be a whole number from 1 to 1000, not "0"/],
  [["--concurrency", "1.5"], /--concurrency/],
  [["--limit", "none"], /--limit/],
  [["--tight", "101"], /--tight must be a whole number from 0 to 100/],
  [["--fast"], /--fast/],
  [["year.csv"], /year\.csv/],
  [["--file"], /--file/],
  [["--url", "postgres://x", "--folder", "y"], /two places/]
])("refuses %j and says why", (args, why) => {
  const reading = () => readOptions(args, "/shop")
  expect(reading).toThrow(UsageError)
  expect(reading).toThrow(why)
})
