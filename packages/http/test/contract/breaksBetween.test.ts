/** Each change of a contract that breaks a reader is seen, and those that break none are not. */
import { describe, expect, it } from "vitest"
import { asyncApiDocument } from "../../src/asyncapi/asyncApiDocument.ts"
import { breaksBetween } from "./breaksBetween.ts"

// biome-ignore lint/suspicious/noExplicitAny: a document is read by those who know what is in it
type Any = any

const type = "inventory.stock.released"
const nullable = { anyOf: [{ type: "string" }, { type: "null" }] }

/** A contract of one event, which has a field of every kind. */
const contract = (): Any => {
  const document: Any = structuredClone(asyncApiDocument())
  const { properties, required } = document.components.schemas[type].properties.payload
  properties.note = nullable
  properties.tags = { type: "array", items: { type: "string" } }
  properties.hint = { type: "string" }
  required.push("note", "tags")
  return document
}

const payloadOf = (document: Any): Any => document.components.schemas[type].properties.payload
const drop = (held: Any, name: string) => {
  held.required = held.required.filter((it: string) => it !== name)
  delete held.properties[name]
}

const broken = (change: (next: Any) => void, before: (previous: Any) => void = () => undefined) => {
  const previous = contract()
  before(previous)
  const next = structuredClone(previous)
  change(next)
  // Events are in their topic and in the stream; one of the two shows it.
  return breaksBetween(previous, next)
    .filter((it) => !it.startsWith("channel stream"))
    .map((it) => it.replace(`channel inventory ${type} `, ""))
}

const at = "payload.payload"

describe("what breaks a reader", () => {
  const cases: ReadonlyArray<readonly [string, (next: Any) => void, ReadonlyArray<string>]> = [
    ["a field that is gone", (it) => drop(payloadOf(it), "quantity"), [`${at}.quantity: is gone`]],
    [
      "a field that is gone within another",
      (it) => drop(payloadOf(it).properties.level, "totalQuantity"),
      [`${at}.level.totalQuantity: is gone`]
    ],
    [
      "a field that might be left out and is gone",
      (it) => drop(payloadOf(it), "hint"),
      [`${at}.hint: is gone`]
    ],
    [
      "a field with another name",
      (it) => {
        const payload = payloadOf(it)
        payload.properties.units = payload.properties.quantity
        payload.required.push("units")
        drop(payload, "quantity")
      },
      [`${at}.quantity: is gone`, `${at}.units: is new and required, and kept events lack it`]
    ],
    [
      "a required field that becomes optional",
      (it) => {
        const payload = payloadOf(it)
        payload.required = payload.required.filter((name: string) => name !== "quantity")
      },
      [`${at}.quantity: may be left out now`]
    ],
    [
      "an optional field that becomes required",
      (it) => payloadOf(it).required.push("hint"),
      [`${at}.hint: is required now, and kept events may lack it`]
    ],
    [
      "a new field that is required",
      (it) => {
        payloadOf(it).properties.channel = { type: "string" }
        payloadOf(it).required.push("channel")
      },
      [`${at}.channel: is new and required, and kept events lack it`]
    ],
    [
      "a field that may be null now",
      (it) => {
        payloadOf(it).properties.skuId = nullable
      },
      [`${at}.skuId: may be null now`]
    ],
    [
      "a field that may not be null any more",
      (it) => {
        payloadOf(it).properties.note = { type: "string" }
      },
      [`${at}.note: may be null no more`]
    ],
    [
      "a whole number that becomes any number",
      (it) => {
        payloadOf(it).properties.quantity = { type: "number" }
      },
      [`${at}.quantity: may be number now`, `${at}.quantity: may be integer no more`]
    ],
    [
      "a text that becomes an instant",
      (it) => {
        payloadOf(it).properties.skuId = { type: "string", format: "date-time" }
      },
      [`${at}.skuId: has the format date-time, and had undefined`]
    ],
    [
      "an item of a list that becomes a number",
      (it) => {
        payloadOf(it).properties.tags.items = { type: "integer" }
      },
      [`${at}.tags[]: may be integer now`, `${at}.tags[]: may be string no more`]
    ],
    [
      "a word that is gone",
      (it) => payloadOf(it).properties.reason.anyOf[0].enum.pop(),
      [`${at}.reason: has the word REPLACED no more`]
    ],
    [
      "words that are closed",
      (it) => payloadOf(it).properties.reason.anyOf.pop(),
      [`${at}.reason: may not be any text any more`]
    ],
    [
      "fields that are closed",
      (it) => {
        payloadOf(it).additionalProperties = false
      },
      [`${at}: takes no later fields any more`]
    ],
    [
      "another kind of aggregate",
      (it) => {
        it.components.schemas[type].properties.aggregateType.const = "HOLD"
      },
      [
        "payload.aggregateType: has the word SKU no more",
        "payload.aggregateType: may be the word HOLD now"
      ]
    ],
    [
      "a header that is gone",
      (it) => drop(it.components.messages[type].headers, "ce_id"),
      ["headers.ce_id: is gone"]
    ],
    [
      "another encoding",
      (it) => {
        it.components.messages[type].contentType = "application/avro"
      },
      [`channel inventory ${type}: is application/avro, and was application/json`]
    ],
    [
      "an event type that is gone",
      (it) => {
        delete it.channels.inventory.messages[type]
        delete it.components.messages[type]
      },
      [`channel inventory ${type}: is gone`]
    ],
    [
      "a topic with another name",
      (it) => {
        it.channels.inventory.address = "holdfast.stock"
      },
      ["channel inventory: is at holdfast.stock, and was at holdfast.inventory"]
    ],
    [
      "a topic that is gone",
      (it) => {
        delete it.channels.inventory
      },
      ["channel inventory: is gone"]
    ]
  ]

  it.each(cases)("%s", (_, change, breaks) => {
    expect(broken(change)).toEqual(breaks)
  })

  it("a word that is added where only these words may be", () => {
    const close = (it: Any) => payloadOf(it).properties.reason.anyOf.pop()
    const added = broken((it) => payloadOf(it).properties.reason.anyOf[0].enum.push("LOST"), close)
    expect(added).toEqual([`${at}.reason: may be the word LOST now`])
    const opened = broken(
      (it) => payloadOf(it).properties.reason.anyOf.push({ type: "string" }),
      close
    )
    expect(opened).toEqual([`${at}.reason: may be any text now`])
  })

  it("is seen in the stream as well", () => {
    const next = contract()
    delete next.channels.stream.messages[type]
    expect(breaksBetween(contract(), next)).toEqual([`channel stream ${type}: is gone`])
  })
})

describe("what breaks no reader", () => {
  const cases: ReadonlyArray<readonly [string, (next: Any) => void]> = [
    ["nothing", () => undefined],
    [
      "a new field that may be left out",
      (it) => {
        payloadOf(it).properties.channel = { type: "string" }
      }
    ],
    [
      "a new field of the envelope that may be left out",
      (it) => {
        it.components.schemas[type].properties.tenant = nullable
      }
    ],
    [
      "a new event type",
      (it) => {
        it.components.messages["inventory.stock.blessed"] = it.components.messages[type]
        it.channels.inventory.messages["inventory.stock.blessed"] = {
          $ref: "#/components/messages/inventory.stock.blessed"
        }
      }
    ],
    [
      "a new topic",
      (it) => {
        it.channels.shop = { ...it.channels.inventory, address: "holdfast.shop" }
      }
    ],
    [
      "a new header that may be left out",
      (it) => {
        it.components.messages[type].headers.properties.tracestate = { type: "string" }
      }
    ],
    ["a new word", (it) => payloadOf(it).properties.reason.anyOf[0].enum.push("LOST")],
    ["another order of words", (it) => payloadOf(it).properties.reason.anyOf[0].enum.reverse()],
    ["another order of fields", (it) => payloadOf(it).required.reverse()],
    [
      "another description",
      (it) => {
        payloadOf(it).description = "Units came free."
        payloadOf(it).title = "Freed"
      }
    ]
  ]

  it.each(cases)("%s", (_, change) => {
    expect(broken(change)).toEqual([])
  })
})

describe("what the comparison does not know", () => {
  it.each<[string, (field: Any) => void, string]>([
    [
      "a keyword",
      (payload) => {
        payload.properties.quantity.minimum = 1
      },
      "quantity has minimum"
    ],
    [
      "a field that may be anything",
      (payload) => {
        payload.properties.quantity = {}
      },
      "quantity may be anything"
    ],
    [
      "two objects in one field",
      (payload) => {
        const { level } = payload.properties
        payload.properties.level = { anyOf: [level, level] }
      },
      "level may be object in two ways"
    ]
  ])("is an error, not a pass: %s", (_, change, message) => {
    expect(() => broken((it) => change(payloadOf(it)))).toThrow(message)
  })
})
