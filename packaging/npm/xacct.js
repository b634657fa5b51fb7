#!/usr/bin/env node
// Starts the program of the package for this system, with this terminal, and ends as it ends.
"use strict";
const { spawn } = require("child_process");
const os = require("os");

const name = `xacct-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${name}/bin/xacct${process.platform === "win32" ? ".exe" : ""}`);
} catch {
  console.error(`xacct: error: there is no program for ${process.platform} ${process.arch}: the package ${name} is not installed`);
  console.error("  install without --omit=optional, or build from source: cargo install xacct");
  process.exit(1);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
// A terminal sends Ctrl-C to both: the program decides. Other signals come to this process alone.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`xacct: error: ${program} cannot be run: ${error.message}`);
  process.exit(1);
});
child.on("exit", (status, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : status));
