import { expect, it } from "@effect/vitest"
import { fromLoaded, OpenBook } from "../../../src/inventory/decide/OpenBook.ts"
import { StockChanges } from "../../../src/inventory/decide/StockChanges.ts"
import { line, reserve, tea } from "./words.ts"

it("B11 come from a book, and only events change a book", () => {
  const stock = tea(5)
  const book = new OpenBook(fromLoaded(stock.loaded()))
  // @ts-expect-error the state of a book is listed, never set
  expect(book.stocks.set).toBeUndefined()
  // @ts-expect-error nor can events be handed in beside the book
  const beside = () => StockChanges.of(book, stock.rows.events, [])
  expect(beside).toBeTypeOf("function")
  for (const event of stock.happens(reserve("o", line("tea", 2)))) book.record(event)
  const changes = StockChanges.of(book, [])
  expect(changes.events).toEqual(stock.rows.events.slice(-1))
  expect(changes.updatedLevels.map(({ level }) => level.reservedQuantity)).toEqual([2])
  // @ts-expect-error the same fields do not make changes
  const forged: StockChanges = { ...changes, createdLevels: [], isEmpty: false }
  expect(forged).not.toBeInstanceOf(StockChanges)
})

it("B11 keep the events of their rows when the book goes on", () => {
  const stock = tea(5)
  const book = new OpenBook(fromLoaded(stock.loaded()))
  const changes = StockChanges.of(book, [])
  for (const event of stock.happens(reserve("o", line("tea", 2)))) book.record(event)
  expect([changes.events, changes.isEmpty, book.events.length]).toEqual([[], true, 1])
})

it("B11 take no events of a book that lies over another", () => {
  const loaded = fromLoaded(tea(5).loaded())
  const book = new OpenBook(loaded)
  expect(() => book.absorb(new OpenBook(loaded))).toThrow("over itself")
  expect(() => book.absorb(new OpenBook(book))).not.toThrow()
})
