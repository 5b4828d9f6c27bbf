/** What axe-core finds wrong with the page, in light and dark, wide and narrow. */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { addWebPage } from "../../src/serve/web_page.ts";
import { choose, pageTest, settled } from "./page_in_browser.ts";

void addWebPage; // the page under test

const AXE = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

/** Where a person who wants to look at the page has it drawn. */
const screenshots = Deno.env.get("SCREENSHOTS");

for (const [name, size] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    pageTest(`the page is accessible on a ${name} in ${colorScheme}`, async ({ page }) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      await choose(page, "grandmother-1931.jpg", "harbor.jpg");
      await settled(page);
      await page.locator("#compare").click({ position: { x: 90, y: 70 } });
      await page.locator(".swatch").first().waitFor();
      await settled(page);
      await page.locator("#others").click();
      await page.locator("#answers img").first().waitFor();
      await settled(page);
      const path = `${screenshots}/${name}-${colorScheme}.png`;
      if (screenshots) await page.screenshot({ path, fullPage: true });
      await page.locator("body").evaluate(await Deno.readTextFile(AXE));
      const violations = await page.locator("body").evaluate(async () => {
        // deno-lint-ignore no-explicit-any -- axe is a global of the page
        const { violations } = await (globalThis as any).axe.run();
        // deno-lint-ignore no-explicit-any
        return violations.map(({ id, impact, nodes }: any) => `${impact} ${id}: ${nodes[0].html}`);
      });
      assertEquals(violations.filter((text: string) => /^(serious|critical)/.test(text)), []);
      const overflow = await page.locator("html").evaluate((html) => {
        const { scrollWidth, clientWidth } = html as unknown as Record<string, number>;
        return scrollWidth! - clientWidth!;
      });
      assertEquals(overflow, 0, "the page scrolls sideways");
    });
  }
}
