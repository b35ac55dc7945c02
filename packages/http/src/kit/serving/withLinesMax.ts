/** The OpenAPI document of a server whose requests are smaller than the engine would take. */
import { orderLinesMax } from "@holdfast/core/inventory"

/** The document of a server that takes fewer lines of an order in one request than the engine. */
export const withLinesMax = (value: unknown, requestLinesMax: number): unknown => {
  if (Array.isArray(value)) return value.map((item) => withLinesMax(item, requestLinesMax))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => {
      const isBounded = key === "lines" && held?.maxItems === orderLinesMax
      return [
        key,
        isBounded
          ? { ...held, maxItems: Math.min(orderLinesMax, requestLinesMax) }
          : withLinesMax(held, requestLinesMax)
      ]
    })
  )
}
