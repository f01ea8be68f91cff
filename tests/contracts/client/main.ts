// A resident's main job, with the client that openapi-typescript makes of /openapi.json:
// sign in, prove the phone, read the bills, pay them together, keep the receipt.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.ts";

type Schemas = components["schemas"];

const [api, wechat, user, phone] = process.argv.slice(2);
if (!api || !wechat || !user || !phone) {
  throw new Error("usage: main.ts API WECHAT USER PHONE");
}

// What the mini-program asks of WeChat; its stand-in answers.
async function wx<T>(path: string, wish: unknown = {}): Promise<T> {
  const response = await fetch(`${wechat}/__ctl/users/${user}/${path}`, {
    method: "POST",
    body: JSON.stringify(wish),
  });
  if (!response.ok) {
    throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
  return (await response.json()) as T;
}

const client = createClient<paths>({ baseUrl: api });

// A failure is one of the problems that the operation documents, told apart by its code.
function must<D>(answer: { data?: D; error?: { code: string; title: string } }): D {
  if (answer.error) {
    throw new Error(`${answer.error.code}: ${answer.error.title}`);
  }
  return answer.data as D;
}

async function signIn(): Promise<void> {
  const { code } = await wx<{ code: string }>("login-code");
  const tokens = must(await client.POST("/api/v1/sessions/wechat", { body: { code } }));
  client.use({
    onRequest: ({ request }) =>
      request.headers.set("Authorization", `Bearer ${tokens.access_token}`),
  });
}

async function proveThePhone(): Promise<Schemas["Me"]> {
  const { code } = await wx<{ code: string }>("phone-code", { phone });
  const body = { code };
  const answer = await client.POST("/api/v1/me/phone", { body });
  if (answer.error?.code !== "consent_needed") {
    return must(answer);
  }
  const { policy, version } = answer.error.details; // typed by the code
  must(await client.POST("/api/v1/me/consents", { body: { policy, version } }));
  const again = { code: (await wx<{ code: string }>("phone-code", { phone })).code };
  return must(await client.POST("/api/v1/me/phone", { body: again }));
}

async function order(bills: Schemas["BillView"][]): Promise<Schemas["PaymentOrder"]> {
  const answer = await client.POST("/api/v1/payments", {
    params: { header: { "Idempotency-Key": `pay-${bills[0]?.bill_id}` } },
    body: { bill_ids: bills.map((bill) => bill.bill_id) },
  });
  switch (answer.error?.code) {
    case "bill_already_paid":
      throw new Error(`paid by ${answer.error.details.payment_id ?? "somebody else"}`);
    case "payment_in_progress":
      throw new Error(`ask again in ${answer.error.details.retry_after_seconds ?? "?"} s`);
    default:
      return must(answer);
  }
}

async function main(): Promise<void> {
  await signIn();
  const me = await proveThePhone();
  const query = { state: "owing" } as const;
  const page = must(await client.GET("/api/v1/me/bills", { params: { query } }));
  const bills = page.items.filter((bill) => bill.kind === "property_fee");
  const ordered = await order(bills);
  await wx("pay", ordered.pay_params);
  const path = { payment_id: ordered.payment_id };
  const payment = must(await client.GET("/api/v1/payments/{payment_id}", { params: { path } }));
  const receipt = must(
    await client.GET("/api/v1/payments/{payment_id}/receipt", { params: { path } }),
  );
  const missing = await client.GET("/api/v1/payments/{payment_id}", {
    params: { path: { payment_id: "nothing" } },
  });
  console.log(JSON.stringify({ me, owed: page.owed, payment, receipt, missing: missing.error }));
}

await main();
