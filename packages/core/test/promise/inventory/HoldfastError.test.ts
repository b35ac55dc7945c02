import { describe, expect, it } from "@effect/vitest"
import { HoldfastError, type HoldfastErrorDetails, isHoldfastError } from "../../../src/index.ts"

const line = (skuId: string) => ({
  line: 0,
  lineId: null,
  skuId,
  locationId: null,
  requested: 4,
  available: 3
})

/** One example of each code, and what its message must name. */
const examples: {
  readonly [Code in keyof HoldfastErrorDetails]: readonly [HoldfastErrorDetails[Code], string[]]
} = {
  Unauthenticated: [{ operation: "reserve" }, ["reserve", "say who you are"]],
  Forbidden: [
    { operation: "receive", needs: ["ADMIN", "stock:write"], locationIds: [], field: null },
    ["receive", "ADMIN or stock:write"]
  ],
  InvalidInput: [{ issues: [{ path: "ttl", message: "must be a number" }] }, ["ttl: must be a"]],
  IdempotencyMismatch: [{ key: "k1" }, ["k1", "new key"]],
  KeyRingMissing: [{ field: "customer" }, ["customer", "key ring"]],
  CustomerNotFound: [{ orderId: "o1" }, ["o1"]],
  CustomerUnreadable: [
    { orderId: "o1", reason: "KEY_MISSING", keyId: "2026-11" },
    ["o1", "no key 2026-11"]
  ],
  SkuNotFound: [{ skuIds: ["mug", "cup"] }, ['"mug", "cup"', "register it"]],
  ReferenceTaken: [
    {
      skuId: "mug",
      reference: "DN-1",
      movementType: "RECEIPT",
      movementId: "m1",
      locationId: "attic",
      quantity: 5,
      bookedAt: new Date(0)
    },
    ["DN-1", "mug", "RECEIPT of 5 units", "attic", "1970-01-01", "m1"]
  ],
  ReturnExceedsOrder: [
    { orderId: "o1", skuId: "mug", requested: 3, fulfilledQuantity: 5, returnedQuantity: 4 },
    ["3 units", "mug", "o1", "got 5", "gave 4 back"]
  ],
  SkuCodeNotFound: [{ codes: ["MUG"] }, ["MUG", "correct the code"]],
  LocationNotFound: [{ locationIds: ["attic"] }, ["attic", "register it"]],
  ReservationNotFound: [{ reservationId: "r1" }, ["r1"]],
  OrderNotFound: [{ orderId: "o1" }, ["o1"]],
  UnknownOption: [{ optionIds: ["set"], hasCatalog: true }, ["catalog", "set"]],
  OptionNotForSale: [
    { options: [{ optionId: "set", productId: "p1", reason: "INACTIVE" }] },
    ["catalog", "set", "withdrawn"]
  ],
  BundleNotFound: [{ orderId: "o1", bundleId: "b1" }, ["o1", "b1"]],
  BundleLine: [
    { reservationId: "r1", orderId: "o1", bundleId: "b1", optionId: "set", action: "resize" },
    ["r1", "o1", "b1", "resize the bundle"]
  ],
  IdTaken: [{ kind: "sku", id: "mug" }, ["sku", "mug", "another"]],
  SkuCodeTaken: [{ code: "MUG" }, ["MUG", "another"]],
  SkuArchived: [{ skuIds: ["mug"] }, ["mug", "archived"]],
  SkuNotEmpty: [{ skuId: "mug", totalQuantity: 3, reservedQuantity: 2 }, ["mug", "3", "2"]],
  LocationUnavailable: [{ locationId: "attic", reason: "NOT_SELLABLE" }, ["attic", "sellable"]],
  DefaultLocationRequired: [{ locationId: "attic" }, ["attic", "another one"]],
  StaleExpectation: [{ field: "expectedQuantity", expected: 3, actual: 2 }, ["3", "2", "again"]],
  OrderTooLarge: [{ orderId: "o1", lines: 2_001, orderLinesMax: 2_000 }, ["o1", "2001", "2000"]],
  OrderAlreadyConfirmed: [{ orderId: "o1" }, ["o1"]],
  OrderNotPlaced: [{ orderId: "o1" }, ["o1", "placeOrder"]],
  OrderConflict: [{ orderId: "o1", status: "CANCELLED", action: "payment" }, ["o1", "CANCELLED"]],
  OrderNotConfirmed: [{ orderId: "o1" }, ["o1", "confirm it"]],
  ReservationExpired: [{ reservationIds: ["r1"] }, ["r1", "reacquire"]],
  ReservationConflict: [
    { reservationId: "r1", status: "RELEASED", action: "fulfil" },
    ["r1", "RELEASED", "fulfil"]
  ],
  QuantityOutOfHold: [
    { reservationId: "r1", requested: 4, quantity: 3, fulfilledQuantity: 1 },
    ["r1", "4", "3", "1"]
  ],
  InsufficientStock: [
    { lines: [line("mug")] },
    ["mug", "3 available of 4", "nothing was reserved"]
  ],
  InsufficientOnHand: [
    { skuId: "mug", locationId: "attic", requested: 4, removable: 3 },
    ["mug", "attic", "4", "3"]
  ],
  PromisesInTheWay: [
    {
      skuId: "mug",
      locationId: "attic",
      shortfallQuantity: 2,
      holds: [{ reservationId: "r1", orderId: "o1", status: "PENDING", quantity: 2 }],
      unlistedQuantity: 7
    },
    ["mug", "attic", "2", "o1", "not listed, which keep 7 units", "onShortfall"]
  ],
  BalanceOutOfRange: [{ skuId: "mug", locationId: "attic" }, ["mug", "attic"]],
  LinesRefused: [
    {
      lines: [
        {
          line: 3,
          path: "lines.3.code",
          message: "no SKU in use has it",
          refusal: { _tag: "SkuCodeNotFound", codes: ["MUG"] }
        }
      ]
    },
    ["nothing was changed", "1 of the lines was", "lines.3.code: no SKU in use has it"]
  ],
  BeforeLedger: [
    { skuId: "mug", at: new Date(0), horizon: new Date(1_767_225_600_000) },
    ["mug", "1970-01-01", "2026-01-01"]
  ],
  PositionGone: [{ after: 3, horizon: 70 }, ["3", "70", "dropped"]],
  LogRestored: [
    { after: 3, afterEventId: "018f2c00-0000-7000-8000-000000000003" },
    ["position 3", "018f2c00-0000-7000-8000-000000000003", "restored"]
  ],
  Unavailable: [{ reason: "no database" }, ["no database"]],
  Busy: [{ reason: "locked" }, ["locked"]],
  TimedOut: [{ reason: "slow" }, ["slow"]],
  Overloaded: [{ reason: "full" }, ["full"]],
  OutcomeUnknown: [{ reason: "lost" }, ["lost"]],
  AnswerUnreadable: [{ reason: "older" }, ["older"]],
  Closed: [{ reason: "Holdfast is closed" }, ["closed"]],
  Rejected: [{ reason: "refused" }, ["refused"]],
  TransactionUnusable: [{ reason: "used" }, ["used"]],
  StartFailed: [
    { reason: "FolderInUse", explanation: "in use" },
    ["could not be opened", "in use"]
  ],
  CloseTimedOut: [
    {
      timeout: 500,
      calls: [
        { method: "reserve", count: 2 },
        { method: "stock", count: 1 }
      ]
    },
    ["500 ms", "2 × reserve, stock", "same key"]
  ],
  Interrupted: [{ reason: "ended" }, ["ended", "same key"]],
  Defect: [{ reason: "oops" }, ["oops", "bug"]],
  ProductNotFound: [{ productId: "p1" }, ["p1"]],
  SlugNotFound: [{ slug: "socks" }, ["socks"]],
  OptionNotFound: [{ productId: "p1", optionId: "o1" }, ["p1", "o1"]],
  CategoryNotFound: [{ categoryIds: ["c1"], fields: ["parentId"] }, ["c1"]],
  ProductReserved: [{ productId: "p1", optionIds: ["o1"] }, ["p1", "o1"]],
  ProductConflict: [{ productId: "p1", status: "DISCONTINUED", action: "deactivate" }, ["p1"]],
  ExternalIdTaken: [{ kind: "option", externalId: "e1" }, ["option", "e1", "another"]],
  SlugTaken: [{ slug: "socks" }, ["socks", "another"]],
  AttributeNotFound: [
    { attributes: ["color"], fields: ["attributes.color"] },
    ["color", "create it"]
  ],
  AttributeCodeTaken: [{ code: "color" }, ["color", "another"]],
  AttributeInactive: [{ productId: "p1", code: "color" }, ["color", "retired"]],
  AttributeNotForType: [
    { productId: "p1", code: "color", type: "BUNDLE" },
    ["p1", "color", "BUNDLE"]
  ],
  AttributeMismatch: [
    { productId: "p1", code: "color", kind: "CHOICE", unknownChoices: ["pink"] },
    ["color", "pink", "add it"]
  ],
  ProductTooLarge: [{ productId: "p1", what: "options", count: 1_001, max: 1_000 }, ["1001"]],
  MappingsMismatch: [{ productId: "p1", optionId: "o1", type: "NORMAL", skus: 2 }, ["o1", "2"]],
  CurrencyMismatch: [
    { productId: "p1", optionId: "o1", currency: "KRW", expected: "EUR" },
    ["o1", "KRW", "EUR"]
  ],
  NothingOnOffer: [{ productId: "p1" }, ["p1"]],
  StaleStock: [{ productId: "p1", skuIds: ["mug"], isMixed: false }, ["p1", "mug"]],
  CategoryNameTaken: [{ parentId: null, name: "Socks" }, ["Socks", "at the top"]],
  CategoryCycle: [{ categoryId: "c1", parentId: "c2" }, ["c1", "c2"]],
  CategoryTooDeep: [{ categoryId: "c1", depth: 21, depthMax: 20 }, ["c1", "21"]],
  CategoryNotEmpty: [{ categoryId: "c1", children: 2, products: 3 }, ["c1", "2", "3"]],
  AttributeInUse: [{ attributeId: "a1", choices: ["red"], values: 3 }, ["a1", "red", "3"]]
}

const codes = Object.keys(examples) as ReadonlyArray<keyof HoldfastErrorDetails>

describe("HoldfastError", () => {
  it("names in its message what it is about, for every code", () => {
    for (const code of codes) {
      const [details, words] = examples[code]
      const { message } = new HoldfastError(code, details)
      for (const word of words) expect(message, code).toContain(word)
      expect(message, code).not.toContain("undefined")
    }
  })

  it("is retryable only where nothing was written and a repeat may succeed", () => {
    const retryable = codes.filter((code) => new HoldfastError(code, examples[code][0]).isRetryable)
    expect(retryable).toEqual(["Unavailable", "Busy", "TimedOut", "Overloaded"])
  })

  it("cuts a long list in its message, and keeps it whole in its details", () => {
    const lines = Array.from({ length: 9 }, (_, index) => line(`sku-${index}`))
    const error = new HoldfastError("InsufficientStock", { lines })
    expect(error.message).toContain("sku-4")
    expect(error.message).not.toContain("sku-5")
    expect(error.message).toContain("and 4 more")
    expect(error.details.lines).toHaveLength(9)
  })

  it("is an Error with a name, a cause, and a form for logs", () => {
    const cause = new Error("below")
    const error = new HoldfastError("Busy", { reason: "locked" }, { cause })
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).toBe("HoldfastError: locked")
    expect(error.cause).toBe(cause)
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "HoldfastError",
      code: "Busy",
      message: "locked",
      isRetryable: true,
      details: { reason: "locked" }
    })
  })
})

describe("isHoldfastError", () => {
  it("knows our errors, by code when one is given, and nothing else", () => {
    const error: unknown = new HoldfastError("SkuNotFound", { skuIds: ["mug"] })
    expect(isHoldfastError(error)).toBe(true)
    expect(isHoldfastError(error, "SkuNotFound")).toBe(true)
    expect(isHoldfastError(error, "OrderNotFound")).toBe(false)
    for (const other of [new Error("SkuNotFound"), { code: "SkuNotFound" }, null, undefined, "x"]) {
      expect(isHoldfastError(other)).toBe(false)
      expect(isHoldfastError(other, "SkuNotFound")).toBe(false)
    }
  })

  it("gives the details the type of the code", () => {
    const caught: unknown = new HoldfastError("InsufficientStock", { lines: [line("mug")] })
    if (!isHoldfastError(caught)) throw caught
    switch (caught.code) {
      case "InsufficientStock":
        expect(caught.details.lines[0]?.available).toBe(3)
        break
      default:
        expect.unreachable()
    }
  })
})
