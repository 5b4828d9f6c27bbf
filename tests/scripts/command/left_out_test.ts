import { assertEquals, assertStringIncludes } from "@std/assert";
import { countTests, leftOutReport } from "../../../scripts/command/left_out.ts";

/** As `deno test --junit-path` writes it: a test that a filter took out has no time. */
const REPORT = `<testsuite name="./a_test.ts">
  <testcase name="ran" classname="./a_test.ts" time="0.001"></testcase>
  <testcase name="failed" time="0.001"><failure message="no">no</failure></testcase>
  <testcase name="filtered" classname="./a_test.ts" line="3"><skipped/></testcase>
  <testcase name="train() &lt;fast&gt; [left out: no WebGPU adapter]" time="0.000">
    <skipped/>
  </testcase>
  <testcase name="eval() [left out: no data in photos]" time="0.000"><skipped/></testcase>
  <testcase name="plain" time="0.000"><skipped/></testcase>
</testsuite>`;

Deno.test("countTests() counts what ran, and names what was left out by reason", () => {
  const { ran, leftOut } = countTests(REPORT);
  assertEquals(ran, 2);
  assertEquals([...leftOut], [
    ["no WebGPU adapter", ["train() <fast>"]],
    ["no data in photos", ["eval()"]],
    ["ignored in its file", ["plain"]],
  ]);
});

Deno.test("leftOutReport() names each test left out, why, and how to get it", () => {
  const [first, second, third] = leftOutReport(countTests(REPORT));
  assertStringIncludes(first!, "1 TEST LEFT OUT: no WebGPU adapter (`sh scripts/bootstrap.sh");
  assertEquals(second, "  train() <fast>");
  assertStringIncludes(third!, "POLYCHROMIFY_DATA");
});

Deno.test("leftOutReport() is silent when every test ran", () => {
  assertEquals(leftOutReport({ ran: 3, leftOut: new Map() }), []);
});
