"""What no JSON Schema can express: a cursor comes from a page, what happened is not in the future,
a transfer goes to another location, and an address of version 6 or a name in Punycode is one."""

import schemathesis


@schemathesis.hook
def before_call(ctx, case, kwargs):
    meta = case.meta
    if meta is not None and not meta.generation.mode.is_positive:
        return
    if case.query:
        case.query.pop("cursor", None)
    body = case.body
    if not isinstance(body, dict):
        return
    happened = body.get("occurredAt")
    if isinstance(happened, str) and happened[:4] > "2020":
        body["occurredAt"] = "2020" + happened[4:]
    if "toLocationId" in body and body.get("toLocationId") == body.get("fromLocationId"):
        body["toLocationId"] = "elsewhere"
    url = body.get("url")
    if isinstance(url, str) and ("[" in url or "xn--" in url.lower()):
        body["url"] = "https://shop.example/hooks"
