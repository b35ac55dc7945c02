/** Lines of log in the form of OTLP. */
import type { LogsData } from "effect/observability/OtlpLogger"
import { entriesToAttributes } from "effect/observability/OtlpResource"
import type { LogLine } from "../../cli/log/logLines.ts"

/** A line as a record. */
export type LogRecord = NonNullable<
  LogsData["resourceLogs"][number]["scopeLogs"][number]["logRecords"]
>[number]

const severities = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 } as const

/** The record of a line. */
export const logRecordOf = (line: LogLine): LogRecord => {
  const nanos = String(BigInt(line.date.getTime()) * 1_000_000n)
  const { cause, details, level, message, spanId, traceId } = line
  const told = cause === undefined ? details : { ...details, "exception.message": cause }
  return {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    severityNumber: severities[level as keyof typeof severities] ?? 0,
    severityText: level.toUpperCase(),
    body: { stringValue: message },
    attributes: entriesToAttributes(Object.entries(told)),
    droppedAttributesCount: 0,
    ...(traceId === undefined ? {} : { traceId }),
    ...(spanId === undefined ? {} : { spanId })
  }
}
