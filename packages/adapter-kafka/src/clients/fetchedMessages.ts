/** What @platformatic/kafka has fetched of a partition, as messages for a handler. */
import type { Consumer } from "@platformatic/kafka"
import type { HeaderValue } from "./KafkaClient.ts"
import type { FetchedMessage } from "./KafkaConsumerClient.ts"

/** What a broker answers about one partition. */
export type FetchedPartition = Awaited<
  ReturnType<Consumer["fetch"]>
>["responses"][number]["partitions"][number]

type RecordsBatch = NonNullable<FetchedPartition["records"]>[number]

const isTransactional = 1 << 4
const isControl = 1 << 5
const abortMarker = 0

/** A mark in the log that ends a transaction: whether the transaction was aborted. */
const isAbort = ({ records }: RecordsBatch): boolean =>
  records[0]?.key?.readInt16BE(2) === abortMarker

/** A header that stands there several times is a list. */
const headersOf = (pairs: RecordsBatch["records"][number]["headers"]) => {
  const byName = Map.groupBy(pairs, ([name]) => name?.toString() ?? "")
  const one = (values: ReadonlyArray<Buffer>): HeaderValue =>
    values.length === 1 ? (values[0] ?? "") : values
  return Object.fromEntries(
    [...byName].map(([name, some]) => [name, one(some.map(([, value]) => value ?? Buffer.of()))])
  )
}

/**
 * The messages from an offset on, and the offset after all that was fetched, which may be further: a
 * batch may begin before the offset, and marks and messages of aborted transactions are nobody's.
 * The client leaves out aborted messages only when the mark of the abort was fetched with them, and of
 * one producer the last transaction alone; so they are left out here.
 */
export const fetchedMessages = (
  from: number,
  {
    abortedTransactions,
    records: batches
  }: Pick<FetchedPartition, "abortedTransactions" | "records">
): { readonly messages: ReadonlyArray<FetchedMessage>; readonly next: number } => {
  const aborts = [...(abortedTransactions ?? [])].sort((a, b) =>
    Number(a.firstOffset - b.firstOffset)
  )
  const aborted = new Set<bigint>()
  const messages: Array<FetchedMessage> = []
  let next = from
  for (const batch of batches ?? []) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta)
    next = Math.max(next, Number(last) + 1)
    while (aborts[0] !== undefined && aborts[0].firstOffset <= last) {
      const { producerId } = aborts.shift() ?? aborts[0]
      aborted.add(producerId)
    }
    if ((batch.attributes & isControl) !== 0) {
      if (isAbort(batch)) aborted.delete(batch.producerId)
      continue
    }
    if ((batch.attributes & isTransactional) !== 0 && aborted.has(batch.producerId)) continue
    for (const { headers, key, offsetDelta, value } of batch.records) {
      const offset = Number(batch.firstOffset) + offsetDelta
      if (offset < from) continue
      messages.push({ offset, key: key ?? null, value: value ?? null, headers: headersOf(headers) })
    }
  }
  return { messages, next }
}
