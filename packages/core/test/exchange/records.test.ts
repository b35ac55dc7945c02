/** Rows and lines as records: columns, maps, presets, and every way in which a row can be bad. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  type FileForm,
  type FileRecord,
  type ReadOptions,
  type RecordKind,
  readRecords,
  shopifyShape
} from "../../src/exchange.ts"

const read = <Kind extends RecordKind>(
  kind: Kind,
  file: string,
  options: Partial<ReadOptions<Kind>> & { readonly form?: FileForm } = {}
): Effect.Effect<ReadonlyArray<FileRecord<Kind>>, string> =>
  readRecords(Stream.succeed(new TextEncoder().encode(file)), {
    kind,
    form: "csv",
    ...options
  }).pipe(
    Stream.runCollect,
    Effect.mapError((error: { readonly message: string }) => error.message)
  )

const valuesOf = <Kind extends RecordKind>(records: ReadonlyArray<FileRecord<Kind>>) =>
  records.map((record) =>
    record._tag === "Record"
      ? record.value
      : record.problems.map(
          ({ column, columnNumber, line, message }) =>
            `${line}:${columnNumber} ${column} ${message}`
        )
  )

it.effect("puts the rows of one product together", () =>
  Effect.gen(function* () {
    const file = `externalId,name,option.externalId,option.name,option.price,option.currency,option.skus
p1,Mug,o1,Small,4.5,eur,MUG|LID*2
p1,,o2,Large,,eur,
p2,Bowl,,,,,
`
    expect(valuesOf(yield* read("products", file))).toEqual([
      {
        externalId: "p1",
        name: "Mug",
        options: [
          {
            externalId: "o1",
            name: "Small",
            price: { amount: "4.50", currency: "EUR" },
            skus: [
              { code: "MUG", quantity: 1 },
              { code: "LID", quantity: 2 }
            ]
          },
          { externalId: "o2", name: "Large", price: null, skus: [] }
        ]
      },
      { externalId: "p2", name: "Bowl" }
    ])
  })
)

it.effect("names line and column of what is wrong, and reads the rest", () =>
  Effect.gen(function* () {
    const file = `code,name,weight,initialStock
A,Good,0.5,1
B,Bad,x,1.5
C,Three cells,1
,Nothing,1,1
A,Again,1,1
D,"${"x".repeat(300)}",1,1
E,Good,1,2
`
    expect(valuesOf(yield* read("skus", file))).toEqual([
      expect.objectContaining({ code: "A" }),
      [
        "3:3 weight must be a number, such as 0.25",
        "3:4 initialStock must be a whole number, such as 12"
      ],
      [expect.stringContaining("4:null null has 3 cells, and the first row has 4")],
      ["5:1 code is required"],
      ["6:1 code stands in line 2 already; keep one of the two"],
      [expect.stringMatching(/^7:2 name must/)],
      expect.objectContaining({ code: "E" })
    ])
  })
)

it.effect("refuses a description of a megabyte, and reads the row after it", () =>
  Effect.gen(function* () {
    const file = `externalId,name,description\np1,Mug,${"x".repeat(1_048_576)}\np2,Bowl,\n`
    const [bad, good] = valuesOf(yield* read("products", file))
    expect(bad).toEqual([expect.stringMatching(/^2:3 description must/)])
    expect(good).toEqual({ externalId: "p2", name: "Bowl", description: null })
  })
)

it.effect("refuses bytes that are no UTF-8 in their cell", () =>
  Effect.gen(function* () {
    const head = new TextEncoder().encode("code,name\nA,caf")
    const bytes = new Uint8Array([...head, 0xe9, ...new TextEncoder().encode("\nB,ok\n")])
    const records = yield* readRecords(Stream.succeed(bytes), { kind: "skus", form: "csv" }).pipe(
      Stream.runCollect
    )
    expect(valuesOf(records)).toEqual([
      ["2:2 name holds the byte 0xE9, which is no UTF-8; save the file as UTF-8"],
      { code: "B", name: "ok" }
    ])
  })
)

it.effect("names the column of an option that has one SKU twice", () =>
  Effect.gen(function* () {
    const file = `externalId,option.externalId,option.skus,option.skuIds
p1,o1,MUG|LID|MUG*2,
p2,o2,,mug|mug
`
    expect(valuesOf(yield* read("products", file))).toEqual([
      ['2:3 option.skus "MUG" stands here twice'],
      ['3:4 option.skuIds "mug" stands here twice']
    ])
  })
)

it.effect("refuses a file whose columns it cannot understand", () =>
  Effect.gen(function* () {
    const refusal = (file: string, map?: ReadonlyMap<string, string>) =>
      Effect.flip(read("stock", file, { map }))
    expect(yield* refusal("")).toBe("the file is empty")
    expect(yield* refusal("code,quantity,Code\n")).toBe(
      'the columns 1 and 3 are both "code"; keep one'
    )
    expect(yield* refusal("code;quantity\nA;1\n")).toBe(
      "the columns of the first row have semicolons between them; save the file with commas"
    )
    expect(yield* refusal("code\tquantity\n")).toMatch(/have tabs between them/)
    expect(yield* refusal("c\u0000o\u0000,\u0000\n")).toBe(
      "the first row is no text in UTF-8; save the file as CSV in UTF-8"
    )
    expect(yield* refusal("code\n")).toBe("the file lacks the column quantity")
    expect(yield* refusal("quantity\n")).toBe("the file lacks the column code or skuId")
    expect(yield* refusal("code,quantity,colour\n")).toMatch(/^the file has columns .* "colour"/)
    expect(yield* refusal("code,quantity\n", new Map([["Item", "code"]]))).toBe(
      '--map names "Item", which the file does not have'
    )
  })
)

it.effect("calls columns by other names, and leaves some out", () =>
  Effect.gen(function* () {
    const map = new Map([
      ["Item no", "code"],
      ["Counted", "quantity"],
      ["Colour", ""]
    ])
    const file = "Item no,Colour,Counted\nA,red,3\n"
    expect(valuesOf(yield* read("stock", file, { map }))).toEqual([{ code: "A", quantity: 3 }])
    const lines = '{"Item no":"A","Counted":3,"Colour":"red"}\n'
    expect(valuesOf(yield* read("stock", lines, { map, form: "jsonl" }))).toEqual([
      { code: "A", quantity: 3 }
    ])
  })
)

it.effect("refuses rows of one product that differ, or that stand apart", () =>
  Effect.gen(function* () {
    const file = `externalId,name,option.externalId,option.name
p1,Mug,o1,A
p1,Cup,o2,B
p2,Bowl,o3,C
p1,Mug,o4,D
`
    expect(valuesOf(yield* read("products", file))).toEqual([
      ["3:2 name differs from line 2, which is of the same product; leave it empty, or repeat it"],
      expect.objectContaining({ externalId: "p2" }),
      expect.objectContaining({ externalId: "p1" })
    ])
  })
)

it.effect("reads lines of JSON, and names the field of what is wrong", () =>
  Effect.gen(function* () {
    const file = [
      '{"externalId":"a","name":"Tools"}',
      '{"externalId":"b","name":"',
      "[]",
      '{"externalId":"c","nam":"x"}',
      '{"externalId":"a","name":"Again"}',
      '{"externalId":"d","name":"cut of'
    ].join("\n")
    const values = valuesOf(yield* read("categories", file, { form: "jsonl" }))
    expect(values).toEqual([
      { externalId: "a", name: "Tools" },
      [expect.stringMatching(/^2:\d+ null is not JSON: /)],
      [expect.stringMatching(/^3:null null must be/)],
      [expect.stringMatching(/^4:null nam is not a field/)],
      ["5:null externalId stands in line 1 already; keep one of the two"],
      [expect.stringMatching(/^6:\d+ null is not JSON: /)]
    ])
  })
)

const shopify = `Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Image Src,Image Position,Image Alt Text,Status,Cost per item
mug,Mug,<p>Blue</p>,Acme,Cup,"a, b",true,Size,Small,MUG-S,250,7,4.50,https://x.example/1.png,1,Front,active,2
mug,,,,,,,,Large,MUG-L,400,3,5.50,https://x.example/2.png,2,,,
mug,,,,,,,,,,,,,https://x.example/3.png,3,,,
bowl,Bowl,,,,,false,Title,Default Title,BOWL,300,0,9,,,,active,
`

it.effect("reads products, SKUs and stock from the product export of Shopify", () =>
  Effect.gen(function* () {
    const of = <Kind extends RecordKind>(kind: Kind) =>
      Effect.map(read(kind, shopify, { shape: shopifyShape(kind, "EUR") }), valuesOf)
    expect(yield* of("products")).toEqual([
      {
        externalId: "mug",
        slug: "mug",
        name: "Mug",
        description: "<p>Blue</p>",
        status: "ACTIVE",
        images: [
          { url: "https://x.example/1.png", alt: "Front" },
          { url: "https://x.example/2.png", alt: null },
          { url: "https://x.example/3.png", alt: null }
        ],
        metadata: { shopify: { vendor: "Acme", productType: "Cup", tags: "a, b" } },
        options: [
          {
            externalId: "mug/Small",
            name: "Small",
            price: { amount: "4.50", currency: "EUR" },
            skus: [{ code: "MUG-S" }]
          },
          {
            externalId: "mug/Large",
            name: "Large",
            price: { amount: "5.50", currency: "EUR" },
            skus: [{ code: "MUG-L" }]
          }
        ]
      },
      expect.objectContaining({
        externalId: "bowl",
        status: "DRAFT",
        options: [expect.objectContaining({ externalId: "bowl", name: "Bowl" })]
      })
    ])
    expect(yield* of("skus")).toEqual([
      { code: "MUG-S", name: "Mug / Small", weight: 0.25 },
      { code: "MUG-L", name: "Mug / Large", weight: 0.4 },
      { code: "BOWL", name: "Bowl", weight: 0.3 }
    ])
    expect(yield* of("stock")).toEqual([
      { code: "MUG-S", quantity: 7 },
      { code: "MUG-L", quantity: 3 },
      { code: "BOWL", quantity: 0 }
    ])
  })
)
