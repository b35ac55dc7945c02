/** Files in and out, on real databases: what is taken, what is refused, what stays. */
import { join } from "node:path"
import { describe, expect, it, vi } from "vitest"
import { beginCommand, holdfast } from "../ServerProcess.ts"
import { type Place, places, type Shop, textAt } from "./places.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000 })

const categories = [
  { externalId: "a", name: "=Tools", sortOrder: -2, translations: { ko: { name: "도구" } } },
  { externalId: "b", name: 'Ham"mers, big', parent: "a", isActive: false }
]

const products = [
  {
    externalId: "p1",
    name: "-Mug\u2009x",
    description: 'Two\r\nlines, "quoted"\r=\'=',
    type: "NORMAL",
    status: "ACTIVE",
    slug: "mug",
    categories: ["b", "a"],
    images: [
      { url: "https://x.example/1.png", alt: "Front, left" },
      { url: "/2.png", isPrimary: true }
    ],
    translations: { ko: { name: "머그", description: null } },
    attributes: { color: ["-", "a|b"], material: "=glass", weight: -1.5e-7, "is-new": false },
    metadata: { deep: ["=1", { n: 1.5 }] },
    publishAt: "2026-01-31T09:30:00.000Z",
    options: [
      {
        externalId: "o1",
        name: "@Small",
        price: { amount: "4.5", currency: "EUR" },
        skus: [{ code: "+1" }]
      },
      { externalId: "o2", name: "Large", status: "INACTIVE", price: null, skus: [] }
    ]
  },
  {
    externalId: "'=p2",
    name: "Set",
    type: "BUNDLE",
    status: "DISCONTINUED",
    options: [
      {
        name: "Both",
        price: { amount: "12.000", currency: "KWD" },
        skus: [{ code: "+1", quantity: 2 }, { code: "A|B*2" }]
      }
    ]
  }
]

const linesOf = (records: ReadonlyArray<object>): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("")

const filled = async (shop: Shop, place: Place) => {
  const skus = "code,skuId,name,description,weight,initialStock,lowStockThreshold\r\n"
  const rows = '+1,plus-one,Plus one,"=HYPERLINK(""x"")",0.125,7,2\r\nA|B*2,,Lid,,,5,\r\n'
  const choices = [{ value: "-" }, { value: "a|b" }]
  await shop.attribute({ code: "color", name: "Colour", kind: "CHOICE", choices })
  await shop.attribute({ code: "material", name: "Material", kind: "TEXT" })
  await shop.attribute({ code: "weight", name: "Weight", kind: "NUMBER" })
  await shop.attribute({ code: "is-new", name: "New", kind: "BOOLEAN" })
  const reports = [
    await shop.import("skus", await place.file("skus.csv", `\uFEFF${skus}${rows}`)),
    await shop.import("categories", await place.file("categories.jsonl", linesOf(categories))),
    await shop.import("products", await place.file("products.jsonl", linesOf(products)))
  ]
  const counts = { counts: expect.objectContaining({ created: 2, failed: 0 }), problems: [] }
  expect(reports).toMatchObject([counts, counts, counts])
}

const skuTable = (count: number): string =>
  `code,name,initialStock\n${Array.from({ length: count }, (_, n) => `C-${n},SKU ${n},9\n`).join("")}`

describe.each(places)("files in and out on %s", (_, open) => {
  it("an export that is imported changes nothing, as a table and as lines", async () => {
    await using place = await open()
    await place.within(async (shop) => {
      await filled(shop, place)
      const events = await shop.events()
      for (const kind of ["skus", "stock", "categories", "products"] as const) {
        for (const form of ["csv", "jsonl"] as const) {
          const path = join(place.folder, `${kind}.out.${form}`)
          await shop.exportTo(kind, path, form)
          const { counts, problems } = await shop.import(kind, path)
          expect({ kind, form, problems, ...counts }).toMatchObject({
            ...{ kind, form, problems: [], records: 2, unchanged: 2, failed: 0 }
          })
        }
      }
      expect(await shop.events()).toBe(events)
      const skus = await shop.exported("skus")
      expect(skus.find(({ code }) => code === "+1")).toMatchObject({
        description: '=HYPERLINK("x")',
        weight: 0.125
      })
      const seen = await shop.exported("products")
      expect(seen.find(({ externalId }) => externalId === "p1")).toMatchObject({
        description: products[0]?.description,
        attributes: products[0]?.attributes,
        metadata: products[0]?.metadata
      })
      const table = await textAt(join(place.folder, "products.out.csv"))
      expect(table).toContain("'-Mug")
      expect(table).toContain("''=p2")
      expect(table).toContain("attributes.color,attributes.is-new,attributes.material")
      expect(table).toContain("'=glass")
    })
  })

  it("keeps good rows beside bad ones, names line and column, and tries the bad ones again", async () => {
    await using place = await open()
    const file = await place.file("stock.csv", "code,quantity\nA,3\nB,4\nA,x\n")
    const a = await place.file("a.csv", "code,name,initialStock\nA,A,9\n")
    const b = await place.file("b.csv", "code,name,initialStock\nB,B,9\n")
    const sold = await place.file("sold.csv", "code,quantity\nA,1\n")
    await place.within(async (shop) => {
      await shop.import("skus", a)
      const first = await shop.import("stock", file)
      expect(first.counts).toMatchObject({ records: 3, updated: 1, failed: 2 })
      expect(first.problems).toEqual([
        '3:1 code: no SKU has the code "B"',
        "4:2 quantity: must be a whole number, such as 12"
      ])
      await shop.import("skus", b)
      // A count that was made is not made a second time over what was sold meanwhile.
      await shop.import("stock", sold)
      const second = await shop.import("stock", file)
      expect(second).toMatchObject({ passed: 3, importId: first.importId })
      expect(second.counts).toMatchObject({ records: 3, updated: 2, failed: 1 })
      const stock = await shop.exported("stock")
      expect(stock.map(({ code, quantity }) => `${code} ${quantity}`).sort()).toEqual([
        "A 1",
        "B 4"
      ])
    })
  })

  it("keeps what is wrong with a field of a name that a database cannot hold", async () => {
    await using place = await open()
    const lines = [
      { code: "A", "x\u0000\ud800": 1 },
      { code: "B", name: "B" }
    ]
    const file = await place.file("skus.jsonl", linesOf(lines))
    await place.within(async (shop) => {
      const { counts } = await shop.import("skus", file)
      expect(counts).toMatchObject({ records: 2, created: 1, failed: 1 })
      expect(await shop.import("skus", file)).toMatchObject({ passed: 2, counts })
    })
  })

  it("stops at a file that is replaced while it is read, and does not take it for the first", async () => {
    await using place = await open()
    const path = await place.file("skus.csv", "code,name\nA,A\n")
    await place.within(async (shop) => {
      const meanwhile = () => place.file("skus.csv", "code,name\nB,B\n")
      const message = expect.stringContaining("skus.csv was changed while it was read")
      await expect(shop.import("skus", path, "together", meanwhile)).rejects.toMatchObject({
        message
      })
      expect(await shop.exported("skus")).toEqual([])
      expect(await shop.import("skus", path, "together")).toMatchObject({ counts: { created: 1 } })
    })
  })

  it("writes nothing in a trial, and nothing when all or nothing is asked and a row is bad", async () => {
    await using place = await open()
    const lines = [
      { externalId: "c", name: "New", parent: "a" },
      { externalId: "d", name: "Below the new one", parent: "c" },
      { externalId: "e", name: "New", parent: "a" }
    ]
    const bad = await place.file("bad.jsonl", linesOf(lines))
    const good = await place.file("good.jsonl", linesOf(lines.slice(0, 2)))
    const skus = await place.file("more.csv", "code,name,initialStock\nX,X,1\n+1,Other,1\nY,,1\n")
    await place.within(async (shop) => {
      await filled(shop, place)
      const events = await shop.events()
      const trial = await shop.import("categories", bad, "trial")
      expect(trial).toMatchObject({ importId: null, counts: { created: 2, failed: 1 } })
      expect(trial.problems).toEqual([expect.stringMatching(/^3:- name: another category under/)])
      const undone = await shop.import("categories", bad, "together")
      expect(undone).toMatchObject({
        isUndone: true,
        counts: { records: 3, created: 0, failed: 1 }
      })
      expect(await shop.import("skus", skus, "together")).toMatchObject({ isUndone: true })
      expect(await shop.events()).toBe(events)
      const done = await shop.import("categories", good, "together")
      expect(done).toMatchObject({ isUndone: false, counts: { created: 2, failed: 0 } })
      expect(await shop.exported("categories")).toHaveLength(4)
    })
  })

  it("goes on after kill -9 where it stopped: nothing is half written, and nothing twice", async () => {
    await using place = await open()
    const count = 6_000
    const file = await place.file("many.csv", skuTable(count))
    {
      await using command = beginCommand(["import", "skus", file, "--json", ...place.flags])
      await command.prints(2)
      command.signal("SIGKILL")
      await command.ended
    }
    await place.within(async (shop) => {
      const report = await shop.import("skus", file)
      expect(report).toMatchObject({ problems: [], counts: { records: count, failed: 0 } })
      expect(report.passed).toBeGreaterThan(0)
      expect(report.passed).toBeLessThan(count)
      const skus = await shop.exported("skus")
      expect(new Set(skus.map(({ code }) => code)).size).toBe(count)
      expect(skus).toHaveLength(count)
      const stock = await shop.exported("stock")
      expect(stock.filter(({ quantity }) => quantity === 9)).toHaveLength(count)
      const again = await shop.import("skus", file)
      expect(again).toMatchObject({ passed: count, counts: { records: count } })
    })
  })
})

it("the command says what became of a file, and refuses one that it cannot understand", async () => {
  const [[, open] = []] = places
  if (open === undefined) throw new Error("there is no place to test on")
  await using place = await open()
  const run = (...args: ReadonlyArray<string>) => holdfast([...args, ...place.flags])
  const errors = join(place.folder, "errors.csv")
  const file = await place.file("skus.csv", "code,name\nA,Mug\nB,\n")
  expect(await run("import", "skus", file, "--errors", errors)).toMatchObject({
    code: 1,
    stdout: "2 skus: 1 created, 0 updated, 0 unchanged, 1 bad\n",
    stderr: "line 3, column 2 (name): is required for a new SKU\n"
  })
  expect(await textAt(errors)).toBe(
    "record,line,columnNumber,column,code,message\r\n" +
      "2,3,2,name,InvalidInput,is required for a new SKU\r\n"
  )
  const unknown = await place.file("x.csv", "code,colour\nA,red\n")
  expect(await run("import", "skus", unknown)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^holdfast: the file has columns that are not known: "colour"/)
  })
  expect(await run("import", "skus", "-")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--format csv or jsonl")
  })
  const out = await run("export", "skus", "-", "--format", "csv")
  expect(out.stdout).toMatch(/^\uFEFFcode,skuId,name,/)
})
