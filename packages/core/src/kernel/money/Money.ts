/**
 * An amount of money, exactly: decimal text and the currency that it is in. It is never a float, and
 * stays text in events, answers and receipts. An amount has the decimals of its currency, no more
 * and no fewer, so two equal amounts are equal texts.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { decimalsOfCurrency } from "./currencies.ts"

/** Digits before the decimal point: what `numeric(19,4)` holds. */
const integerDigitsMax = 15

const pattern = new RegExp(`^(?:0|[1-9]\\d{0,${integerDigitsMax - 1}})(?:\\.\\d{1,4})?$`, "u")

/** The code of a currency in ISO 4217, three capitals, such as EUR, KRW or KWD. */
export const Currency = Schema.String.check(
  Schema.makeFilter<string>(
    (code) => decimalsOfCurrency.has(code) || "must be a currency of ISO 4217, such as EUR or KRW",
    {
      title: "a currency of ISO 4217",
      toJsonSchema: () => ({ enum: [...decimalsOfCurrency.keys()] })
    }
  )
).annotate({ identifier: "Currency" })

/** An amount as a caller may write it: text, zero or more, at most four decimals. */
export const WrittenAmount = Schema.String.check(
  Schema.isPattern(pattern, {
    message: `must be an amount of zero or more as text, such as "12.50", with at most ${integerDigitsMax} digits before the point`
  })
)

/** How many decimals a currency has; 2 for a currency that the table does not know. */
export const decimalsOf = (currency: string): number => decimalsOfCurrency.get(currency) ?? 2

const decimalsIn = (amount: string): number => {
  const point = amount.indexOf(".")
  return point < 0 ? 0 : amount.length - point - 1
}

const decimalsWords = (decimals: number): string =>
  decimals === 0 ? "no decimals" : `at most ${decimals} decimals`

/** The currencies with so many decimals, and the amounts in them, as a JSON Schema has it. */
const documentedWith = (decimals: number) => ({
  properties: {
    currency: { enum: codesWith(decimals) },
    amount: { pattern: decimals === 0 ? "^\\d+$" : `^\\d+(?:\\.\\d{1,${decimals}})?$` }
  }
})

const codesWith = (decimals: number): ReadonlyArray<string> =>
  [...decimalsOfCurrency].flatMap(([code, has]) => (has === decimals ? [code] : []))

/** Refuses more decimals than the currency has. */
const isPrecise = Schema.makeFilter(
  ({ amount, currency }: { readonly amount: string; readonly currency: string }) =>
    decimalsIn(amount) <= decimalsOf(currency) || {
      path: ["amount"],
      issue: `must have ${decimalsWords(decimalsOf(currency))} in ${currency}`
    },
  {
    title: "the decimals of its currency",
    toJsonSchema: () => ({ anyOf: [0, 2, 3, 4].map(documentedWith) })
  }
)

/** An amount with as many decimals as its currency has; it has no more than that already. */
const canonical = (amount: string, currency: string): string => {
  const decimals = decimalsOf(currency)
  const missing = decimals - decimalsIn(amount)
  if (missing === 0) return amount
  return `${amount}${amount.includes(".") ? "" : "."}${"0".repeat(missing)}`
}

const MoneyFields = Schema.Struct({ amount: WrittenAmount, currency: Currency }).check(isPrecise)

/**
 * An amount of money: `amount` as text, zero or more, and `currency` in ISO 4217. More decimals than
 * the currency has are refused; fewer are filled up, so "12.5" of EUR is read as "12.50".
 */
export const Money = MoneyFields.pipe(
  Schema.decodeTo(
    Schema.toType(MoneyFields),
    SchemaTransformation.transform({
      decode: ({ amount, currency }) => ({ amount: canonical(amount, currency), currency }),
      encode: (money) => money
    })
  )
).annotate({ identifier: "Money" })
export interface Money extends Schema.Schema.Type<typeof Money> {}

/** Money that is not checked again: that of events and kept answers. */
export const KeptMoney = Schema.Struct({ amount: Schema.String, currency: Schema.String })

/**
 * Money of a column: a decimal of any scale, such as `12.5000`, and a currency. Fails on decimals
 * that the currency does not have, since then the column is not what was written.
 */
export const ofColumn = (amount: string, currency: string): Money => {
  const value = BigDecimal.normalize(BigDecimal.fromStringUnsafe(amount))
  if (value.scale > decimalsOf(currency)) {
    throw new Error(`${amount} has more decimals than ${currency}`)
  }
  return { amount: canonical(plain(value), currency), currency }
}

const plain = (value: BigDecimal.BigDecimal): string => {
  const digits = BigDecimal.scale(value, Math.max(0, value.scale))
  const text = digits.value.toString().padStart(digits.scale + 1, "0")
  return digits.scale === 0 ? text : `${text.slice(0, -digits.scale)}.${text.slice(-digits.scale)}`
}

/** Whether two amounts are the same money. */
export const isSame = (a: Money, b: Money): boolean =>
  a.currency === b.currency && a.amount === b.amount

/** The order of two amounts of one currency: negative when the first is less. */
export const compareAmounts = (a: Money, b: Money): number =>
  BigDecimal.Order(BigDecimal.fromStringUnsafe(a.amount), BigDecimal.fromStringUnsafe(b.amount))
