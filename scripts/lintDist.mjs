/** Lints the built package as n8n's verification scanner does: the compiled files and package.json, no comments honoured. */
import { ESLint } from 'eslint';
import { scannerRules } from '../eslint.config.mjs';

const eslint = new ESLint({
	overrideConfigFile: true,
	overrideConfig: scannerRules,
	allowInlineConfig: false,
	ignore: false,
});
const results = await eslint.lintFiles(['dist/**/*.js', 'package.json']);
const formatter = await eslint.loadFormatter('stylish');
process.stdout.write(await formatter.format(results));
if (results.some((result) => result.errorCount > 0)) process.exit(1);
console.log(`dist: ${results.length} files linted with the rules of n8n's scanner`);
