/**
 * Movements are found by their reference, and returns by the order that they name. A movement without
 * a reference is in the first index no more than a movement without an order in the second.
 */

/** The statements that let movements be found by their reference and their order. */
export const references = (schema: string): ReadonlyArray<string> => [
  `alter table ${schema}.stock_movements add column order_id varchar(100) collate "C"`,
  `create index stock_movements_reference on ${schema}.stock_movements
  (reference, sku_id, created_at, id) where reference is not null`,
  `create index stock_movements_order on ${schema}.stock_movements (order_id, sku_id)
  where order_id is not null`
]
