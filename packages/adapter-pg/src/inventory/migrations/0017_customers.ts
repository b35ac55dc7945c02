/**
 * What a host keeps about the customer of an order, encrypted, beside the ledger and never in it: so that
 * it can be erased, and its key changed. The value names its key.
 */

/** The statements that let orders have customers. */
export const customers = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.order_customers (
  order_id varchar(100) collate "C" primary key,
  ciphertext text not null,
  key_id text not null generated always as (split_part(ciphertext, ':', 2)) stored,
  changed_at timestamptz not null
)`
]
