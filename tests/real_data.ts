/** Tests that need real pictures, which the repository does not hold. */

/**
 * Registers a test that reads the folder `dir` below the one that `POLYCHROMIFY_DATA` names.
 * Where that is missing the test is ignored, and counted at the end of `deno task test`.
 * @param fn Receives the path of the folder.
 */
export function realDataTest(
  name: string,
  dir: string,
  fn: (path: string, t: Deno.TestContext) => void | Promise<void>,
): void {
  const root = Deno.env.get("POLYCHROMIFY_DATA");
  const path = `${root}/${dir}`;
  if (root && isFolder(path)) {
    Deno.test(name, (t) => fn(path, t));
  } else {
    Deno.test({ name: `${name} [left out: no data in ${dir}]`, ignore: true, fn: () => {} });
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
