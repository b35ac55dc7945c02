import { type Product, type SearchText, searchTextOf } from "@holdfast/core/catalog"
import { type Query, query, texts } from "../../../connection/Query.ts"

/** A lexeme holds letters and digits alone, so nothing in it needs to be escaped. */
const vectorOf = ({ lexemes }: SearchText): string =>
  [...lexemes].map(([lexeme, place]) => `'${lexeme}':1${place === "NAME" ? "A" : "B"}`).join(" ")

/**
 * Writes what products are found by. The application makes the lexemes, so no dictionary of the
 * server is asked, and every server finds the same.
 * Index: product_search_pkey; product_search_words grows. Lock: the rows; the products are locked
 * already.
 */
export const writeSearch = (schema: string) => {
  const sql = `
insert into ${schema}.product_search (product_id, words, text)
select n.product_id::uuid, n.words::tsvector, n.text
from unnest($1::text[], $2::text[], $3::text[]) as n(product_id, words, text)
order by n.product_id
on conflict (product_id) do update set words = excluded.words, text = excluded.text`
  return (products: ReadonlyArray<Product.Product>): Query => {
    const found = products.map(searchTextOf)
    return query(
      sql,
      texts(products.map(({ id }) => id)),
      texts(found.map(vectorOf)),
      texts(found.map(({ text }) => text))
    )
  }
}
