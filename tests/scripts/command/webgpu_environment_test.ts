import { assertEquals } from "@std/assert";
import { quietWindowSystem } from "../../../scripts/command/webgpu_environment.ts";

Deno.test({
  name: "quietWindowSystem() sets XDG_RUNTIME_DIR where there is none, and leaves another",
  ignore: Deno.build.os !== "linux",
  fn() {
    const before = Deno.env.get("XDG_RUNTIME_DIR");
    try {
      Deno.env.set("XDG_RUNTIME_DIR", "/run/user/1");
      quietWindowSystem();
      assertEquals(Deno.env.get("XDG_RUNTIME_DIR"), "/run/user/1");
      Deno.env.delete("XDG_RUNTIME_DIR");
      quietWindowSystem();
      assertEquals(Deno.env.get("XDG_RUNTIME_DIR"), "/tmp");
    } finally {
      if (before === undefined) Deno.env.delete("XDG_RUNTIME_DIR");
      else Deno.env.set("XDG_RUNTIME_DIR", before);
    }
  },
});

Deno.test({
  name: "quietWindowSystem() does nothing without the permission",
  permissions: { env: false },
  fn: quietWindowSystem,
});
