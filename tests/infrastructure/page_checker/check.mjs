// node check.mjs FOLDER BROWSER PROFILE ADDRESS…   What Lighthouse has against each page, as one JSON object on
// standard output: address → {category: {score, faults}}. FOLDER holds node_modules, BROWSER is a Chromium, PROFILE a
// folder that it may fill. One browser visits all addresses; it is in this program's process group.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, program, profile, ...addresses] = process.argv.slice(2);
const { default: lighthouse } = await import(pathToFileURL(`${folder}/node_modules/lighthouse/core/index.js`));

// How fast a page is says nothing on a busy machine, so nothing is slowed down, waited for or pictured.
const settings = {
  onlyCategories: ["accessibility", "best-practices", "seo"],
  pauseAfterFcpMs: 0,
  pauseAfterLoadMs: 0,
  networkQuietThresholdMs: 50,
  cpuQuietThresholdMs: 0,
  disableFullPageScreenshot: true,
  disableStorageReset: true,
};
const switches = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
switches.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
switches.push("--disable-dev-shm-usage", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank");
const browser = spawn(program, switches, { stdio: ["ignore", "ignore", "pipe"] });

/** The port on which the browser takes orders: it says so itself. */
async function port() {
  const said = [];
  for await (const line of createInterface({ input: browser.stderr })) {
    const found = line.match(/^DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//);
    if (found) {
      browser.stderr.resume();
      return Number(found[1]);
    }
    said.push(line);
  }
  throw new Error(`the browser ended: ${said.join("\n")}`);
}

function faults(audits, category) {
  return category.auditRefs
    .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
    .map(({ id }) => `${id}: ${audits[id].title} ${JSON.stringify(audits[id].details?.items ?? []).slice(0, 600)}`);
}

const found = {};
try {
  const options = { port: await port(), logLevel: "silent", ...settings };
  for (const address of addresses) {
    const { lhr } = await lighthouse(address, options);
    if (lhr.runtimeError) {
      throw new Error(`${address}: ${lhr.runtimeError.message}`);
    }
    found[address] = Object.fromEntries(
      Object.values(lhr.categories).map((one) => [one.id, { score: one.score, faults: faults(lhr.audits, one) }]),
    );
  }
} finally {
  browser.kill();
}
console.log(JSON.stringify(found));
