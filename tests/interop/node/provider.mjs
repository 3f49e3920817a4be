// The npm package `oidc-provider` as a process: node provider.mjs PORT, its orders as JSON in $ORDERS.
// Orders: client (its metadata), people (claims by sub), inIdToken (claims in the ID token, not beside it).
// Its own pages for development are where people log in and consent.
import Provider from "oidc-provider";

const port = Number(process.argv[2]);
const orders = JSON.parse(process.env.ORDERS);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [orders.client],
  claims: { openid: ["sub", "groups"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: !orders.inIdToken,
  pkce: { required: () => true },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...orders.people[sub] }) }),
});
provider.on("server_error", (_, error) => console.error(error));
provider.listen(port, "127.0.0.1");
