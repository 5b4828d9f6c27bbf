/**
 * Keeps Linux's window system libraries, which WebGPU drivers load, from complaining on stderr that
 * a machine without a desktop has no XDG_RUNTIME_DIR. Commands that start a device may set it.
 */
export function quietWindowSystem(): void {
  if (Deno.build.os !== "linux") return;
  const variable = "XDG_RUNTIME_DIR";
  if (Deno.permissions.querySync({ name: "env", variable }).state !== "granted") return;
  if (!Deno.env.get(variable)) Deno.env.set(variable, "/tmp");
}
