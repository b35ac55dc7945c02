/** Receipts keep the version of their answer's form. Existing receipts have form 1. */
export const receipts = (schema: string): ReadonlyArray<string> => [
  `
alter table ${schema}.receipts
  add column answer_version bigint not null default 1;
`
]
