import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { reader } from "../../../src/kernel/InvalidInput.ts"
import { decimalsOfCurrency } from "../../../src/kernel/money/currencies.ts"
import {
  compareAmounts,
  decimalsOf,
  isSame,
  Money,
  ofColumn
} from "../../../src/kernel/money/Money.ts"

const read = reader(Money)
const money = (amount: unknown, currency: unknown = "EUR") => read({ amount, currency })
const messagesOf = (result: ReturnType<typeof read>) =>
  Result.isFailure(result)
    ? result.failure.issues.map(({ message, path }) => `${path}: ${message}`)
    : ["no issue"]

/** Whole numbers that look random and are the same in every run. */
const numbers = function* (seed: number) {
  let state = seed
  while (true) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state
  }
}

describe("money", () => {
  it("has the decimals of its currency, however few were written", () => {
    for (const [written, currency, amount] of [
      ["12.5", "EUR", "12.50"],
      ["12", "EUR", "12.00"],
      ["0", "KWD", "0.000"],
      ["1500", "KRW", "1500"],
      ["0.1234", "CLF", "0.1234"],
      ["999999999999999.99", "EUR", "999999999999999.99"]
    ] as const) {
      expect(money(written, currency)).toEqual(Result.succeed({ amount, currency }))
    }
  })

  it("refuses more decimals than its currency has", () => {
    expect(messagesOf(money("1.005"))).toEqual(["amount: must have at most 2 decimals in EUR"])
    expect(messagesOf(money("1.5", "KRW"))).toEqual(["amount: must have no decimals in KRW"])
    expect(messagesOf(money("1.50", "JPY"))).toEqual(["amount: must have no decimals in JPY"])
    expect(messagesOf(money("0.0001", "KWD"))).toEqual([
      "amount: must have at most 3 decimals in KWD"
    ])
  })

  it("is text of zero or more, and nothing that only looks like a number", () => {
    expect(messagesOf(money(12.5))).toEqual(["amount: must be text"])
    for (const amount of [
      ...["-1", "+1", "", " 1", "1 ", "1,5", "1e3", "01", ".5", "5.", "NaN", "Infinity", "0x10"],
      ...["1_000", "٣", "1000000000000000", "0.00001", "1.2.3"]
    ]) {
      expect([amount, messagesOf(money(amount))]).toEqual([
        amount,
        [expect.stringMatching(/^amount: must be an amount of zero or more as text/)]
      ])
    }
  })

  it("is in a currency of ISO 4217", () => {
    for (const currency of ["XTS", "eur", "EURO", "", "XAU", "DEM", "constructor"]) {
      expect([currency, messagesOf(money("1", currency))]).toEqual([
        currency,
        ["currency: must be a currency of ISO 4217, such as EUR or KRW"]
      ])
    }
    const groups = new Map<number, number>()
    for (const [code, decimals] of decimalsOfCurrency) {
      expect(code).toMatch(/^[A-Z]{3}$/)
      groups.set(decimals, (groups.get(decimals) ?? 0) + 1)
    }
    expect(Object.fromEntries(groups)).toEqual({ 0: 17, 2: 139, 3: 7, 4: 2 })
    const known = ["KRW", "JPY", "KWD", "EUR", "ISK", "UYW"].map(decimalsOf)
    expect(known).toEqual([0, 0, 3, 2, 0, 4])
  })

  it("comes back from JSON, and from a column of any scale, as it was", () => {
    const random = numbers(7)
    const codes = [...decimalsOfCurrency.keys()]
    for (let round = 0; round < 2_000; round++) {
      const [a, b, c, d] = [random.next(), random.next(), random.next(), random.next()]
      const currency = codes[Number(a.value) % codes.length] ?? "EUR"
      const decimals = Number(b.value) % (decimalsOf(currency) + 1)
      const digits = `${BigInt(c.value ?? 0) * BigInt(d.value ?? 0)}`.slice(0, 15 + decimals)
      const padded = digits.padStart(decimals + 1, "0")
      const whole = padded.slice(0, padded.length - decimals).replace(/^0+(?=\d)/, "")
      const written = decimals === 0 ? whole : `${whole}.${padded.slice(-decimals)}`
      if (whole.length > 15) continue
      const result = money(written, currency)
      if (Result.isFailure(result)) throw new Error(`${written} ${currency}`)
      const { success } = result
      expect(Schema.decodeUnknownSync(Money)(JSON.parse(JSON.stringify(success)))).toEqual(success)
      const [units, fraction = ""] = success.amount.split(".")
      expect(ofColumn(`${units}.${fraction.padEnd(4, "0")}`, currency)).toEqual(success)
      expect(ofColumn(success.amount, currency)).toEqual(success)
    }
    expect(() => ofColumn("1.0050", "EUR")).toThrow("1.0050 has more decimals than EUR")
    expect(ofColumn("1000.0000", "KRW").amount).toBe("1000")
  })

  it("is compared exactly, where floats are equal", () => {
    const of = (amount: string) => ofColumn(amount, "EUR")
    const [less, more] = [of("9007199254740992.00"), of("9007199254740993.00")]
    expect(Number(less.amount)).toBe(Number(more.amount))
    expect([compareAmounts(less, more), compareAmounts(more, less)]).toEqual([-1, 1])
    expect(compareAmounts(of("10.00"), of("9.99"))).toBe(1)
    expect([isSame(of("1"), of("1.00")), isSame(of("1"), { ...of("1"), currency: "USD" })]).toEqual(
      [true, false]
    )
  })
})
