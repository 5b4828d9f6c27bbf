/**
 * Makes a symbolic link as `ln -s` does: for `Deno.symlink` tests would need the right to write
 * everywhere.
 */
export async function makeLink(target: string, path: string): Promise<void> {
  const args = ["-c", 'ln -s "$1" "$2"', "sh", target, path];
  const { success } = await new Deno.Command("/bin/sh", { args }).output();
  if (!success) throw new Error(`Cannot link ${path} to ${target}`);
}
