/** What a fetch of @platformatic/kafka holds for a handler, with transactions in it. */
import { describe, expect, it } from "vitest"
import { type FetchedPartition, fetchedMessages } from "../src/clients/fetchedMessages.ts"

type Batch = NonNullable<FetchedPartition["records"]>[number]

const transactional = 1 << 4
const control = 1 << 5

const batch = (firstOffset: number, texts: ReadonlyArray<string>, more: Partial<Batch> = {}) =>
  ({
    firstOffset: BigInt(firstOffset),
    lastOffsetDelta: texts.length - 1,
    attributes: 0,
    producerId: -1n,
    records: texts.map((text, offsetDelta) => ({
      offsetDelta,
      key: null,
      value: Buffer.from(text),
      headers: []
    })),
    ...more
  }) as unknown as Batch

/** A mark at the end of a transaction: 0 aborts it, 1 commits it. */
const mark = (offset: number, producerId: bigint, kind: 0 | 1) =>
  batch(offset, [""], {
    attributes: transactional | control,
    producerId,
    records: [{ offsetDelta: 0, key: Buffer.from([0, 0, 0, kind]), value: null, headers: [] }]
  } as unknown as Partial<Batch>)

const read = (
  from: number,
  records: ReadonlyArray<Batch>,
  aborted: ReadonlyArray<readonly [bigint, bigint]> = []
) => {
  const abortedTransactions = aborted.map(([producerId, firstOffset]) => ({
    producerId,
    firstOffset
  }))
  const { messages, next } = fetchedMessages(from, { records: [...records], abortedTransactions })
  return { next, texts: messages.map(({ value }) => value?.toString()) }
}

const of = (producerId: bigint) => ({ attributes: transactional, producerId })

describe("what was fetched", () => {
  it("begins at the offset that was asked for, also within a batch", () => {
    expect(read(6, [batch(5, ["a", "b"]), batch(7, ["c"])])).toEqual({ next: 8, texts: ["b", "c"] })
  })

  it("is nothing when the broker sent nothing", () => {
    expect(fetchedMessages(3, { records: null, abortedTransactions: null })).toEqual({
      messages: [],
      next: 3
    })
  })

  it("leaves out an aborted transaction whose end was not fetched, and no other", () => {
    const batches = [batch(0, ["a", "b"], of(1n)), batch(2, ["c"], of(2n)), batch(3, ["d"])]
    expect(read(0, batches, [[1n, 0n]])).toEqual({ next: 4, texts: ["c", "d"] })
  })

  it("leaves out every aborted transaction of a producer, and keeps what it commits then", () => {
    const batches = [
      batch(0, ["a"], of(1n)),
      mark(1, 1n, 0),
      batch(2, ["b"], of(1n)),
      mark(3, 1n, 0),
      batch(4, ["c"], of(1n)),
      mark(5, 1n, 1)
    ]
    expect(
      read(0, batches, [
        [1n, 0n],
        [1n, 2n]
      ])
    ).toEqual({ next: 6, texts: ["c"] })
  })

  it("goes on behind marks that nobody handles", () => {
    expect(read(4, [mark(4, 1n, 1)])).toEqual({ next: 5, texts: [] })
  })

  it("keeps a header that stands there several times as a list", () => {
    const headers = [
      [Buffer.from("one"), Buffer.from("1")],
      [Buffer.from("many"), Buffer.from("2")],
      [Buffer.from("many"), Buffer.from("3")],
      [Buffer.from("none"), null]
    ]
    const record = { offsetDelta: 0, key: Buffer.from("k"), value: null, headers }
    const records = [batch(0, ["x"], { records: [record] } as unknown as Partial<Batch>)]
    const [message] = fetchedMessages(0, { records, abortedTransactions: [] }).messages
    expect(message).toEqual({
      offset: 0,
      key: Buffer.from("k"),
      value: null,
      headers: {
        one: Buffer.from("1"),
        many: [Buffer.from("2"), Buffer.from("3")],
        none: Buffer.of()
      }
    })
  })
})
