import { expect, it } from "@effect/vitest"
import { fromLoaded, OpenBook } from "../../../src/inventory/decide/OpenBook.ts"
import { StockChanges } from "../../../src/inventory/decide/StockChanges.ts"
import { line, reserve, tea } from "./words.ts"

it("B11 come from a book, and only events change a book", () => {
  const stock = tea(5)
  const book = new OpenBook(fromLoaded(stock.loaded()))
  // @ts-expect-error the state of a book is read, never set
  expect(book.stocks.set).toBeDefined()
  // @ts-expect-error nor can events be handed in beside the book
  const beside = () => StockChanges.of(book, stock.rows.events, [])
  expect(beside).toBeTypeOf("function")
  for (const event of stock.happens(reserve("o", line("tea", 2)))) book.record(event)
  const changes = StockChanges.of(book, [])
  expect(changes.events).toEqual(stock.rows.events.slice(-1))
  expect(changes.updatedLevels.map(({ level }) => level.reservedQuantity)).toEqual([2])
})
