/** Prints the methods that everybody can take part in, with their steps. `node out/example.js https://site.example` */

import { type Change, ContentClient, ContentError, type ListQuery, type Page } from "./client.js";

type Method = Page<"methods">["data"][number];
type Block = NonNullable<Method["document"]>["body"][number];

const client = new ContentClient(process.argv[2] ?? "http://localhost:8000");

/** A block in words. The compiler knows of each type what it holds. */
function words(block: Block): string {
  switch (block.type) {
    case "heading":
      return `${"#".repeat(block.level)} ${block.text}`;
    case "paragraph":
      return block.text;
    case "image":
      return `[${block.image.alt}, ${block.image.width} × ${block.image.height}]`;
    case "table":
      return block.rows.map((row) => row.join(" | ")).join("\n");
    case "steps":
      return block.steps.map((step) => `${step.title}: ${step.text.text}`).join("\n");
    default:
      return `(${block.type})`;
  }
}

async function openMethods(): Promise<string[]> {
  const lines: string[] = [];
  const query: ListQuery<"methods"> = {
    locale: "de",
    recruitment: "open",
    sort: "title",
    fields: ["title", "path", "document"],
    limit: 2,
  };
  for await (const page of client.pages("methods", query)) {
    for (const method of page.data) {
      lines.push(`${method.title} (${method.path})`);
      for (const step of method.document?.steps ?? []) {
        lines.push(`  ${step.minutes ? `${step.minutes} min` : "–"}  ${step.title}`);
      }
      for (const block of method.document?.body ?? []) lines.push(`  ${words(block)}`);
    }
  }
  return lines;
}

/** A copy of all public records, brought up to date by the feed of changes. */
async function copy(): Promise<Map<number, Change>> {
  const records = new Map<number, Change>();
  for await (const change of client.changes()) {
    if (change.event === "gone") records.delete(change.id);
    else records.set(change.id, change);
  }
  return records;
}

console.log((await openMethods()).join("\n"));

await openMethods();
console.log(`Asked again: ${client.unchanged} answers were still right.`);

const home = await client.find("/");
const same = await client.get("records", home.id, { fields: ["title"], include: ["translations"] });
console.log(`${same.title} in ${same.included?.map((record) => record.locale).join(", ")}`);

const records = await copy();
console.log(`${records.size} public records, ${[...records.values()].filter((one) => one.kind === "method").length} of them methods.`);

try {
  await client.find("no address");
} catch (error) {
  if (!(error instanceof ContentError)) throw error;
  console.log(`${error.problem.status} ${error.problem.detail}`);
}
