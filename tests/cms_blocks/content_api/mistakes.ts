/** Questions that nobody can ask, and fields that no answer has: the compiler must refuse each of these lines. */

import { ContentClient } from "./client.js";

const client = new ContentClient("http://localhost");

// @ts-expect-error There is no such resource.
void client.list("riddles");
// @ts-expect-error There is no such parameter.
void client.list("methods", { colour: "red" });
// @ts-expect-error Pages have no cost.
void client.list("pages", { cost_level: 2 });
// @ts-expect-error There is no such order.
void client.list("methods", { sort: "colour" });
// @ts-expect-error A number is no text.
void client.list("methods", { cost_level: "cheap" });
// @ts-expect-error A list has no document unless it was asked for.
void client.list("methods").then((page) => page.data[0]?.document.steps);
// @ts-expect-error Records of every kind do not say what their document holds.
void client.get("records", 1).then((record) => record.document?.steps.length);

const [block] = (await client.get("pages", 1)).document?.body ?? [];
// @ts-expect-error Not every block has rows.
void block?.rows;
if (block?.type === "table") void block.rows.length;
