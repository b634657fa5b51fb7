// What the extension makes of a configuration: reads it from stdin, prints it as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.argv[2] + "/"));
const { ConfigParser } = await import(pathToFileURL(require.resolve("aesr-config")));
process.stdout.write(JSON.stringify(ConfigParser.parseIni(readFileSync(0, "utf8"))));
