import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { optionSchemas } from "../../src/serve/colorize_options.ts";
import { openApiDocument } from "../../src/serve/openapi.ts";

// deno-lint-ignore no-explicit-any -- a document is read like any JSON
const documentOf = (needsToken: boolean, fetchHosts: string[] = []): any =>
  JSON.parse(JSON.stringify(openApiDocument({ needsToken, fetchHosts })));

/** What an address alone cannot have. */
const isOfReference = (name: string) => ["transfer", "swatches"].includes(name);

Deno.test("openApiDocument() describes every option as it is checked, in the query and the form", () => {
  const { post } = documentOf(false).paths["/v1/colorize"];
  const names = Object.keys(optionSchemas);
  assertEquals(post.parameters.map(({ name }: { name: string }) => name), names);
  const size = post.parameters.find(({ name }: { name: string }) => name === "size");
  assertEquals([size.in, size.schema], ["query", { type: "integer", minimum: 8, maximum: 512 }]);
  const points = post.parameters.find(({ name }: { name: string }) => name === "points");
  assertEquals(points.content["application/json"].schema.items.required, ["x", "y", "color"]);
  const { properties } = post.requestBody.content["multipart/form-data"].schema;
  assertEquals(Object.keys(properties), ["image", "reference", "strokes", ...names]);
});

Deno.test("openApiDocument() asks for a token where the server does", () => {
  assertEquals(documentOf(false).paths["/v1/colorize"].post.security, undefined);
  const document = documentOf(true);
  assertEquals(document.paths["/v1/colorize"].post.security, [{ bearer: [] }]);
  assertEquals(document.components.securitySchemes.bearer.scheme, "bearer");
});

Deno.test("openApiDocument() has GET /v1/colorize where hosts are named, and names them", () => {
  assertEquals(documentOf(false).paths["/v1/colorize"].get, undefined);
  const { get } = documentOf(true, ["pictures.example"]).paths["/v1/colorize"];
  assertStringIncludes(get.description, "pictures.example");
  const required = get.parameters.filter((each: { required?: boolean }) => each.required);
  assertEquals(required.map(({ name }: { name: string }) => name), ["url"]);
  const names = get.parameters.map(({ name }: { name: string }) => name);
  assertEquals(names, [
    "url",
    ...Object.keys(optionSchemas).filter((name) => !isOfReference(name)),
  ]);
  for (const status of [200, 403, 502]) assert(get.responses[status], String(status));
});

Deno.test("openApiDocument() refers to schemas that are there", () => {
  const document = documentOf(true);
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  const names = new Set([...references].map(([, name]) => name!));
  assertEquals([...names], Object.keys(document.components.schemas));
});
