/** A small typed client of the content API. All its types come from schema.d.ts, which is made from openapi.json. */

import type { components, paths } from "./schema.js";

const API = "/api/content/v1/";

type Path = keyof paths;
type Json<P extends Path> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;
type Query<P extends Path> = paths[P] extends { get: { parameters: { query?: infer Asked } } }
  ? Exclude<Asked, undefined>
  : never;

/** What has lists: "records" for everything, "methods", "pages" … */
export type Resource = {
  [P in Path]: P extends `${typeof API}${infer Name}/{id}/` ? Name : never;
}[Path];
type ListPath<R extends Resource> = `${typeof API}${R}/` & Path;
type OnePath<R extends Resource> = `${typeof API}${R}/{id}/` & Path;

export type Page<R extends Resource> = Json<ListPath<R>> & { next: string | null };
export type ListQuery<R extends Resource> = Query<ListPath<R>>;
export type Change = components["schemas"]["Change"];
export type Problem = components["schemas"]["ProblemForm"];

/** An answer of 400 or more. `problem.errors` names wrong parameters, and the allowed values where they can be listed. */
export class ContentError extends Error {
  constructor(
    readonly address: string,
    readonly problem: Problem,
  ) {
    super(`${address}: ${problem.detail}`);
  }
}

export class ContentClient {
  /** How many answers were not sent again, since the kept ones are still right. */
  unchanged = 0;
  readonly #kept = new Map<string, { tag: string; body: unknown }>();

  /** `site`: where the site is, such as https://participation.example. `most`: how many answers are kept. */
  constructor(
    readonly site: string,
    readonly most = 200,
  ) {}

  /** One page of a list. */
  list<R extends Resource>(resource: R, query: ListQuery<R> = {} as ListQuery<R>): Promise<Page<R>> {
    return this.#read<Page<R>>(this.#address(`${API}${resource}/`, query as object));
  }

  /** All pages of a list, one after the other. */
  async *pages<R extends Resource>(resource: R, query?: ListQuery<R>): AsyncGenerator<Page<R>> {
    let page = await this.list(resource, query);
    yield page;
    while (page.next) {
      page = await this.#read<Page<R>>(new URL(page.next, this.site));
      yield page;
    }
  }

  /** One record with its document. */
  get<R extends Resource>(resource: R, id: number, query: Query<OnePath<R>> = {} as Query<OnePath<R>>): Promise<Json<OnePath<R>>> {
    return this.#read<Json<OnePath<R>>>(this.#address(`${API}${resource}/${id}/`, query as object));
  }

  /** The record at an address of the site, such as "/methoden/". */
  find(path: string): Promise<Json<"/api/content/v1/find/">> {
    return this.#read<Json<"/api/content/v1/find/">>(this.#address(`${API}find/`, { path }));
  }

  /**
   * Everything that changed after `since` (without it: everything). An entry may come twice, so apply it by its id.
   * The generator's return value is the `since` to go on with next time.
   */
  async *changes(since = ""): AsyncGenerator<Change, string> {
    for (;;) {
      const query = since ? { since } : {};
      const answer = await this.#read<Json<"/api/content/v1/changes/">>(this.#address(`${API}changes/`, query));
      yield* answer.data;
      since = answer.since;
      if (!answer.more) return since;
    }
  }

  /** Members of a list are divided by commas; only `or` is repeated. */
  #address(path: string, query: object): URL {
    const address = new URL(path, this.site);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      if (name === "or" && Array.isArray(value)) value.forEach((one) => address.searchParams.append(name, String(one)));
      else address.searchParams.set(name, String(value));
    }
    return address;
  }

  /** What this address answers. An answer that is kept is asked for with its tag, and sent only if it is another now. */
  async #read<Body>(address: URL): Promise<Body> {
    const kept = this.#kept.get(address.href);
    const headers: Record<string, string> = { Accept: "application/json" };
    if (kept) headers["If-None-Match"] = kept.tag;
    const response = await fetch(address, { headers, cache: "no-store" });
    if (kept && response.status === 304) {
      this.unchanged += 1;
      return kept.body as Body;
    }
    if (!response.ok) throw new ContentError(address.pathname, (await response.json()) as Problem);
    const body = (await response.json()) as Body;
    const tag = response.headers.get("ETag");
    if (tag) this.#keep(address.href, tag, body);
    return body;
  }

  #keep(address: string, tag: string, body: unknown): void {
    this.#kept.delete(address);
    this.#kept.set(address, { tag, body });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.most) break;
      this.#kept.delete(oldest);
    }
  }
}
