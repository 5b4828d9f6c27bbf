/** scripts/bootstrap.sh on made-up machines: a folder that holds the only programs there are. */
import { assertEquals, assertMatch } from "@std/assert";

const SCRIPT = new URL("../scripts/bootstrap.sh", import.meta.url);
const BASICS = "sh awk sed tr cut uname id dirname mkdir mv rm env printf chmod cat".split(" ");

/** A Deno that tells its arguments; it finds a WebGPU adapter where a file `adapter` lies. */
const deno = (version: string) =>
  `#!/bin/sh
case $1 in
  --version) echo "deno ${version} (stable, release)" ;;
  eval) [ -f adapter ] ;;
  *) printf '<%s>' "$@"; echo ;;
esac`;

/** An npm that installs the platform's package, found where `--prefix DIR` says. */
const npm = (version: string) =>
  `#!/bin/sh
mkdir -p "$3/node_modules/@deno/os-cpu"
cat >"$3/node_modules/@deno/os-cpu/deno" <<'END'
${deno(version)}
END
chmod +x "$3/node_modules/@deno/os-cpu/deno"`;

/** A curl that brings an installer, to the file that `-o FILE` says. */
const curl = `#!/bin/sh
cat >"$3" <<'END'
mkdir "$DENO_INSTALL/bin"
printf '#!/bin/sh\\necho "deno %s"' "\${1#v}" >"$DENO_INSTALL/bin/deno"
chmod +x "$DENO_INSTALL/bin/deno"
END`;

const chromium = "#!/bin/sh";
const notRoot = "#!/bin/sh\necho 1000";

/** Runs bootstrap.sh from elsewhere, in a project at a path with a space. */
async function bootstrap(programs: Record<string, string>, args: string[], files: string[] = []) {
  const machine = await Deno.makeTempDir();
  try {
    const [bin, project] = [`${machine}/bin`, `${machine}/my project`];
    await Deno.mkdir(bin);
    await Deno.mkdir(`${project}/scripts`, { recursive: true });
    await Deno.copyFile(SCRIPT, `${project}/scripts/bootstrap.sh`);
    for (const file of files) await Deno.writeTextFile(`${project}/${file}`, "");
    for (const [name, text] of Object.entries({ ...await basicPrograms(), ...programs })) {
      await Deno.writeTextFile(`${bin}/${name}`, text, { mode: 0o755 });
    }
    const output = await new Deno.Command("/bin/sh", {
      args: [`${project}/scripts/bootstrap.sh`, ...args],
      cwd: machine,
      clearEnv: true,
      env: { PATH: bin },
    }).output();
    const decoder = new TextDecoder();
    const own = await Array.fromAsync(Deno.readDir(`${project}/.deno`)).catch(() => []);
    return {
      code: output.code,
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
      own: own.map(({ name }) => name),
      files: (await Array.fromAsync(Deno.readDir(project))).map(({ name }) => name),
    };
  } finally {
    await Deno.remove(machine, { recursive: true });
  }
}

/** Launchers of the programs that every machine has. */
async function basicPrograms(): Promise<Record<string, string>> {
  const programs: Record<string, string> = {};
  for (
    const path of ["/usr/bin", "/bin"].flatMap((dir) => BASICS.map((name) => `${dir}/${name}`))
  ) {
    if (await Deno.stat(path).then(() => true, () => false)) {
      programs[path.split("/").at(-1)!] = `#!/bin/sh\nexec ${path} "$@"`;
    }
  }
  return programs;
}

Deno.test("bootstrap.sh runs the task by a fitting Deno, arguments as they were given", async () => {
  for (const version of ["2.9.6", "2.9.10", "2.10.0"]) {
    const { stdout, own } = await bootstrap({ deno: deno(version) }, ["serve", "--port", "a b"]);
    assertEquals(stdout, "<task><--quiet><serve><--port><a b>\n");
    assertEquals(own, []);
  }
});

Deno.test("bootstrap.sh installs its own Deno where there is none that fits", async () => {
  for (const version of ["2.9.5", "1.46.3", "2.8.9", "3.0.0", ""]) {
    const programs = { deno: deno(version), npm: npm("2.9.6") };
    const { stdout, stderr, own } = await bootstrap(programs, ["serve"]);
    assertEquals(stdout, "<task><--quiet><serve>\n");
    assertEquals(stderr, "bootstrap: installing Deno 2.9.6 into .deno/\n");
    assertEquals(own, ["2.9.6"]);
  }
});

Deno.test("bootstrap.sh turns to Deno's own installer where there is no npm", async () => {
  const { stdout, own } = await bootstrap({ curl }, ["serve"]);
  assertEquals(stdout, "deno 2.9.6\n");
  assertEquals(own, ["2.9.6"]);
});

Deno.test("bootstrap.sh says in one line why Deno cannot be installed", async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{}, /npm or curl is needed, found neither$/],
    [{ npm: "#!/bin/sh\necho npm error no network; exit 1" }, /npm says: no network$/],
    [{ npm: "#!/bin/sh" }, /npm says: npm has no Deno for this platform$/],
    [{ npm: npm("2.9.5") }, /the program installed does not run on this machine$/],
  ];
  for (const [programs, message] of cases) {
    const { code, stderr } = await bootstrap(programs, ["serve"]);
    const [, line = "", ...rest] = stderr.split("\n");
    assertMatch(line, /^bootstrap: Cannot install Deno 2\.9\.6: /);
    assertMatch(line, message);
    assertEquals(rest, [""]);
    assertEquals(code, 1);
  }
});

Deno.test("bootstrap.sh test installs an adapter where there is none, by apt and root", async () => {
  const root = { deno: deno("2.9.6"), id: "#!/bin/sh\necho 0" };
  const apt = '#!/bin/sh\ncase "$*" in *install*vulkan*) : >adapter ;; esac';
  const { stdout, stderr } = await bootstrap({ ...root, chromium, "apt-get": apt }, ["test"]);
  assertEquals(stdout, "<task><--quiet><test>\n");
  assertMatch(stderr, /^bootstrap: no WebGPU adapter found, installing Mesa's .*\n$/);
});

Deno.test("bootstrap.sh test installs Chromium where there is no browser, by apt and root", async () => {
  const root = { deno: deno("2.9.6"), id: "#!/bin/sh\necho 0" };
  const apt = '#!/bin/sh\ncase "$*" in *install*chromium*) : >chromium-installed ;; esac';
  const { stderr, files } = await bootstrap({ ...root, "apt-get": apt }, ["test"], ["adapter"]);
  assertEquals(stderr, "bootstrap: no Chromium found, installing it for the tests of pages\n");
  assertEquals(files.includes("chromium-installed"), true);
});

Deno.test("bootstrap.sh test says that tests of pages are left out where it cannot", async () => {
  const programs = { deno: deno("2.9.6"), id: notRoot };
  const { stderr } = await bootstrap(programs, ["test"], ["adapter"]);
  assertEquals(stderr, "bootstrap: no Chromium found: tests of pages are left out\n");
});

Deno.test("bootstrap.sh test says in one line what to install where it cannot", async () => {
  const noApt = "#!/bin/sh\nexit 1";
  const programs = { deno: deno("2.9.6"), id: notRoot, chromium, "apt-get": noApt };
  const { code, stderr } = await bootstrap(programs, ["test"]);
  assertMatch(stderr, /^bootstrap: no WebGPU adapter found: install .*mesa-vulkan-drivers.*\n$/);
  assertEquals(code, 0);
});

Deno.test("bootstrap.sh test is silent where there are an adapter and a browser", async () => {
  const { stderr } = await bootstrap({ deno: deno("2.9.6"), chromium }, ["test"], ["adapter"]);
  assertEquals(stderr, "");
});

Deno.test("bootstrap.sh says in one line why the dependencies cannot be installed", async () => {
  const broken = '#!/bin/sh\n[ "$1" != install ] || { echo error: lock; exit 1; }; echo deno 2.9.6';
  const { code, stderr } = await bootstrap({ deno: broken }, ["serve"]);
  assertEquals(stderr, "bootstrap: Cannot install dependencies: error: lock\n");
  assertEquals(code, 1);
});

Deno.test("bootstrap.sh without a task tells its usage, exit code 2", async () => {
  const { code, stderr } = await bootstrap({}, []);
  assertEquals(stderr, "Usage: sh scripts/bootstrap.sh TASK [ARGUMENTS...]\n");
  assertEquals(code, 2);
});
