/** Tables row by row: what is read, what is not, and that one bad row costs no other. */
import { expect, it } from "@effect/vitest"
import { CsvReader, rowCharactersMax } from "../../src/exchange/files/CsvReader.ts"
import { csvLine, withFormula, withoutFormula } from "../../src/exchange/files/csvText.ts"

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** The rows of a file that arrives in parts of a size. */
const rowsOf = (file: string | Uint8Array, partSize = 1_000_000) => {
  const bytes = typeof file === "string" ? bytesOf(file) : file
  const reader = new CsvReader()
  const rows = []
  for (let start = 0; start < bytes.length; start += partSize) {
    rows.push(...reader.read(bytes.subarray(start, start + partSize)))
  }
  return [...rows, ...reader.end()]
}

const cellsOf = (file: string | Uint8Array, partSize?: number) =>
  rowsOf(file, partSize).map((row) => (row._tag === "Cells" ? row.cells : row.message))

/** Whole numbers below a bound, the same at every run. */
const drawing = (seed: number) => {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

it("reads a mark of byte order, CR LF, lone CR, quotes and line breaks in cells, in parts of any size", () => {
  const file = '\uFEFFa,b\r\n1,"x\r\ny"\r\n\r\n"2","say ""hi"""\r3,é한\n'
  const rows = [
    { _tag: "Cells", line: 1, cells: ["a", "b"] },
    { _tag: "Cells", line: 2, cells: ["1", "x\r\ny"] },
    { _tag: "Cells", line: 5, cells: ["2", 'say "hi"'] },
    { _tag: "Cells", line: 6, cells: ["3", "é한"] }
  ]
  for (const partSize of [1, 2, 3, 7, 1_000]) expect(rowsOf(file, partSize)).toEqual(rows)
})

it("loses one row to a quote that is closed too soon, and keeps the next", () => {
  expect(rowsOf('a,b\n1,"x"y\n2,"ok"\n')).toEqual([
    { _tag: "Cells", line: 1, cells: ["a", "b"] },
    {
      _tag: "Unreadable",
      line: 2,
      column: 2,
      message: "goes on after its closing quote; double the quotes that belong to the text"
    },
    { _tag: "Cells", line: 3, cells: ["2", "ok"] }
  ])
})

it("loses one row to a quote that is never closed, and keeps all after it", () => {
  const [head, bad, ...rows] = cellsOf('a,b\n1,"x\n2,ok\n3,fine\n')
  expect(head).toEqual(["a", "b"])
  expect(bad).toContain("never closed")
  expect(rows).toEqual([
    ["2", "ok"],
    ["3", "fine"]
  ])
})

it("loses one row to a quote in the middle of a cell", () => {
  expect(cellsOf('a,b\n1,5" nails\n2,ok\n')).toEqual([
    ["a", "b"],
    "holds a quote; put the whole cell between quotes and double those in it",
    ["2", "ok"]
  ])
})

it("gives up a row that is longer than a row may be", () => {
  const long = `a\n"${"x".repeat(rowCharactersMax + 10)}\n2\n`
  const rows = rowsOf(long, 65_536)
  expect(rows[1]).toMatchObject({ _tag: "Unreadable", line: 2 })
  expect(rows.at(-1)).toEqual({ _tag: "Cells", line: 3, cells: ["2"] })
})

it("gives up a row that is too long as far as its end, and reads the next as the next", () => {
  const long = "x".repeat(rowCharactersMax + 10)
  for (const bad of [`${long},1`, `"${long}",1`, `"${long}\r\n2",1`, `a"b${long},1`]) {
    const file = `a,b\r\n${bad}\r\n3,4\r\n`
    const whole = rowsOf(file, file.length)
    expect(whole[1]).toMatchObject({ _tag: "Unreadable", line: 2 })
    const line = bad.includes("\n") ? 4 : 3
    expect(whole.at(-1)).toEqual({ _tag: "Cells", line, cells: ["3", "4"] })
    expect(rowsOf(file)).toEqual(whole)
  }
})

it("reads the same rows wherever a file is cut into parts, also those that are bad", () => {
  const below = drawing(11)
  for (let round = 0; round < 5_000; round++) {
    const file = Array.from({ length: below(24) }, () => 'a",\r\n'[below(5)]).join("")
    expect([file, rowsOf(file, 1 + below(9))]).toEqual([file, rowsOf(file)])
  }
})

it("marks bytes that are no UTF-8 in their cell, and reads the others", () => {
  const file = new Uint8Array([...bytesOf("a,b\n1,"), 0xe9, ...bytesOf("\n2,한\n"), 0xf0, 0x9f])
  for (const partSize of [1, 2, 5, 100]) {
    expect(cellsOf(file, partSize)).toEqual([
      ["a", "b"],
      ["1", "\udce9"],
      ["2", "한"],
      ["\udcf0\udc9f"]
    ])
  }
})

it("knows a file that ends in the middle of a line", () => {
  const ends = (file: string) => {
    const reader = new CsvReader()
    reader.read(bytesOf(file))
    reader.end()
    return reader.endsAbruptly
  }
  expect([ends("a\n1"), ends("a\n1\n"), ends("a\r1\r"), ends("")]).toEqual([
    true,
    false,
    false,
    false
  ])
})

const pieces = [
  "=",
  "+",
  "-",
  "@",
  "'",
  "\t",
  "\r",
  "\n",
  ",",
  '"',
  ";",
  " ",
  "a",
  "1",
  "é",
  "한",
  "😀",
  "＝",
  ""
]

it("gives back every text that it wrote, and no cell that a spreadsheet would run", () => {
  const below = drawing(7)
  const text = () => Array.from({ length: below(5) }, () => pieces[below(pieces.length)]).join("")
  for (let round = 0; round < 2_000; round++) {
    const table = Array.from({ length: 1 + below(4) }, () =>
      Array.from({ length: 2 + below(3) }, text)
    )
    const file = table.map((cells) => csvLine(cells.map(withoutFormula))).join("")
    const read = cellsOf(file, 1 + below(9)) as ReadonlyArray<ReadonlyArray<string>>
    expect(read.map((cells) => cells.map(withFormula))).toEqual(table)
    expect(read.flat().filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell))).toEqual([])
  }
})
