/** Receipts say in which form their answer is kept: those of a first release are in form 1. */
export const receipts = (schema: string): ReadonlyArray<string> => [
  `
alter table ${schema}.receipts
  add column answer_version bigint not null default 1;
`
]
