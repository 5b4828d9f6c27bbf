import { assertEquals, assertStringIncludes } from "@std/assert";
import { reportPage } from "../../../scripts/report/page.ts";

Deno.test("reportPage() escapes texts and cells, and embeds pictures", () => {
  const png = Uint8Array.of(137, 80, 78, 71);
  const page = reportPage({
    title: "A < B",
    text: '"quoted" & more',
    sections: [{
      heading: "<script>",
      text: "it's",
      blocks: [
        { kind: "table", rows: [["model"], ["<b>"]] },
        { kind: "png", png, alt: 'a "grid"' },
        { kind: "svg", svg: "<svg></svg>", alt: "a chart" },
      ],
    }],
  });
  assertEquals(/<script|<b>/.test(page), false);
  for (
    const text of [
      "<title>A &lt; B</title>",
      "&quot;quoted&quot; &amp; more",
      "<td>&lt;b&gt;</td>",
      'alt="a &quot;grid&quot;" src="data:image/png;base64,iVBORw=="',
      "it&#39;s",
      "<svg></svg>",
    ]
  ) assertStringIncludes(page, text);
});

Deno.test("reportPage() refers to nothing outside itself", () => {
  const page = reportPage({ title: "t", text: "", sections: [] });
  assertEquals(/https?:|src="(?!data:)|href=|@import|url\(/.test(page), false);
});
