/** Where the operations are. Made by `pnpm contract` from the OpenAPI document; do not change it by hand. */

/** How each operation goes over the wire, by its group. */
export const routes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  events: {
    list: "GET r /api/events",
    stream: "GET rs /api/events/stream"
  },
  webhooks: {
    create: "POST k /api/webhooks",
    list: "GET r /api/webhooks",
    get: "GET r /api/webhooks/{webhookId}",
    update: "PATCH  /api/webhooks/{webhookId}",
    delete: "DELETE  /api/webhooks/{webhookId}",
    rotateSecret: "POST k /api/webhooks/{webhookId}/secret",
    test: "POST  /api/webhooks/{webhookId}/test",
    deliveries: "GET r /api/webhooks/{webhookId}/deliveries",
    redeliver: "POST  /api/webhooks/{webhookId}/redeliver",
    replay: "POST  /api/webhooks/{webhookId}/replay"
  },
  audit: {
    list: "GET r /api/audit"
  },
  health: {
    live: "GET r /health/live",
    startup: "GET r /health/startup",
    ready: "GET r /health/ready"
  },
  skus: {
    register: "POST k /api/skus",
    list: "GET r /api/skus",
    get: "GET r /api/skus/{skuId}",
    update: "PATCH k /api/skus/{skuId}",
    archive: "POST k /api/skus/{skuId}/archive",
    unarchive: "POST k /api/skus/{skuId}/unarchive"
  },
  history: {
    sku: "GET r /api/skus/{skuId}/history"
  },
  stock: {
    statuses: "GET r /api/inventory/stock-status",
    manyStatuses: "POST r /api/inventory/stock-status",
    many: "POST r /api/stock/batch-get",
    heldOptions: "POST r /api/inventory/reservations/held-options",
    checkAvailability: "POST r /api/inventory/check-availability",
    get: "GET r /api/inventory/{skuId}",
    movementsOfReference: "GET r /api/inventory/movements",
    movements: "GET r /api/inventory/{skuId}/movements",
    reservations: "GET r /api/inventory/{skuId}/reservations",
    receive: "POST k /api/inventory/{skuId}/receive",
    returnStock: "POST k /api/inventory/{skuId}/return",
    ship: "POST k /api/inventory/{skuId}/ship",
    adjust: "POST k /api/inventory/{skuId}/adjust",
    count: "POST k /api/inventory/{skuId}/count",
    transfer: "POST k /api/inventory/{skuId}/transfer",
    changeStock: "POST k /api/stock/bulk"
  },
  reservations: {
    reserve: "POST k /api/inventory/reservations",
    get: "GET r /api/inventory/reservations/{reservationId}",
    confirm: "POST k /api/inventory/reservations/{reservationId}/confirm",
    release: "POST k /api/inventory/reservations/{reservationId}/release",
    fulfil: "POST k /api/inventory/reservations/{reservationId}/fulfil",
    resize: "POST k /api/inventory/reservations/{reservationId}/resize",
    extend: "POST k /api/inventory/reservations/{reservationId}/extend"
  },
  orders: {
    replace: "PUT k /api/inventory/orders/{orderId}/reservations",
    add: "POST k /api/inventory/orders/{orderId}/reservations",
    get: "GET r /api/inventory/orders/{orderId}/reservations",
    release: "DELETE k /api/inventory/orders/{orderId}/reservations",
    confirm: "POST k /api/inventory/orders/{orderId}/confirm",
    fulfil: "POST k /api/inventory/orders/{orderId}/fulfil",
    releaseBundle: "POST k /api/inventory/orders/{orderId}/bundles/{bundleId}/release",
    resizeBundle: "POST k /api/inventory/orders/{orderId}/bundles/{bundleId}/resize",
    extendBundle: "POST k /api/inventory/orders/{orderId}/bundles/{bundleId}/extend",
    place: "PUT k /api/inventory/orders/{orderId}",
    state: "GET r /api/inventory/orders/{orderId}",
    pay: "POST k /api/inventory/orders/{orderId}/pay",
    cancel: "POST k /api/inventory/orders/{orderId}/cancel",
    complete: "POST k /api/inventory/orders/{orderId}/complete",
    customer: "GET r /api/inventory/orders/{orderId}/customer",
    eraseCustomer: "DELETE  /api/inventory/orders/{orderId}/customer"
  },
  carts: {
    create: "POST  /api/carts",
    claim: "POST k /api/orders/{orderId}/claim"
  },
  locations: {
    register: "POST k /api/locations",
    list: "GET r /api/locations",
    get: "GET r /api/locations/{locationId}",
    update: "PATCH k /api/locations/{locationId}"
  },
  operations: {
    reconciliation: "GET r /api/inventory/reconciliation",
    events: "GET r /api/inventory/events"
  },
  stockReports: {
    mostMissed: "GET r /api/reports/most-missed",
    accuracy: "GET r /api/reports/accuracy"
  },
  products: {
    list: "GET r /api/products",
    create: "POST k /api/products",
    batchGet: "POST r /api/products/batch-get",
    mappings: "GET r /api/products/sku-mappings",
    manyMappings: "POST r /api/products/sku-mappings",
    bySlug: "GET r /api/products/by-slug/{slug}",
    get: "GET r /api/products/{productId}",
    update: "PATCH k /api/products/{productId}",
    delete: "DELETE k /api/products/{productId}",
    activate: "POST k /api/products/{productId}/activate",
    deactivate: "POST k /api/products/{productId}/deactivate",
    discontinue: "POST k /api/products/{productId}/discontinue",
    duplicate: "POST k /api/products/{productId}/duplicate",
    setImages: "PUT k /api/products/{productId}/images",
    setCategories: "PUT k /api/products/{productId}/categories"
  },
  options: {
    add: "POST k /api/products/{productId}/options",
    update: "PATCH k /api/products/{productId}/options/{optionId}",
    remove: "DELETE k /api/products/{productId}/options/{optionId}",
    setMappings: "PUT k /api/products/{productId}/options/{optionId}/sku-mappings"
  },
  categories: {
    tree: "GET r /api/categories/tree",
    get: "GET r /api/categories/{categoryId}",
    update: "PATCH k /api/categories/{categoryId}",
    delete: "DELETE k /api/categories/{categoryId}",
    products: "GET r /api/categories/{categoryId}/products",
    create: "POST k /api/categories",
    move: "POST k /api/categories/{categoryId}/move"
  },
  attributes: {
    list: "GET r /api/product-attributes",
    create: "POST k /api/product-attributes",
    get: "GET r /api/product-attributes/{attributeId}",
    update: "PATCH k /api/product-attributes/{attributeId}",
    delete: "DELETE k /api/product-attributes/{attributeId}"
  },
  productReports: {
    mostViewed: "GET r /api/reports/most-viewed"
  },
  imports: {
    bring: "POST f /api/imports/{kind}",
    get: "GET r /api/imports/{importId}",
    errors: "GET r /api/imports/{importId}/errors"
  }
}

/** The codes of refusals. */
export const refusalCodes =
  "attribute-code-taken attribute-in-use attribute-inactive attribute-mismatch attribute-not-for-type attribute-not-found audit-not-here balance-out-of-range before-ledger bundle-line bundle-not-found id-taken category-cycle category-name-taken category-not-empty category-not-found category-too-deep currency-mismatch customer-not-found customer-unreadable customers-not-here default-location-required external-id-taken content-too-large forbidden id-taken idempotency-mismatch import-not-found insufficient-on-hand insufficient-stock invalid-input key-ring-missing lines-refused location-not-found location-unavailable log-restored sku-not-found mappings-mismatch no-guests nothing-on-offer option-not-for-sale order-already-confirmed order-conflict order-not-confirmed order-not-found order-not-placed order-too-large position-beyond-log position-gone product-conflict product-not-found product-reserved product-too-large promises-in-the-way quantity-out-of-hold reference-taken reservation-conflict reservation-expired reservation-not-found return-exceeds-order sku-archived sku-code-taken sku-not-empty sku-not-found slug-not-found slug-taken stale-expectation too-many-webhooks unauthenticated unknown-option webhook-not-found webhooks-not-here"
